-- What a change writes: one prepared statement a table, run over the whole batch.

-- name: insert_cases
-- Opens cases; one whose key or id is there already is left out of what comes back.
INSERT INTO case_file (
    id, workflow, fingerprint, key, title, tenant, segment, arm, stage, release, state,
    waits_for, wake_at, phase, step, exception_type, amount_micros, currency, outcome, handling, document,
    opened_at, updated_at, closed_at, version, entries, head, body
)
SELECT
    json_extract(value, '$.id'), json_extract(value, '$.workflow'),
    json_extract(value, '$.fingerprint'), json_extract(value, '$.key'),
    json_extract(value, '$.title'), json_extract(value, '$.tenant'),
    json_extract(value, '$.segment'), json_extract(value, '$.arm'),
    json_extract(value, '$.stage'), json_extract(value, '$.release'),
    json_extract(value, '$.state'),
    json_extract(value, '$.waits_for'), json_extract(value, '$.wake_at'),
    json_extract(value, '$.phase'), json_extract(value, '$.step'),
    json_extract(value, '$.exception_type'), json_extract(value, '$.amount_micros'),
    json_extract(value, '$.currency'), json_extract(value, '$.outcome'),
    json_extract(value, '$.handling'), json_extract(value, '$.document'),
    json_extract(value, '$.opened_at'), json_extract(value, '$.updated_at'),
    json_extract(value, '$.closed_at'), json_extract(value, '$.version'),
    json_extract(value, '$.entries'), json_extract(value, '$.head'),
    json_extract(value, '$.body')
FROM json_each(:rows)
WHERE true  -- without it SQLite reads ON CONFLICT as a join's condition
ON CONFLICT DO NOTHING
RETURNING id;

-- name: update_cases
-- Makes a row what the case is now; a case that is no longer ready loses its claim.
UPDATE case_file SET
    fingerprint = :fingerprint,
    key = :key,
    title = :title,
    tenant = :tenant,
    segment = :segment,
    arm = :arm,
    stage = :stage,
    release = :release,
    state = :state,
    waits_for = :waits_for,
    wake_at = :wake_at,
    phase = :phase,
    step = :step,
    exception_type = :exception_type,
    amount_micros = :amount_micros,
    currency = :currency,
    outcome = :outcome,
    handling = :handling,
    paused_by = :paused_by,
    updated_at = :updated_at,
    closed_at = :closed_at,
    version = :version,
    entries = :entries,
    head = :head,
    body = :body,
    claimed_by = CASE WHEN :state = 'ready' THEN claimed_by END
WHERE id = :id;

-- name: append_entries
-- Appends to the audit log.
INSERT INTO audit_entry (
    case_id, seq, at, actor, kind, body, commitment, previous, hash, payload, salt
)
VALUES (
    :case_id, :seq, :at, :actor, :kind, :body, :commitment, :previous, :hash, :payload, :salt
);

-- name: append_facts
-- Appends facts.
INSERT INTO fact (
    case_id, workflow, fingerprint, tenant, segment, arm, stage, release, kind, at, name, detail,
    value, amount_micros, currency
)
VALUES (
    :case_id, :workflow, :fingerprint, :tenant, :segment, :arm, :stage, :release, :kind, :at,
    :name, :detail, :value, :amount_micros, :currency
);

-- name: upsert_tasks
-- Opens review tasks, or makes them what they are now.
INSERT INTO review_task (
    id, case_id, workflow, tenant, kind, queue, severity, urgency, state, exception_type, held_by,
    assigned_to, opened_at, due_at, at_risk_at, clock_stopped_at, attend_at, version, body
)
VALUES (
    :id, :case_id, :workflow, :tenant, :kind, :queue, :severity, :urgency, :state,
    :exception_type, :held_by, :assigned_to, :opened_at, :due_at, :at_risk_at,
    :clock_stopped_at, :attend_at, :version, :body
)
ON CONFLICT (id) DO UPDATE SET
    tenant = excluded.tenant,
    queue = excluded.queue,
    severity = excluded.severity,
    urgency = excluded.urgency,
    state = excluded.state,
    exception_type = excluded.exception_type,
    held_by = excluded.held_by,
    assigned_to = excluded.assigned_to,
    due_at = excluded.due_at,
    at_risk_at = excluded.at_risk_at,
    clock_stopped_at = excluded.clock_stopped_at,
    attend_at = excluded.attend_at,
    version = excluded.version,
    body = excluded.body;

-- name: upsert_actions
-- Plans actions, or makes them what they are now.
INSERT INTO action (
    id, case_id, step, name, digest, state, attempt, amount_micros, currency, hold_until,
    intended_at, finished_at, body
)
VALUES (
    :id, :case_id, :step, :name, :digest, :state, :attempt, :amount_micros, :currency,
    :hold_until, :intended_at, :finished_at, :body
)
ON CONFLICT (id) DO UPDATE SET
    digest = excluded.digest,
    state = excluded.state,
    attempt = excluded.attempt,
    amount_micros = excluded.amount_micros,
    currency = excluded.currency,
    hold_until = excluded.hold_until,
    intended_at = excluded.intended_at,
    finished_at = excluded.finished_at,
    body = excluded.body;

-- name: insert_evidence
-- Freezes evidence packages; the first one of a task stays.
INSERT INTO evidence_package (
    task_id, case_id, digest, made_at, body
)
VALUES (
    :task_id, :case_id, :digest, :made_at, :body
)
ON CONFLICT (task_id) DO NOTHING;

-- name: insert_decisions
-- Records decisions.
INSERT INTO decision (
    task_id, case_id, verb, decided_by, decided_at, body
)
VALUES (
    :task_id, :case_id, :verb, :decided_by, :decided_at, :body
);
