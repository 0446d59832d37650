-- Every waiting case and its open task again, under other ids, until there are enough.
-- :copies is how many copies each is given.
CREATE TEMPORARY TABLE again AS
SELECT c.id AS old_case, c.id || '-' || n AS new_case, c.key AS old_key, c.key || '-' || n AS new_key,
    t.id AS old_task, t.id || '-' || n AS new_task, n
FROM case_file AS c
JOIN review_task AS t ON t.case_id = c.id AND t.state = 'open'
CROSS JOIN generate_series(1, :copies) AS n
WHERE c.state = 'waiting';

INSERT INTO case_file (
    id, workflow, fingerprint, key, title, tenant, segment, arm, stage, state, waits_for, wake_at,
    phase, step, exception_type, amount_micros, currency, outcome, handling, document, opened_at,
    updated_at, closed_at, version, entries, head, body
)
SELECT
    a.new_case, c.workflow, c.fingerprint, a.new_key, c.title, c.tenant, c.segment, c.arm, c.stage,
    c.state, c.waits_for, c.wake_at, c.phase, c.step, c.exception_type, c.amount_micros,
    c.currency, c.outcome, c.handling, c.document, c.opened_at + a.n * interval '1 millisecond',
    c.updated_at, c.closed_at, c.version, c.entries, c.head,
    CAST(
        replace(
            replace(replace(CAST(c.body AS text), a.old_case, a.new_case), a.old_task, a.new_task),
            '"key":"' || a.old_key || '"', '"key":"' || a.new_key || '"'
        ) AS json
    )
FROM again AS a
JOIN case_file AS c ON c.id = a.old_case;

INSERT INTO review_task (
    id, case_id, workflow, tenant, kind, queue, severity, state, exception_type, held_by,
    opened_at, due_at, at_risk_at, clock_stopped_at, attend_at, version, body
)
SELECT
    a.new_task, a.new_case, t.workflow, t.tenant, t.kind, t.queue, t.severity, t.state,
    t.exception_type, t.held_by, t.opened_at, t.due_at + a.n * interval '1 millisecond',
    t.at_risk_at, t.clock_stopped_at, t.attend_at, t.version,
    CAST(replace(replace(CAST(t.body AS text), a.old_case, a.new_case), a.old_task, a.new_task) AS json)
FROM again AS a
JOIN review_task AS t ON t.id = a.old_task;

INSERT INTO evidence_package (task_id, case_id, digest, made_at, body)
SELECT
    a.new_task, a.new_case, e.digest, e.made_at,
    CAST(replace(replace(CAST(e.body AS text), a.old_case, a.new_case), a.old_task, a.new_task) AS json)
FROM again AS a
JOIN evidence_package AS e ON e.task_id = a.old_task;

ANALYZE
