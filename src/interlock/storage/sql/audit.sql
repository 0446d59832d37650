-- The audit log, as it is read to be shown or verified.

-- name: entries
-- One case's log, in order.
SELECT case_id, seq, at, actor, kind, CAST(body AS text) AS body, commitment, previous, hash,
    payload, salt
FROM audit_entry
WHERE case_id = :case_id
ORDER BY seq;

-- name: chain_heads
-- One page of cases with the length and last hash of their logs.
SELECT id, entries, head
FROM case_file
WHERE id > :after
ORDER BY id
LIMIT :limit;

-- name: all_entries
-- One page of the whole log, ordered by case and place.
SELECT case_id, seq, at, actor, kind, CAST(body AS text) AS body, commitment, previous, hash,
    payload, salt
FROM audit_entry
WHERE (case_id, seq) > (:case_id, :seq)
ORDER BY case_id, seq
LIMIT :limit;

-- name: chains
-- One page of cases with their logs; one statement, so that both are of the same moment.
SELECT page.id, page.entries, page.head, entry.case_id, entry.seq, entry.at, entry.actor,
    entry.kind, CAST(entry.body AS text) AS body, entry.commitment, entry.previous, entry.hash,
    entry.payload, entry.salt
FROM (
    SELECT id, entries, head
    FROM case_file
    WHERE id > :after
    ORDER BY id
    LIMIT :limit
) AS page
LEFT JOIN audit_entry AS entry ON entry.case_id = page.id
ORDER BY page.id, entry.seq;

-- name: chain
-- One case with its log; one statement, so that both are of the same moment.
SELECT page.id, page.entries, page.head, entry.case_id, entry.seq, entry.at, entry.actor,
    entry.kind, CAST(entry.body AS text) AS body, entry.commitment, entry.previous, entry.hash,
    entry.payload, entry.salt
FROM case_file AS page
LEFT JOIN audit_entry AS entry ON entry.case_id = page.id
WHERE page.id = :case_id
ORDER BY entry.seq;

-- name: orphaned_chains
-- Cases that have a log and no row: somebody deleted the row.
SELECT DISTINCT case_id
FROM audit_entry
WHERE NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.id = audit_entry.case_id)
ORDER BY case_id
LIMIT :limit;

-- name: cases_beside_log
-- Where these cases stand, as their own rows say it.
SELECT id, key, tenant, amount_micros, state, waits_for, exception_type, outcome, handling,
    CAST(body AS text) AS body
FROM case_file
WHERE id IN :cases
ORDER BY id;

-- name: tasks_beside_log
-- The tasks of these cases, as their own rows say it.
SELECT case_id, id, queue, state, CAST(body AS text) AS body
FROM review_task
WHERE case_id IN :cases
ORDER BY id;

-- name: decisions_beside_log
-- The decisions about these cases, in order, as their own rows say it.
SELECT case_id, task_id AS id, verb, decided_by, CAST(body AS text) AS body
FROM decision
WHERE case_id IN :cases
ORDER BY decision.id;

-- name: evidence_beside_log
-- What reviewers of these cases were shown, as the rows of the packages say it.
SELECT case_id, task_id AS id, digest, CAST(body AS text) AS body
FROM evidence_package
WHERE case_id IN :cases
ORDER BY task_id;

-- name: actions_beside_log
-- The actions of these cases, as their own rows say it.
SELECT case_id, id, name, digest, state, CAST(body AS text) AS body
FROM action
WHERE case_id IN :cases
ORDER BY id;
