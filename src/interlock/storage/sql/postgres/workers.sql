-- Workers and claims: PostgreSQL's clock and row locks.

-- name: beat
-- Says that a worker is alive now.
INSERT INTO worker (id, version, started_at, beat_at)
VALUES (:worker, :version, clock_timestamp(), clock_timestamp())
ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp(), version = excluded.version;

-- name: workers
-- Every worker that did not stop cleanly, and whether it is alive.
SELECT id, version, started_at, beat_at,
    beat_at > clock_timestamp() - make_interval(secs => :dead_after) AS is_alive
FROM worker
ORDER BY started_at, id;

-- name: claim
-- The ready ones of these cases that nobody alive holds, now held by the worker.
WITH free AS (
    SELECT id
    FROM case_file
    WHERE id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
        AND state = 'ready'
        AND (
            claimed_by IS NULL
            OR NOT EXISTS (
                SELECT 1
                FROM worker
                WHERE worker.id = case_file.claimed_by
                    AND worker.beat_at > clock_timestamp() - make_interval(secs => :dead_after)
            )
        )
    ORDER BY id
    FOR NO KEY UPDATE OF case_file
)
UPDATE case_file SET claimed_by = :worker
FROM free
WHERE case_file.id = free.id
RETURNING case_file.id, CAST(case_file.body AS text) AS body;

-- name: claim_ready
-- The oldest ready cases of these contracts that nobody alive holds, now the worker's; others' locks are skipped.
WITH free AS (
    SELECT id
    FROM case_file
    WHERE state = 'ready'
        AND fingerprint = ANY(ARRAY(SELECT json_array_elements_text(CAST(:fingerprints AS json))))
        AND (
            claimed_by IS NULL
            OR NOT EXISTS (
                SELECT 1
                FROM worker
                WHERE worker.id = case_file.claimed_by
                    AND worker.beat_at > clock_timestamp() - make_interval(secs => :dead_after)
            )
        )
    ORDER BY opened_at, id
    LIMIT :limit
    FOR NO KEY UPDATE OF case_file SKIP LOCKED
)
UPDATE case_file SET claimed_by = :worker
FROM free
WHERE case_file.id = free.id
RETURNING case_file.id, CAST(case_file.body AS text) AS body;

-- name: unclaim
-- Gives back these cases, as far as the worker holds them.
UPDATE case_file SET claimed_by = NULL
WHERE id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
    AND claimed_by = :worker;

-- name: ready_unclaimed
-- The oldest ready cases of these contracts that nobody alive holds.
SELECT id
FROM case_file
WHERE state = 'ready'
    AND fingerprint = ANY(ARRAY(SELECT json_array_elements_text(CAST(:fingerprints AS json))))
    AND (
        claimed_by IS NULL
        OR NOT EXISTS (
            SELECT 1
            FROM worker
            WHERE worker.id = case_file.claimed_by
                AND worker.beat_at > clock_timestamp() - make_interval(secs => :dead_after)
        )
    )
ORDER BY opened_at, id
LIMIT :limit;

-- name: take_sweep_lock
-- One row when the lock is the worker's until the given seconds are over, none when another has it.
INSERT INTO sweep_lock (name, held_by, held_until)
VALUES (:name, :worker, clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET held_by = excluded.held_by, held_until = excluded.held_until
WHERE sweep_lock.held_by = excluded.held_by OR sweep_lock.held_until <= clock_timestamp()
RETURNING name;
