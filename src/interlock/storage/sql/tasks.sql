-- Review tasks, their evidence and their decisions.

-- name: live_tasks
-- One page of the live tasks of one queue, the most urgent first.
SELECT CAST(body AS text) AS body, due_at, urgency, id
FROM review_task
WHERE queue = :queue AND state IN ('open', 'claimed') AND state IN :states
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:exception_type AS text) IS NULL OR exception_type = :exception_type)
    AND (CAST(:severity AS text) IS NULL OR severity = :severity)
    AND (CAST(:assigned_to AS text) IS NULL OR assigned_to = :assigned_to)
    AND (:any_due OR due_at <= :due_before)
    AND (:any_tenant OR tenant IN :tenants)
    AND (
        CAST(:pattern AS text) IS NULL
        OR EXISTS (
            SELECT 1
            FROM case_file
            WHERE case_file.id = review_task.case_id
                AND (
                    lower(case_file.key) LIKE :pattern ESCAPE '!'
                    OR lower(case_file.title) LIKE :pattern ESCAPE '!'
                )
        )
    )
    AND (due_at, urgency, id) > (:after_due, :after_urgency, :after_id)
ORDER BY due_at, urgency, id
LIMIT :limit;

-- name: live_tasks_anywhere
-- One page of the live tasks of all queues, the most urgent first.
SELECT CAST(body AS text) AS body, due_at, urgency, id
FROM review_task
WHERE state IN ('open', 'claimed') AND state IN :states
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:exception_type AS text) IS NULL OR exception_type = :exception_type)
    AND (CAST(:severity AS text) IS NULL OR severity = :severity)
    AND (CAST(:assigned_to AS text) IS NULL OR assigned_to = :assigned_to)
    AND (:any_due OR due_at <= :due_before)
    AND (:any_tenant OR tenant IN :tenants)
    AND (
        CAST(:pattern AS text) IS NULL
        OR EXISTS (
            SELECT 1
            FROM case_file
            WHERE case_file.id = review_task.case_id
                AND (
                    lower(case_file.key) LIKE :pattern ESCAPE '!'
                    OR lower(case_file.title) LIKE :pattern ESCAPE '!'
                )
        )
    )
    AND (due_at, urgency, id) > (:after_due, :after_urgency, :after_id)
ORDER BY due_at, urgency, id
LIMIT :limit;

-- name: held_tasks
-- One page of what one person has in hand, the most urgent first.
SELECT CAST(body AS text) AS body, due_at, urgency, id
FROM review_task
WHERE held_by = :held_by AND state = 'claimed'
    AND (:any_queue OR queue IN :queues)
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:exception_type AS text) IS NULL OR exception_type = :exception_type)
    AND (CAST(:severity AS text) IS NULL OR severity = :severity)
    AND (CAST(:assigned_to AS text) IS NULL OR assigned_to = :assigned_to)
    AND (:any_due OR due_at <= :due_before)
    AND (:any_tenant OR tenant IN :tenants)
    AND (
        CAST(:pattern AS text) IS NULL
        OR EXISTS (
            SELECT 1
            FROM case_file
            WHERE case_file.id = review_task.case_id
                AND (
                    lower(case_file.key) LIKE :pattern ESCAPE '!'
                    OR lower(case_file.title) LIKE :pattern ESCAPE '!'
                )
        )
    )
    AND (due_at, urgency, id) > (:after_due, :after_urgency, :after_id)
ORDER BY due_at, urgency, id
LIMIT :limit;

-- name: assigned_tasks
-- One page of what is kept for one person, the most urgent first.
SELECT CAST(body AS text) AS body, due_at, urgency, id
FROM review_task
WHERE assigned_to = :kept_for AND state = 'open' AND assigned_to IS NOT NULL
    AND (:any_queue OR queue IN :queues)
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:exception_type AS text) IS NULL OR exception_type = :exception_type)
    AND (CAST(:severity AS text) IS NULL OR severity = :severity)
    AND (CAST(:assigned_to AS text) IS NULL OR assigned_to = :assigned_to)
    AND (:any_due OR due_at <= :due_before)
    AND (:any_tenant OR tenant IN :tenants)
    AND (
        CAST(:pattern AS text) IS NULL
        OR EXISTS (
            SELECT 1
            FROM case_file
            WHERE case_file.id = review_task.case_id
                AND (
                    lower(case_file.key) LIKE :pattern ESCAPE '!'
                    OR lower(case_file.title) LIKE :pattern ESCAPE '!'
                )
        )
    )
    AND (due_at, urgency, id) > (:after_due, :after_urgency, :after_id)
ORDER BY due_at, urgency, id
LIMIT :limit;

-- name: live_looks
-- The live looks beside these cases.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE case_id IN :cases AND kind = 'quality_sample' AND state IN ('open', 'claimed')
ORDER BY id;

-- name: tasks
-- One page of the tasks that match, over ones too, the most urgent first.
SELECT CAST(body AS text) AS body, due_at, urgency, id
FROM review_task
WHERE (:any_queue OR queue IN :queues)
    AND (:any_state OR state IN :states)
    AND (CAST(:case_id AS text) IS NULL OR case_id = :case_id)
    AND (CAST(:held_by AS text) IS NULL OR held_by = :held_by)
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:exception_type AS text) IS NULL OR exception_type = :exception_type)
    AND (CAST(:severity AS text) IS NULL OR severity = :severity)
    AND (CAST(:assigned_to AS text) IS NULL OR assigned_to = :assigned_to)
    AND (:any_due OR due_at <= :due_before)
    AND (:any_tenant OR tenant IN :tenants)
    AND (
        CAST(:pattern AS text) IS NULL
        OR EXISTS (
            SELECT 1
            FROM case_file
            WHERE case_file.id = review_task.case_id
                AND (
                    lower(case_file.key) LIKE :pattern ESCAPE '!'
                    OR lower(case_file.title) LIKE :pattern ESCAPE '!'
                )
        )
    )
    AND (due_at, urgency, id) > (:after_due, :after_urgency, :after_id)
ORDER BY due_at, urgency, id
LIMIT :limit;

-- name: find_task
-- The tasks whose id starts like this, an exact one first.
SELECT id, CAST(body AS text) AS body
FROM review_task
WHERE id >= :text AND id < :text_end
    AND (:any_tenant OR tenant IN :tenants)
ORDER BY id
LIMIT :limit;

-- name: near_tasks
-- Live tasks, to suggest when nothing fits.
SELECT id
FROM review_task
WHERE id LIKE :pattern ESCAPE '!'
    AND (:any_tenant OR tenant IN :tenants)
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
    AND (:any_tenant OR tenant IN :tenants)
GROUP BY queue
ORDER BY queue;
