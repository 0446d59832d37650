-- Filters that reviewers saved.

-- name: saved_views
-- What one account saved, by name.
SELECT id, name, query, made_at
FROM saved_view
WHERE account = :account
ORDER BY name, id
LIMIT :limit;

-- name: keep_view
-- One more, or the same name with another filter.
INSERT INTO saved_view (id, account, name, query, made_at)
VALUES (:id, :account, :name, :query, :made_at)
ON CONFLICT (account, name) DO UPDATE SET query = excluded.query, made_at = excluded.made_at;

-- name: forget_view
-- Takes away one that this account saved.
DELETE FROM saved_view
WHERE account = :account AND id = :id;
