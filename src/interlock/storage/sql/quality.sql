-- Past decisions: precedents for reviewers, and what the quality of review is measured from.

-- name: similar_decisions
-- Of the newest decisions about the same question, those with the nearest amount.
SELECT task_id, case_id, workflow, tenant, kind, queue, step, exception_type, segment,
    amount_micros, currency, confidence, verb, reason_code, note, decided_by, decided_at,
    thinking_seconds, too_quick
FROM (
    SELECT *
    FROM past_decision
    WHERE workflow = :workflow AND tenant = :tenant AND step = :step
        AND exception_type = :exception_type AND segment = :segment
        AND case_id <> :case_id
    ORDER BY decided_at DESC
    LIMIT :among
) AS newest
ORDER BY
    CASE
        WHEN amount_micros IS NULL OR CAST(:amount AS bigint) IS NULL OR currency <> :currency
            THEN 1
        ELSE 0
    END,
    CASE WHEN currency = :currency THEN abs(amount_micros - CAST(:amount AS bigint)) ELSE 0 END,
    decided_at DESC,
    task_id
LIMIT :limit;

-- name: agreed_with_ai
-- How often reviewers took the suggestion of a step as it was, in a band of confidence.
SELECT count(*) AS judged, count(CASE WHEN verb = 'approve' THEN 1 END) AS agreed
FROM past_decision
WHERE workflow = :workflow AND step = :step
    AND confidence IS NOT NULL AND confidence >= :low
    AND (confidence < :high OR :high >= 1)
    AND (:every_tenant OR tenant = :tenant);

-- name: past_decisions
-- One page of a workflow's decisions in a window of time, oldest first.
SELECT task_id, case_id, workflow, tenant, kind, queue, step, exception_type, segment,
    amount_micros, currency, confidence, verb, reason_code, note, decided_by, decided_at,
    thinking_seconds, too_quick
FROM past_decision
WHERE workflow = :workflow
    AND (decided_at, task_id) > (:after_at, :after_id)
    AND decided_at < :until
    AND (:every_tenant OR tenant IN :tenants)
ORDER BY decided_at, task_id
LIMIT :limit;
