-- How things stand: counts for the people who run the work. Probes are planted questions, so no
-- count of cases has them; a queue's load has them, because somebody must answer them too.

-- name: overview_queues
-- The live tasks of every queue of every workflow: how many, at risk, late, and since when.
SELECT workflow, queue,
    count(*) AS open,
    count(CASE WHEN clock_stopped_at IS NULL AND at_risk_at <= :now AND due_at > :now THEN 1 END)
        AS at_risk,
    count(CASE WHEN clock_stopped_at IS NULL AND due_at <= :now THEN 1 END) AS late,
    count(clock_stopped_at) AS asked,
    min(opened_at) AS oldest,
    min(CASE WHEN clock_stopped_at IS NULL THEN due_at END) AS first_due
FROM review_task
WHERE state IN ('open', 'claimed') AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow, queue
ORDER BY workflow, queue;

-- name: overview_states
-- How many open cases every workflow has, by what they wait for.
SELECT workflow, 'waiting' AS state, waits_for, count(*) AS cases
FROM case_file
WHERE state = 'waiting' AND arm <> 'probe' AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow, waits_for
UNION ALL
SELECT workflow, 'ready' AS state, NULL AS waits_for, count(*) AS cases
FROM case_file
WHERE state = 'ready' AND arm <> 'probe' AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow;

-- name: overview_stuck
-- Ready cases nobody has moved since a moment, by workflow.
SELECT workflow, count(*) AS cases, min(updated_at) AS oldest
FROM case_file
WHERE state = 'ready' AND updated_at < :before AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow
ORDER BY workflow;

-- name: overview_unknown
-- Actions of which nobody knows whether they happened, by workflow.
SELECT case_file.workflow, count(*) AS actions, min(action.case_id) AS one_case
FROM action
JOIN case_file ON case_file.id = action.case_id
WHERE action.state = 'unknown' AND (:every_tenant OR case_file.tenant IN :tenants)
GROUP BY case_file.workflow
ORDER BY case_file.workflow;

-- name: overview_closed
-- How the cases of every workflow closed since a moment, by handling and outcome.
SELECT workflow, handling, outcome, count(*) AS cases
FROM case_file
WHERE state = 'closed' AND closed_at >= :since AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow, handling, outcome
ORDER BY workflow, handling, outcome;

-- name: overview_opened
-- How many cases every workflow received since a moment.
SELECT workflow, count(*) AS cases
FROM fact
WHERE kind = 'case_opened' AND kind IN ('case_opened', 'exception_routed', 'review_breached')
    AND at >= :since AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow
ORDER BY workflow;

-- name: overview_on_time
-- The decisions of every workflow since a moment, and how many came by their deadline.
SELECT review_task.workflow,
    count(*) AS decided,
    count(CASE WHEN decision.decided_at <= review_task.due_at THEN 1 END) AS on_time
FROM decision
CROSS JOIN review_task
WHERE review_task.id = decision.task_id AND decision.decided_at >= :since
    AND decision.verb IN ('approve', 'edit', 'reject')
    AND NOT EXISTS (
        SELECT 1
        FROM case_file
        WHERE case_file.id = review_task.case_id AND case_file.arm = 'probe'
    )
    AND (:every_tenant OR review_task.tenant IN :tenants)
GROUP BY review_task.workflow
ORDER BY review_task.workflow;

-- name: overview_moved_late
-- The tasks of every workflow that ran late since a moment, whoever decided them in the end.
SELECT workflow, count(*) AS late
FROM fact
WHERE kind = 'review_breached' AND kind IN ('case_opened', 'exception_routed', 'review_breached')
    AND at >= :since AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow
ORDER BY workflow;

-- name: overview_exceptions
-- The exceptions of every workflow since a moment, by type and step, and those of today.
SELECT workflow, name AS exception_type, detail AS step,
    count(*) AS times,
    count(CASE WHEN at >= :today THEN 1 END) AS today
FROM fact
WHERE kind = 'exception_routed' AND kind IN ('case_opened', 'exception_routed', 'review_breached')
    AND at >= :since AND arm <> 'probe'
    AND (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow, name, detail
ORDER BY workflow, name, detail;

-- name: overview_steps
-- Where the open cases of one workflow are, by what they wait for.
SELECT step, 'waiting' AS state, waits_for, count(*) AS cases
FROM case_file
WHERE workflow = :workflow AND state = 'waiting' AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY step, waits_for
UNION ALL
SELECT step, 'ready' AS state, NULL AS waits_for, count(*) AS cases
FROM case_file
WHERE workflow = :workflow AND state = 'ready' AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY step;

-- name: overview_step_tasks
-- The live tasks of one workflow by step and kind: how many, late, and since when.
SELECT case_file.step, review_task.kind, review_task.queue,
    count(*) AS tasks,
    count(
        CASE WHEN review_task.clock_stopped_at IS NULL AND review_task.due_at <= :now THEN 1 END
    ) AS late,
    min(review_task.opened_at) AS oldest
FROM review_task
JOIN case_file ON case_file.id = review_task.case_id
WHERE review_task.workflow = :workflow AND review_task.state IN ('open', 'claimed')
    AND (:every_tenant OR review_task.tenant IN :tenants)
GROUP BY case_file.step, review_task.kind, review_task.queue
ORDER BY case_file.step, review_task.kind, review_task.queue;

-- name: overview_recent_logs
-- When the last closed cases of one workflow changed, and what they waited for from then on.
SELECT entry.case_id, entry.at, CAST(entry.body AS text) AS body
FROM (
    SELECT id
    FROM case_file
    WHERE workflow = :workflow AND state = 'closed' AND arm <> 'probe'
        AND (:every_tenant OR tenant IN :tenants)
    ORDER BY closed_at DESC, id
    LIMIT :limit
) AS page
JOIN audit_entry AS entry ON entry.case_id = page.id
ORDER BY entry.case_id, entry.seq;

-- name: overview_searched
-- How many cases somebody may see, in one workflow or in all.
SELECT count(*) AS cases
FROM case_file
WHERE (CAST(:workflow AS text) IS NULL OR workflow = :workflow) AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants);

-- name: overview_in_hand
-- How many live tasks every person holds, by queue.
SELECT held_by, queue, count(*) AS tasks
FROM review_task
WHERE state = 'claimed' AND state IN ('open', 'claimed')
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY held_by, queue
ORDER BY held_by, queue;

-- name: overview_entries
-- One page of the whole log in a window of time, the newest first.
SELECT entry.case_id, entry.seq, entry.at, entry.actor, entry.kind,
    CAST(entry.body AS text) AS body, entry.commitment, entry.previous, entry.hash,
    entry.payload, entry.salt
FROM audit_entry AS entry
LEFT JOIN case_file ON case_file.id = entry.case_id
WHERE entry.at >= :since
    AND (CAST(:case_id AS text) IS NULL OR entry.case_id = :case_id)
    AND (CAST(:actor AS text) IS NULL OR entry.actor = :actor)
    AND (CAST(:kind AS text) IS NULL OR entry.kind = :kind)
    AND (entry.at, entry.case_id, entry.seq) < (:before_at, :before_case, :before_seq)
    AND (:every_tenant OR case_file.tenant IN :tenants)
ORDER BY entry.at DESC, entry.case_id DESC, entry.seq DESC
LIMIT :limit;
