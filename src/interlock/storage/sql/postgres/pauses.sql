-- Pauses and starts, kept apart: advisory locks, which cost no row.

-- name: keep_pauses_out
-- No pause can be recorded until this transaction ends; many may say so at once.
SELECT pg_advisory_xact_lock_shared(hashtext('interlock.pause'));

-- name: keep_starts_out
-- Waits for every transaction that is recording a start, and keeps new ones waiting.
SELECT pg_advisory_xact_lock(hashtext('interlock.pause'));

-- name: count_in_machine_hands
-- Open cases no person is asked about, by where they stand and what the machine decided in them.
SELECT
    workflow, fingerprint, coalesce(step, '') AS step, phase,
    coalesce(body ->> 'decided_by_machine', '{}') AS decided, count(*) AS cases
FROM case_file
WHERE phase IN ('step', 'actions')
    AND (
        state = 'ready'
        OR (state = 'waiting' AND waits_for IN ('retry', 'hold', 'budget', 'pause'))
    )
GROUP BY 1, 2, 3, 4, 5;
