-- What only the desk asks of a queue.

-- name: queue_stopped
-- The live tasks of one queue whose clock stands still, the one asked first on top.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE queue = :queue
    AND workflow = :workflow
    AND state IN ('open', 'claimed')
    AND clock_stopped_at IS NOT NULL
    AND (:any_tenant OR tenant IN :tenants)
ORDER BY clock_stopped_at, id
LIMIT :limit;

-- name: queue_size
-- How many live tasks one queue has, counted up to a limit so that a flood costs no more.
SELECT count(*) AS tasks
FROM (
    SELECT 1 AS one
    FROM review_task
    WHERE queue = :queue
        AND workflow = :workflow
        AND state IN ('open', 'claimed')
        AND (:any_tenant OR tenant IN :tenants)
        AND (CAST(:free_for AS text) IS NULL OR held_by IS NULL OR held_by = :free_for)
    LIMIT :limit
) AS counted;
