-- Beginning to send: each notice by one worker at a time.

-- name: begin_notices
-- Notices that are due, now begun; should nobody say what became of them, they are due again later.
WITH due AS (
    SELECT id
    FROM notice
    WHERE state = 'waiting' AND next_at <= :now
    ORDER BY next_at, id
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE notice SET tries = notice.tries + 1, next_at = :again_at
FROM due
WHERE notice.id = due.id
RETURNING
    notice.id, subject, kind, recipient, channel, state, tries, next_at, made_at, sent_at, error,
    CAST(body AS text) AS body;
