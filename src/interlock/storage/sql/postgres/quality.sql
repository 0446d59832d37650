-- What a change writes about the quality of review.

-- name: insert_past_decisions
-- Records what was decided, beside what it was about.
INSERT INTO past_decision (
    task_id, case_id, workflow, tenant, kind, queue, step, exception_type, segment,
    amount_micros, currency, confidence, verb, reason_code, note, decided_by, decided_at,
    thinking_seconds, too_quick
)
SELECT
    r.task_id, r.case_id, r.workflow, r.tenant, r.kind, r.queue, r.step, r.exception_type,
    r.segment, r.amount_micros, r.currency, r.confidence, r.verb, r.reason_code, r.note,
    r.decided_by, r.decided_at, r.thinking_seconds, r.too_quick
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    task_id text, case_id text, workflow text, tenant text, kind text, queue text, step text,
    exception_type text, segment text, amount_micros bigint, currency text,
    confidence double precision, verb text, reason_code text, note text, decided_by text,
    decided_at timestamptz, thinking_seconds double precision, too_quick boolean
);
