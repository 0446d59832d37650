-- What a gate counts, and what it said.

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

-- name: verdict_digest
-- The digest of the evidence a verdict was given on.
SELECT evidence_digest FROM gate_verdict WHERE id = :id;
