-- Protected cases and what evals found.

-- name: add_protected_case
-- Protects a closed case from now on.
INSERT INTO protected_case (
    id, workflow, tenant, case_id, until_seq, name, owner, reason, severity, expires,
    made_by, made_at
)
VALUES (
    :id, :workflow, :tenant, :case_id, :until_seq, :name, :owner, :reason, :severity, :expires,
    :made_by, :made_at
);

-- name: protected_cases
-- The protected cases of a workflow by name; retired ones only when they are asked for.
SELECT
    id, workflow, tenant, case_id, until_seq, name, owner, reason, severity, expires,
    made_by, made_at, retired_by, retired_at, retired_why
FROM protected_case
WHERE workflow = :workflow
  AND (:every_one OR retired_at IS NULL)
  AND (:every_tenant OR tenant IN :tenants)
ORDER BY name, made_at, id;

-- name: protected_case
-- One protected case by its id, or by its name while it is not retired.
SELECT
    id, workflow, tenant, case_id, until_seq, name, owner, reason, severity, expires,
    made_by, made_at, retired_by, retired_at, retired_why
FROM protected_case
WHERE (id = :named OR (name = :named AND retired_at IS NULL))
  AND (:every_tenant OR tenant IN :tenants)
ORDER BY id;

-- name: protected_cases_of
-- What a case is protected as, as long as it is.
SELECT
    id, workflow, tenant, case_id, until_seq, name, owner, reason, severity, expires,
    made_by, made_at, retired_by, retired_at, retired_why
FROM protected_case
WHERE case_id = :case_id AND retired_at IS NULL
  AND (:every_tenant OR tenant IN :tenants)
ORDER BY name;

-- name: retire_protected_case
-- Retires a protected case, once.
UPDATE protected_case
SET retired_by = :retired_by, retired_at = :retired_at, retired_why = :retired_why
WHERE id = :id AND retired_at IS NULL
RETURNING id;

-- name: protected_changed_since
-- How many cases were protected after a moment, and how many were retired that were there before.
SELECT
    count(CASE WHEN made_at > :at AND retired_at IS NULL THEN 1 END) AS added,
    count(CASE WHEN made_at <= :at AND retired_at > :at THEN 1 END) AS retired
FROM protected_case
WHERE workflow = :workflow;

-- name: add_protected_eval
-- Keeps what an eval found.
INSERT INTO protected_eval (workflow, fingerprint, at, passed, failed, failing_critical, body)
VALUES (:workflow, :fingerprint, :at, :passed, :failed, :failing_critical, :body)
RETURNING id;

-- name: latest_protected_eval
-- The newest eval of one version.
SELECT id, body FROM protected_eval
WHERE workflow = :workflow AND fingerprint = :fingerprint
ORDER BY id DESC
LIMIT 1;

-- name: protected_evals
-- The newest evals of a workflow, the newest first.
SELECT id, body FROM protected_eval
WHERE workflow = :workflow
ORDER BY id DESC
LIMIT :limit;

-- name: segments_seen
-- The segments a workflow has had cases of, the most frequent first.
SELECT segment, count(*) AS cases FROM case_file
WHERE workflow = :workflow AND segment <> ''
GROUP BY segment
ORDER BY cases DESC, segment
LIMIT :limit;
