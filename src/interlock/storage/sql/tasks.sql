-- Review tasks, their evidence and their decisions.

-- name: live_tasks
-- The live tasks of some queues, the most urgent first.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE queue IN :queues AND state IN ('open', 'claimed')
ORDER BY due_at,
    CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
    id
LIMIT :limit;

-- name: tasks
-- The tasks that match, the most urgent first.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE (:any_queue OR queue IN :queues)
    AND (:any_state OR state IN :states)
    AND (CAST(:case_id AS text) IS NULL OR case_id = :case_id)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
ORDER BY due_at,
    CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
    id
LIMIT :limit;

-- name: find_task
-- The tasks whose id starts like this, an exact one first.
SELECT id, CAST(body AS text) AS body
FROM review_task
WHERE id >= :text AND id < :text_end
ORDER BY id
LIMIT :limit;

-- name: near_tasks
-- Live tasks, to suggest when nothing fits.
SELECT id
FROM review_task
WHERE id LIKE :pattern ESCAPE '!'
ORDER BY id
LIMIT :limit;

-- name: evidence
-- What the reviewer of a task was shown.
SELECT CAST(body AS text) AS body
FROM evidence_package
WHERE task_id = :task_id;

-- name: decisions
-- What people decided about a case, in order.
SELECT CAST(body AS text) AS body
FROM decision
WHERE case_id = :case_id
ORDER BY id;

-- name: count_queues
-- The live tasks of every queue: how many, at risk, late; a stopped clock is neither.
SELECT queue,
    count(*) AS open,
    count(CASE WHEN clock_stopped_at IS NULL AND at_risk_at <= :now AND due_at > :now THEN 1 END)
        AS at_risk,
    count(CASE WHEN clock_stopped_at IS NULL AND due_at <= :now THEN 1 END) AS late
FROM review_task
WHERE state IN ('open', 'claimed')
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
GROUP BY queue
ORDER BY queue;
