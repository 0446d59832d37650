-- What a change needs to know before it is written; the transaction is the only writer.

-- name: lock_cases
-- The rows of these cases.
SELECT id, workflow, tenant, key, version, claimed_by, entries, head
FROM case_file
WHERE id IN (SELECT value FROM json_each(:ids))
ORDER BY id;

-- name: case_bodies
-- These cases as they are now.
SELECT id, CAST(body AS text) AS body
FROM case_file
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: task_versions
-- How often each of these tasks was written.
SELECT id, version
FROM review_task
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: holders_of_keys
-- The cases that have these business keys.
SELECT
    case_file.id, case_file.workflow, case_file.tenant, case_file.key, case_file.document
FROM json_each(:keys) AS wanted
JOIN case_file
    ON case_file.workflow = json_extract(wanted.value, '$.workflow')
    AND case_file.tenant = json_extract(wanted.value, '$.tenant')
    AND case_file.key = json_extract(wanted.value, '$.key');

-- name: documents_of_cases
-- The digest of the raw input each of these cases came from.
SELECT id, document
FROM case_file
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: hold_budgets
-- What is used of these budgets; new ones start at 0.
INSERT INTO budget_use (workflow, budget, time_window, used)
SELECT json_extract(value, '$.workflow'), json_extract(value, '$.budget'),
    json_extract(value, '$.time_window'), 0
FROM json_each(:budgets)
WHERE true  -- without it SQLite reads ON CONFLICT as a join's condition
ON CONFLICT (workflow, budget, time_window) DO UPDATE SET used = budget_use.used
RETURNING workflow, budget, time_window, used;
