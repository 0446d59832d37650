-- What has become due.

-- name: due_cases
-- Waiting cases whose timer has run out, the longest due first.
SELECT id
FROM case_file
WHERE state = 'waiting' AND wake_at IS NOT NULL AND wake_at <= :now
ORDER BY wake_at, id
LIMIT :limit;

-- name: due_tasks
-- Live tasks whose deadline, lease or expiry has come, the longest due first.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE attend_at IS NOT NULL AND attend_at <= :now
ORDER BY attend_at, id
LIMIT :limit;
