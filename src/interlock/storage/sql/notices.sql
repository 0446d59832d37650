-- Notices: the outbox, and how far its sources are read.

-- name: add_notice
-- Puts a notice into the outbox once; no row comes back when it was there already.
INSERT INTO notice (
    subject, kind, recipient, channel, state, tries, next_at, made_at, error, body
)
VALUES (
    :subject, :kind, :recipient, :channel, 'waiting', 0, :made_at, :made_at, '', :body
)
ON CONFLICT (subject, kind, recipient) DO NOTHING
RETURNING id;

-- name: notices
-- One page of notices in these states, the newest first.
SELECT
    id, subject, kind, recipient, channel, state, tries, next_at, made_at, sent_at, error,
    CAST(body AS text) AS body
FROM notice
WHERE state IN :states AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: count_notices
-- How many notices are in each state.
SELECT state, count(*) AS notices FROM notice GROUP BY state;

-- name: settle_notice
-- Says what became of a try; only of the try that was begun last.
UPDATE notice
SET state = :state, next_at = :next_at, sent_at = :sent_at, error = :error
WHERE id = :id AND tries = :tries AND state = 'waiting';

-- name: retry_notice
-- Has a dead notice tried again from the beginning.
UPDATE notice
SET state = 'waiting', tries = 0, next_at = :now
WHERE id = :id AND state = 'dead'
RETURNING id;

-- name: retry_all_notices
-- The same for every dead notice.
UPDATE notice
SET state = 'waiting', tries = 0, next_at = :now
WHERE state = 'dead'
RETURNING id;

-- name: forget_notices
-- Drops notices that were sent, or became moot, before a moment.
DELETE FROM notice
WHERE state IN ('sent', 'moot') AND made_at < :before
RETURNING id;

-- name: notice_place
-- How far a source is read.
SELECT place FROM notice_place WHERE name = :name;

-- name: keep_notice_place
-- Remembers how far a source is read.
INSERT INTO notice_place (name, place)
VALUES (:name, :place)
ON CONFLICT (name) DO UPDATE SET place = excluded.place;

-- name: tasks_come_to_risk
-- Live tasks whose clock runs and that came to risk in a span of time, in that order.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE state IN ('open', 'claimed')
    AND at_risk_at > :since AND at_risk_at <= :until
    AND clock_stopped_at IS NULL
ORDER BY at_risk_at, id
LIMIT :limit;

-- name: tasks_of_cases
-- Every task of these cases, ended ones too.
SELECT CAST(body AS text) AS body
FROM review_task
WHERE case_id IN :ids
ORDER BY case_id, id;
