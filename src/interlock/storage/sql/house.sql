-- The house log: one hash chain for what happens outside of cases.

-- name: hold_house
-- Where the chain ends now, locked until the transaction ends; makes the row at the very first.
INSERT INTO house_head (name, length, head)
VALUES ('house', 0, :genesis)
ON CONFLICT (name) DO UPDATE SET length = house_head.length
RETURNING length, head;

-- name: append_house
-- Appends one entry.
INSERT INTO house_entry (
    seq, at, actor, kind, body, commitment, previous, hash, payload, salt
)
VALUES (
    :seq, :at, :actor, :kind, :body, :commitment, :previous, :hash, :payload, :salt
);

-- name: move_house_head
-- Says where the chain ends from now on.
UPDATE house_head SET length = :length, head = :head WHERE name = 'house';

-- name: house_head
-- Where the chain ends.
SELECT length, head FROM house_head WHERE name = 'house';

-- name: house_entries
-- One page of entries after a place, in order.
SELECT
    seq, at, actor, kind, CAST(body AS text) AS body, commitment, previous, hash, payload, salt
FROM house_entry
WHERE seq > :after
ORDER BY seq
LIMIT :limit;

-- name: latest_house_entries
-- The newest entries before a place, the newest first.
SELECT
    seq, at, actor, kind, CAST(body AS text) AS body, commitment, previous, hash, payload, salt
FROM house_entry
WHERE seq < :before
ORDER BY seq DESC
LIMIT :limit;

-- name: house_entries_of_kinds
-- Every entry of some kinds, in order.
SELECT
    seq, at, actor, kind, CAST(body AS text) AS body, commitment, previous, hash, payload, salt
FROM house_entry
WHERE kind IN :kinds
ORDER BY seq;
