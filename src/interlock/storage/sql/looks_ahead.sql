-- Looks ahead: what backtests and simulations of a version found.

-- name: keep_look_ahead
-- Puts a result on record.
INSERT INTO look_ahead (workflow, fingerprint, kind, at, by_whom, body)
VALUES (:workflow, :fingerprint, :kind, :at, :by_whom, :body);

-- name: latest_looks_ahead
-- The latest result of each kind for a version.
SELECT CAST(body AS text) AS body
FROM look_ahead
WHERE id IN (
    SELECT max(id) FROM look_ahead WHERE fingerprint = :fingerprint GROUP BY kind
)
ORDER BY kind;
