-- Facts, for measuring.

-- name: facts_of_workflow
-- One page of a workflow's facts in a window of time, oldest first.
SELECT id, case_id, workflow, fingerprint, tenant, segment, arm, stage, release, kind, at, name, detail,
    value, amount_micros, currency
FROM fact
WHERE workflow = :workflow
    AND (:any_kind OR kind IN :kinds)
    AND (:probes OR arm <> 'probe')
    AND (at, id) > (:after_at, :after_id)
    AND at < :until
ORDER BY at, id
LIMIT :limit;

-- name: facts
-- One page of all facts in a window of time, in the order they were written.
SELECT id, case_id, workflow, fingerprint, tenant, segment, arm, stage, release, kind, at, name, detail,
    value, amount_micros, currency
FROM fact
WHERE id > :after_id
    AND (:any_kind OR kind IN :kinds)
    AND (:probes OR arm <> 'probe')
    AND at >= :since
    AND at < :until
ORDER BY id
LIMIT :limit;
