-- What the record of a release that was taken back says, each row with the moment its transaction
-- was committed. Needs a cluster with `track_commit_timestamp`.

-- name: recorded_at
-- When the rollback was on record: its line of history and the stop of its eras are one commit.
SELECT pg_xact_commit_timestamp(xmin) AS committed_at
FROM release_event
WHERE release = :release AND move = 'roll_back';

-- name: counted_facts
-- The facts of an era that its exception rate is counted from, in the order they were committed.
SELECT case_id, kind, pg_xact_commit_timestamp(xmin) AS committed_at
FROM fact
WHERE release = :era AND kind IN ('case_opened', 'proposal_made', 'exception_routed', 'case_closed')
ORDER BY 3, id;

-- name: actions_begun
-- The intents and outcomes of an era's actions, in the order they were committed. Whatever no
-- fixed rule and no person stands behind rests on the machine; a case here has one action.
SELECT
    audit_entry.case_id, audit_entry.kind, others.case_id IS NULL AS by_machine,
    pg_xact_commit_timestamp(audit_entry.xmin) AS committed_at
FROM audit_entry
JOIN case_file ON case_file.id = audit_entry.case_id
LEFT JOIN (
    SELECT DISTINCT case_id
    FROM fact
    WHERE release = :era AND kind IN ('fallback_used', 'review_decided')
) AS others ON others.case_id = audit_entry.case_id
WHERE case_file.release = :era AND audit_entry.kind IN ('action_started', 'action_succeeded')
ORDER BY 4;

-- name: in_hand
-- How many cases workers hold at this moment.
SELECT count(*) AS cases
FROM case_file
WHERE claimed_by IS NOT NULL;
