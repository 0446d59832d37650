-- What has become due.

-- name: due_cases
-- Waiting cases of these contracts whose timer has run out, the longest due first.
SELECT id
FROM case_file
WHERE state = 'waiting' AND wake_at IS NOT NULL AND wake_at <= :now
    AND fingerprint IN :fingerprints
ORDER BY wake_at, id
LIMIT :limit;

-- name: due_tasks
-- Live tasks of these contracts whose deadline, lease or expiry has come, the longest due first.
SELECT CAST(review_task.body AS text) AS body
FROM review_task
JOIN case_file ON case_file.id = review_task.case_id
WHERE review_task.attend_at IS NOT NULL AND review_task.attend_at <= :now
    AND case_file.fingerprint IN :fingerprints
ORDER BY review_task.attend_at, review_task.id
LIMIT :limit;
