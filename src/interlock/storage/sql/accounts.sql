-- Accounts: who can sign in, and what roles they hold.

-- name: account
-- One account.
SELECT CAST(body AS text) AS body FROM account WHERE id = :id;

-- name: accounts
-- Every account, by id.
SELECT CAST(body AS text) AS body FROM account ORDER BY id;

-- name: account_by_email
-- The active accounts with this mail address, in small letters.
SELECT CAST(body AS text) AS body
FROM account
WHERE lower(email) = :email AND active
ORDER BY id;

-- name: save_account
-- Adds an account, or makes it what it is now.
INSERT INTO account (id, name, email, active, is_agent, changed_at, body)
VALUES (:id, :name, :email, :active, :is_agent, :changed_at, :body)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    email = excluded.email,
    active = excluded.active,
    is_agent = excluded.is_agent,
    changed_at = excluded.changed_at,
    body = excluded.body;
