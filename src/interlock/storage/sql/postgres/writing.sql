-- What a change writes: one statement a table for a whole batch.

-- name: insert_cases
-- Opens cases; one whose key or id is there already is left out of what comes back.
INSERT INTO case_file (
    id, workflow, fingerprint, key, title, tenant, segment, arm, stage, release, state,
    waits_for, wake_at, phase, step, exception_type, amount_micros, currency, outcome, handling, document,
    opened_at, updated_at, closed_at, version, entries, head, body
)
SELECT
    r.id, r.workflow, r.fingerprint, r.key, r.title, r.tenant, r.segment, r.arm, r.stage,
    r.release, r.state, r.waits_for, r.wake_at, r.phase, r.step, r.exception_type, r.amount_micros,
    r.currency, r.outcome, r.handling, r.document, r.opened_at, r.updated_at, r.closed_at,
    r.version, r.entries, r.head, CAST(r.body AS json)
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    id text, workflow text, fingerprint text, key text, title text, tenant text, segment text,
    arm text, stage text, release text, state text, waits_for text, wake_at timestamptz,
    phase text, step text, exception_type text, amount_micros bigint, currency text, outcome text,
    handling text, document text, opened_at timestamptz, updated_at timestamptz,
    closed_at timestamptz, version integer, entries integer, head text, body text
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: update_cases
-- Makes the rows what the cases are now; a case that is no longer ready loses its claim.
UPDATE case_file SET
    fingerprint = r.fingerprint,
    key = r.key,
    title = r.title,
    tenant = r.tenant,
    segment = r.segment,
    arm = r.arm,
    stage = r.stage,
    release = r.release,
    state = r.state,
    waits_for = r.waits_for,
    wake_at = r.wake_at,
    phase = r.phase,
    step = r.step,
    exception_type = r.exception_type,
    amount_micros = r.amount_micros,
    currency = r.currency,
    outcome = r.outcome,
    handling = r.handling,
    paused_by = r.paused_by,
    updated_at = r.updated_at,
    closed_at = r.closed_at,
    version = r.version,
    entries = r.entries,
    head = r.head,
    body = CAST(r.body AS json),
    claimed_by = CASE WHEN r.state = 'ready' THEN case_file.claimed_by END
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    id text, fingerprint text, key text, title text, tenant text, segment text, arm text,
    stage text, release text, state text, waits_for text, wake_at timestamptz, phase text, step text,
    exception_type text, amount_micros bigint, currency text, outcome text, handling text,
    paused_by integer, updated_at timestamptz, closed_at timestamptz, version integer, entries integer, head text,
    body text
)
WHERE case_file.id = r.id;

-- name: append_entries
-- Appends to the audit log.
COPY audit_entry (
    case_id, seq, at, actor, kind, body, commitment, previous, hash, payload, salt
)
FROM STDIN;

-- name: append_facts
-- Appends facts.
COPY fact (
    case_id, workflow, fingerprint, tenant, segment, arm, stage, release, kind, at, name, detail,
    value, amount_micros, currency
)
FROM STDIN;

-- name: upsert_tasks
-- Opens review tasks, or makes them what they are now.
INSERT INTO review_task (
    id, case_id, workflow, tenant, kind, queue, severity, urgency, state, exception_type, held_by,
    assigned_to, opened_at, due_at, at_risk_at, clock_stopped_at, attend_at, version, body
)
SELECT
    r.id, r.case_id, r.workflow, r.tenant, r.kind, r.queue, r.severity, r.urgency,
    r.state, r.exception_type, r.held_by, r.assigned_to, r.opened_at, r.due_at, r.at_risk_at,
    r.clock_stopped_at, r.attend_at, r.version, CAST(r.body AS json)
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    id text, case_id text, workflow text, tenant text, kind text, queue text, severity text,
    urgency integer, state text, exception_type text, held_by text, assigned_to text,
    opened_at timestamptz, due_at timestamptz, at_risk_at timestamptz, clock_stopped_at timestamptz, attend_at timestamptz,
    version integer, body text
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
SELECT
    r.id, r.case_id, r.step, r.name, r.digest, r.state, r.attempt, r.amount_micros, r.currency,
    r.hold_until, r.intended_at, r.finished_at, CAST(r.body AS json)
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    id text, case_id text, step text, name text, digest text, state text, attempt integer,
    amount_micros bigint, currency text, hold_until timestamptz, intended_at timestamptz,
    finished_at timestamptz, body text
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
SELECT
    r.task_id, r.case_id, r.digest, r.made_at, CAST(r.body AS json)
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    task_id text, case_id text, digest text, made_at timestamptz, body text
)
ON CONFLICT (task_id) DO NOTHING;

-- name: insert_decisions
-- Records decisions.
INSERT INTO decision (
    task_id, case_id, verb, decided_by, decided_at, body
)
SELECT
    r.task_id, r.case_id, r.verb, r.decided_by, r.decided_at, CAST(r.body AS json)
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    task_id text, case_id text, verb text, decided_by text, decided_at timestamptz, body text
);
