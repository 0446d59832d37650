-- Pauses and starts, kept apart: whoever writes is alone already.

-- name: keep_pauses_out
-- Nothing to do: no other transaction writes while this one does.
SELECT 1;

-- name: keep_starts_out
-- Nothing to do: no other transaction writes while this one does.
SELECT 1;

-- name: count_in_machine_hands
-- Open cases no person is asked about, by where they stand and what the machine decided in them.
SELECT
    workflow, fingerprint, coalesce(step, '') AS step, phase,
    coalesce(json_extract(body, '$.decided_by_machine'), '{}') AS decided, count(*) AS cases
FROM case_file
WHERE phase IN ('step', 'actions')
    AND (
        state = 'ready'
        OR (state = 'waiting' AND waits_for IN ('retry', 'hold', 'budget', 'pause'))
    )
GROUP BY 1, 2, 3, 4, 5;
