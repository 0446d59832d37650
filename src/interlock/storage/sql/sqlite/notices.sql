-- Beginning to send: the transaction is the only writer.

-- name: begin_notices
-- Notices that are due, now begun; should nobody say what became of them, they are due again later.
UPDATE notice SET tries = tries + 1, next_at = :again_at
WHERE id IN (
    SELECT id
    FROM notice
    WHERE state = 'waiting' AND next_at <= :now
    ORDER BY next_at, id
    LIMIT :limit
)
RETURNING
    id, subject, kind, recipient, channel, state, tries, next_at, made_at, sent_at, error,
    CAST(body AS text) AS body;
