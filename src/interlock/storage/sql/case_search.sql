-- Cases, as somebody searches them who sees only some workflows and tenants.

-- name: search_cases
-- One page of the cases that match, the newest first, each with its most urgent live task.
SELECT case_file.id, case_file.workflow, case_file.key, case_file.title, case_file.state,
    case_file.waits_for, case_file.wake_at, case_file.exception_type, case_file.step,
    case_file.outcome, case_file.handling, case_file.amount_micros, case_file.currency,
    case_file.opened_at, case_file.closed_at, task.queue, task.held_by, task.due_at,
    task.clock_stopped_at
FROM case_file
LEFT JOIN review_task AS task ON task.id = (
    SELECT live.id
    FROM review_task AS live
    WHERE live.case_id = case_file.id AND live.state IN ('open', 'claimed')
    ORDER BY live.due_at, live.id
    LIMIT 1
)
WHERE (:every_workflow OR case_file.workflow IN :workflows)
    AND (:every_tenant OR case_file.tenant IN :tenants)
    AND (:every_state OR case_file.state IN :states)
    AND (CAST(:waits_for AS text) IS NULL OR case_file.waits_for = :waits_for)
    AND (CAST(:exception_type AS text) IS NULL OR case_file.exception_type = :exception_type)
    AND (CAST(:step AS text) IS NULL OR case_file.step = :step)
    AND (CAST(:outcome AS text) IS NULL OR case_file.outcome = :outcome)
    AND (CAST(:handling AS text) IS NULL OR case_file.handling = :handling)
    AND (
        CAST(:pattern AS text) IS NULL
        OR lower(case_file.key) LIKE :pattern ESCAPE '!'
        OR lower(case_file.title) LIKE :pattern ESCAPE '!'
        OR lower(case_file.id) LIKE :pattern ESCAPE '!'
    )
    AND case_file.arm <> 'probe'
    AND case_file.opened_at >= :since
    AND (case_file.opened_at, case_file.id) < (:before_at, :before_id)
ORDER BY case_file.opened_at DESC, case_file.id DESC
LIMIT :limit;
