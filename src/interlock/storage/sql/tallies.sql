-- Tallies: what was counted of each era, and what is new since.

-- name: hold_tally
-- Where an era's tally stands, made when there is none; whoever else wants to move it waits.
INSERT INTO era_tally (era, ai_steps, case_arms)
VALUES (:era, :ai_steps, :case_arms)
ON CONFLICT (era) DO UPDATE SET era = excluded.era
RETURNING era, ai_steps, case_arms, counted_to, mark_fact, mark_transaction, latest_at;

-- name: tally
-- Where an era's tally stands.
SELECT era, ai_steps, case_arms, counted_to, mark_fact, mark_transaction, latest_at
FROM era_tally
WHERE era = :era;

-- name: tallied_eras
-- The eras that have a tally.
SELECT era FROM era_tally ORDER BY era;

-- name: move_tally
-- Says up to which fact an era is counted.
UPDATE era_tally
SET counted_to = :counted_to, mark_fact = :mark_fact, mark_transaction = :mark_transaction,
    latest_at = :latest_at
WHERE era = :era;

-- name: forget_tally
-- Takes an era's place away.
DELETE FROM era_tally WHERE era = :era;

-- name: forget_era_cases
-- Takes the marks of an era's cases away.
DELETE FROM era_case WHERE era = :era;

-- name: forget_era_counts
-- Takes an era's counts away.
DELETE FROM era_count WHERE era = :era;

-- name: counts_of_part
-- What was counted of one part of an era.
SELECT counts, part, detail, marks, hits, last_id, last_at
FROM era_count
WHERE era = :era AND part = :part;

-- name: counts_of_segments
-- What was counted of every segment's part of an era.
SELECT counts, part, detail, marks, hits, last_id, last_at
FROM era_count
WHERE era = :era AND counts = :counts AND part <> '';

-- name: first_facts_of_era
-- One page of an era's facts, read by the era's own index: for the first count of it.
SELECT id, case_id, segment, arm, kind, name, detail, at
FROM fact
WHERE release = :era AND release <> '' AND kind IN :kinds
    AND id > :after AND id <= :last AND arm <> 'probe'
ORDER BY id
LIMIT :limit;

-- name: next_facts_of_era
-- One page of an era's facts among the newest of all: no index on eras is to be used here, for it
-- would read the whole era.
SELECT id, case_id, segment, arm, kind, name, detail, at
FROM fact
WHERE id > :after AND id <= :last
    AND release || '' = :era AND kind IN :kinds AND arm <> 'probe'
ORDER BY id
LIMIT :limit;

-- name: recount_cases
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

-- name: recount_comparisons
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

-- name: recount_proposals
-- How many proposals of an era people decided, and how many of them they changed or refused.
SELECT count(*) AS decided, count(CASE WHEN detail <> 'approve' THEN 1 END) AS changed
FROM fact
WHERE release = :era AND release <> '' AND kind = 'proposal_decided' AND arm IN :arms
    AND (:any_segment OR segment = :segment)
    AND at <= :until;

-- name: recount_segments
-- The segments whose cases were opened in an era, and when the last one was.
SELECT segment, max(at) AS at
FROM fact
WHERE release = :era AND release <> '' AND kind = 'case_opened' AND arm <> 'probe'
GROUP BY segment
ORDER BY segment;

-- name: recount_rejections
-- The segments in which a person found a result wrong that nobody had been asked about, and when.
SELECT segment, max(at) AS at
FROM fact
WHERE release = :era AND release <> '' AND arm <> 'probe'
    AND (
        (kind = 'sample_checked' AND detail = 'wrong')
        OR (kind = 'case_reopened' AND name = 'autonomous')
    )
GROUP BY segment
ORDER BY segment;
