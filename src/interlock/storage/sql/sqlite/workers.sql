-- Workers and claims: SQLite's clock, in milliseconds; its one writer is the lock.

-- name: beat
-- Says that a worker is alive now.
INSERT INTO worker (id, version, started_at, beat_at)
VALUES (
    :worker,
    :version,
    strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'),
    strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')
)
ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, version = excluded.version;

-- name: workers
-- Every worker that did not stop cleanly, and whether it is alive.
SELECT id, version, started_at, beat_at,
    beat_at > strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || :dead_after || ' seconds')
        AS is_alive
FROM worker
ORDER BY started_at, id;

-- name: claim
-- The ready ones of these cases that nobody alive holds, now held by the worker.
UPDATE case_file SET claimed_by = :worker
WHERE id IN (SELECT value FROM json_each(:ids))
    AND state = 'ready'
    AND (
        claimed_by IS NULL
        OR claimed_by NOT IN (
            SELECT id
            FROM worker
            WHERE beat_at
                > strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || :dead_after || ' seconds')
        )
    )
RETURNING id, CAST(body AS text) AS body;

-- name: claim_ready
-- The oldest ready cases of these contracts that nobody alive holds, now the worker's.
UPDATE case_file SET claimed_by = :worker
WHERE id IN (
    SELECT id
    FROM case_file
    WHERE state = 'ready'
        AND fingerprint IN (SELECT value FROM json_each(:fingerprints))
        AND (
            claimed_by IS NULL
            OR claimed_by NOT IN (
                SELECT id
                FROM worker
                WHERE beat_at
                    > strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || :dead_after || ' seconds')
            )
        )
    ORDER BY opened_at, id
    LIMIT :limit
)
RETURNING id, CAST(body AS text) AS body;

-- name: unclaim
-- Gives back these cases, as far as the worker holds them.
UPDATE case_file SET claimed_by = NULL
WHERE id IN (SELECT value FROM json_each(:ids)) AND claimed_by = :worker;

-- name: ready_unclaimed
-- The oldest ready cases of these contracts that nobody alive holds.
SELECT id
FROM case_file
WHERE state = 'ready'
    AND fingerprint IN (SELECT value FROM json_each(:fingerprints))
    AND (
        claimed_by IS NULL
        OR claimed_by NOT IN (
            SELECT id
            FROM worker
            WHERE beat_at
                > strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || :dead_after || ' seconds')
        )
    )
ORDER BY opened_at, id
LIMIT :limit;

-- name: take_sweep_lock
-- One row when the lock is the worker's until the given seconds are over, none when another has it.
INSERT INTO sweep_lock (name, held_by, held_until)
VALUES (
    :name,
    :worker,
    strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+' || :seconds || ' seconds')
)
ON CONFLICT (name) DO UPDATE SET held_by = excluded.held_by, held_until = excluded.held_until
WHERE sweep_lock.held_by = excluded.held_by
    OR sweep_lock.held_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')
RETURNING name;
