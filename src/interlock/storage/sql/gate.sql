-- What a gate counts, and what it said.

-- name: era_counts
-- What happened to the cases of an era, each case counted once.
WITH one_case AS (
    SELECT
        case_id,
        max(id) AS last_id,
        max(at) AS last_at,
        max(
            CASE
                WHEN kind = 'proposal_made' THEN 1
                WHEN kind = 'incident' AND name IN :ai_steps THEN 1
                WHEN kind = 'exception_routed' AND detail IN :ai_steps THEN 1
                ELSE 0
            END
        ) AS entered,
        max(CASE WHEN kind = 'exception_routed' AND name <> 'reopened' THEN 1 ELSE 0 END)
            AS routed,
        max(CASE WHEN kind = 'case_closed' THEN 1 ELSE 0 END) AS closed,
        max(CASE WHEN kind = 'case_closed' AND name = 'autonomous' THEN 1 ELSE 0 END) AS alone,
        max(CASE WHEN kind = 'case_closed' AND name IN ('assisted', 'human') THEN 1 ELSE 0 END)
            AS by_people,
        max(CASE WHEN kind = 'case_closed' AND detail = 'compensated' THEN 1 ELSE 0 END)
            AS undone,
        max(CASE WHEN kind = 'case_reopened' THEN 1 ELSE 0 END) AS reopened,
        max(CASE WHEN kind = 'sample_checked' THEN 1 ELSE 0 END) AS checked,
        max(CASE WHEN kind = 'sample_checked' AND detail = 'wrong' THEN 1 ELSE 0 END) AS wrong
    FROM fact
    WHERE release = :era AND release <> ''
        AND kind IN (
            'proposal_made', 'incident', 'exception_routed', 'case_closed', 'case_reopened',
            'sample_checked'
        )
        AND arm IN :arms
        AND (:any_segment OR segment = :segment)
        AND at <= :until
    GROUP BY case_id
)
SELECT
    max(last_id) AS last_id,
    max(last_at) AS last_at,
    coalesce(sum(entered), 0) AS entered,
    coalesce(sum(CASE WHEN entered = 1 AND closed + routed > 0 THEN 1 ELSE 0 END), 0) AS left_it,
    coalesce(sum(CASE WHEN entered = 1 AND routed = 1 THEN 1 ELSE 0 END), 0) AS routed,
    coalesce(sum(closed), 0) AS closed,
    coalesce(sum(CASE WHEN alone = 1 AND by_people + reopened = 0 THEN 1 ELSE 0 END), 0) AS alone,
    coalesce(
        sum(CASE WHEN closed = 1 AND by_people + reopened > 0 THEN 1 ELSE 0 END), 0
    ) AS with_people,
    coalesce(sum(CASE WHEN closed = 1 THEN reopened ELSE 0 END), 0) AS reworked,
    coalesce(sum(checked), 0) AS checked,
    coalesce(
        sum(CASE WHEN checked = 1 AND wrong + undone + reopened > 0 THEN 1 ELSE 0 END), 0
    ) AS wrong,
    coalesce(
        sum(CASE WHEN checked = 1 AND wrong + reopened > 0 THEN 1 ELSE 0 END), 0
    ) AS not_first_time
FROM one_case;

-- name: era_comparisons
-- What the AI would have said in an era's shadow, against what was really done.
SELECT
    max(id) AS last_id,
    max(at) AS last_at,
    count(*) AS compared,
    count(DISTINCT case_id) AS cases,
    count(CASE WHEN detail = 'different' THEN 1 END) AS different,
    count(CASE WHEN detail = 'failed' THEN 1 END) AS failed
FROM fact
WHERE release = :era AND release <> '' AND kind = 'shadow_compared' AND arm IN :arms
    AND (:any_segment OR segment = :segment)
    AND at <= :until;

-- name: era_proposals_decided
-- How many proposals of an era people decided, and how many of them they changed or refused.
SELECT count(*) AS decided, count(CASE WHEN verb <> 'approve' THEN 1 END) AS changed
FROM past_decision
JOIN case_file ON case_file.id = past_decision.case_id
WHERE past_decision.workflow = :workflow
    AND past_decision.decided_at >= :since AND past_decision.decided_at <= :until
    AND past_decision.kind = 'proposal' AND past_decision.verb IN ('approve', 'edit', 'reject')
    AND case_file.release = :era AND case_file.arm IN :arms
    AND (:any_segment OR case_file.segment = :segment);

-- name: era_samples
-- What the quality sample of an era found in a window of time.
SELECT count(*) AS checked, count(CASE WHEN detail = 'wrong' THEN 1 END) AS wrong
FROM fact
WHERE release = :era AND release <> '' AND kind = 'sample_checked' AND arm IN :arms
    AND (:any_segment OR segment = :segment)
    AND at > :after AND at <= :until;

-- name: era_reviews
-- By queue: the questions an era put to people in a window of time, and those that were late.
SELECT
    name AS queue,
    count(CASE WHEN kind = 'review_opened' THEN 1 END) AS opened,
    count(CASE WHEN kind = 'review_breached' THEN 1 END) AS late
FROM fact
WHERE release = :era AND release <> '' AND kind IN ('review_opened', 'review_breached')
    AND arm IN :arms
    AND (:any_segment OR segment = :segment)
    AND at > :after AND at <= :until
GROUP BY name
ORDER BY name;

-- name: add_verdict
-- Records what the gate said at one look; nothing when that look was made already.
INSERT INTO gate_verdict (release, era, segment, look, decision, at, evidence_digest, body)
VALUES (:release, :era, :segment, :look, :decision, :at, :evidence_digest, :body)
ON CONFLICT (era, segment, look) DO NOTHING
RETURNING id;

-- name: looks_made
-- The last look at an era and segment.
SELECT coalesce(max(look), 0) AS looks
FROM gate_verdict
WHERE era = :era AND segment = :segment;

-- name: verdicts
-- The newest verdicts on a release, of one segment or of all.
SELECT id, look, CAST(body AS text) AS body
FROM gate_verdict
WHERE release = :release AND (:any_segment OR segment = :segment) AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: latest_verdicts
-- The latest verdict on a release, of each segment.
SELECT id, look, CAST(body AS text) AS body
FROM gate_verdict
WHERE id IN (SELECT max(id) FROM gate_verdict WHERE release = :release GROUP BY segment)
ORDER BY segment;

-- name: verdict
-- One verdict.
SELECT id, look, CAST(body AS text) AS body
FROM gate_verdict
WHERE id = :id;
