-- What a change needs to know before it is written, and locks until it is.

-- name: lock_cases
-- The rows of these cases, locked in the order of their ids so that two writers never deadlock.
SELECT id, workflow, tenant, key, version, claimed_by, entries, head
FROM case_file
WHERE id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))))
ORDER BY id
FOR NO KEY UPDATE;

-- name: case_bodies
-- These cases as they are now.
SELECT id, CAST(body AS text) AS body
FROM case_file
WHERE id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: task_versions
-- How often each of these tasks was written; their cases are locked, so it cannot change.
SELECT id, version
FROM review_task
WHERE id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: holders_of_keys
-- The cases that have these business keys; one look into the index for each.
SELECT holder.id, holder.workflow, holder.tenant, holder.key, holder.document
FROM json_to_recordset(CAST(:keys AS json)) AS wanted (workflow text, tenant text, key text)
CROSS JOIN LATERAL (
    SELECT id, workflow, tenant, key, document
    FROM case_file
    WHERE case_file.workflow = wanted.workflow
        AND case_file.tenant = wanted.tenant
        AND case_file.key = wanted.key
    LIMIT 1  -- unique anyway; it keeps the planner from reading the whole table instead
) AS holder;

-- name: documents_of_cases
-- The digest of the raw input each of these cases came from.
SELECT id, document
FROM case_file
WHERE id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))));

-- name: hold_budgets
-- What is used of these budgets, each locked until the end of the transaction; new ones start at 0.
INSERT INTO budget_use (workflow, budget, time_window, used)
SELECT workflow, budget, time_window, 0
FROM json_to_recordset(CAST(:budgets AS json))
    AS wanted (workflow text, budget text, time_window text)
ON CONFLICT (workflow, budget, time_window) DO UPDATE SET used = budget_use.used
RETURNING workflow, budget, time_window, used;
