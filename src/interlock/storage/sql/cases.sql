-- Cases, as people look for them.

-- name: cases
-- One page of cases that match, the newest first.
SELECT CAST(body AS text) AS body
FROM case_file
WHERE (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:waits_for AS text) IS NULL OR waits_for = :waits_for)
    AND (CAST(:exception_type AS text) IS NULL OR exception_type = :exception_type)
    AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)
    AND (CAST(:handling AS text) IS NULL OR handling = :handling)
    AND (:probes OR arm <> 'probe')
    AND (
        CAST(:pattern AS text) IS NULL
        OR lower(key) LIKE :pattern ESCAPE '!'
        OR lower(title) LIKE :pattern ESCAPE '!'
    )
    AND (
        CAST(:after AS text) IS NULL
        OR (opened_at, id) < (
            SELECT last_seen.opened_at, last_seen.id
            FROM case_file AS last_seen
            WHERE last_seen.id = :after
        )
    )
    AND (:any_tenant OR tenant IN :tenants)
ORDER BY opened_at DESC, id DESC
LIMIT :limit;

-- name: find_case_by_key
-- The cases that have this business key, in any workflow.
SELECT id
FROM case_file
WHERE key = :text AND arm <> 'probe'
    AND (:any_tenant OR tenant IN :tenants)
ORDER BY id
LIMIT :limit;

-- name: find_case_by_id
-- The cases whose id starts like this, an exact one first; the end bounds the index range.
SELECT id
FROM case_file
WHERE id >= :text AND id < :text_end
    AND (:any_tenant OR tenant IN :tenants)
ORDER BY id
LIMIT :limit;

-- name: near_cases
-- Keys that hold the text, to suggest when nothing fits.
SELECT key
FROM case_file
WHERE lower(key) LIKE :pattern ESCAPE '!' AND arm <> 'probe'
    AND (:any_tenant OR tenant IN :tenants)
ORDER BY opened_at DESC, id DESC
LIMIT :limit;

-- name: tenant_of_case
-- Whose case it is.
SELECT tenant FROM case_file WHERE id = :case_id;

-- name: count_states
-- How many cases are in each state.
SELECT state, count(*) AS cases
FROM case_file
WHERE arm <> 'probe' AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (:any_tenant OR tenant IN :tenants)
GROUP BY state;

-- name: count_open_by_contract
-- How many open cases began with each version of each contract.
SELECT workflow, fingerprint, count(*) AS cases
FROM case_file
WHERE state <> 'closed' AND arm <> 'probe'
GROUP BY workflow, fingerprint
ORDER BY workflow, fingerprint;

-- name: count_closed
-- How many cases closed which way, with the money in them.
SELECT handling, outcome, currency, count(*) AS cases, sum(amount_micros) AS micros
FROM case_file
WHERE state = 'closed' AND arm <> 'probe'
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (:any_tenant OR tenant IN :tenants)
GROUP BY handling, outcome, currency
ORDER BY handling, outcome, currency;

-- name: count_waiting
-- What the waiting cases wait for, and with which exception.
SELECT waits_for, exception_type, count(*) AS cases
FROM case_file
WHERE state = 'waiting' AND arm <> 'probe'
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (:any_tenant OR tenant IN :tenants)
GROUP BY waits_for, exception_type
ORDER BY cases DESC, waits_for, exception_type;
