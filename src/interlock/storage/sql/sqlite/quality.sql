-- What a change writes about the quality of review.

-- name: insert_past_decisions
-- Records what was decided, beside what it was about.
INSERT INTO past_decision (
    task_id, case_id, workflow, tenant, kind, queue, step, exception_type, segment,
    amount_micros, currency, confidence, verb, reason_code, note, decided_by, decided_at,
    thinking_seconds, too_quick
)
VALUES (
    :task_id, :case_id, :workflow, :tenant, :kind, :queue, :step, :exception_type, :segment,
    :amount_micros, :currency, :confidence, :verb, :reason_code, :note, :decided_by, :decided_at,
    :thinking_seconds, :too_quick
);
