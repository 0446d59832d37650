-- How people sign in. What opens a door is known by its digest alone.

-- name: password_hash
-- An account's password, hashed.
SELECT hash FROM password WHERE account_id = :account_id;

-- name: set_password
-- Gives an account a password, or another one.
INSERT INTO password (account_id, hash, changed_at)
VALUES (:account_id, :hash, :changed_at)
ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at;

-- name: rehash_password
-- The same password under stronger parameters, unless it was changed meanwhile.
UPDATE password SET hash = :hash WHERE account_id = :account_id AND hash = :seen;

-- name: drop_unused_links
-- Ends the links of an account that nobody used.
DELETE FROM sign_in_link WHERE account_id = :account_id AND used_at IS NULL;

-- name: insert_link
-- A way in that works once.
INSERT INTO sign_in_link (digest, account_id, made_at, expires_at)
VALUES (:digest, :account_id, :made_at, :expires_at);

-- name: use_link
-- Uses a link up; no row when it is used, over, another's, or was never there.
UPDATE sign_in_link SET used_at = :now
WHERE digest = :digest AND account_id = :account_id AND used_at IS NULL AND expires_at > :now
RETURNING account_id;

-- name: link
-- A link, whatever became of it.
SELECT account_id, expires_at, used_at FROM sign_in_link WHERE digest = :digest;

-- name: insert_session
-- Opens a session.
INSERT INTO session (digest, id, account_id, via, opened_at, seen_at, expires_at)
VALUES (:digest, :id, :account_id, :via, :opened_at, :seen_at, :expires_at);

-- name: session
-- A session that still holds, with its account.
SELECT
    session.id, session.account_id, session.via, session.opened_at, session.seen_at,
    session.expires_at, CAST(account.body AS text) AS account
FROM session
JOIN account ON account.id = session.account_id
WHERE session.digest = :digest AND session.expires_at > :now AND session.seen_at > :idle_since;

-- name: sessions_of
-- The sessions of an account that still hold, the latest first.
SELECT id, account_id, via, opened_at, seen_at, expires_at
FROM session
WHERE account_id = :account_id AND expires_at > :now AND seen_at > :idle_since
ORDER BY seen_at DESC, id;

-- name: touch_session
-- Says that a session was used.
UPDATE session SET seen_at = :now WHERE digest = :digest AND seen_at < :now;

-- name: end_session
-- Ends one session and says whose it was.
DELETE FROM session WHERE digest = :digest RETURNING id, account_id;

-- name: end_sessions_of
-- Ends every session of an account.
DELETE FROM session WHERE account_id = :account_id;

-- name: insert_token
-- Keeps a new API token.
INSERT INTO api_token (digest, id, account_id, name, scopes, made_at, made_by, expires_at)
VALUES (:digest, :id, :account_id, :name, :scopes, :made_at, :made_by, :expires_at);

-- name: token
-- A token that still holds, with its account.
SELECT
    api_token.id, api_token.account_id, api_token.name, api_token.scopes, api_token.made_at,
    api_token.made_by, api_token.expires_at, api_token.used_at, api_token.revoked_at,
    CAST(account.body AS text) AS account
FROM api_token
JOIN account ON account.id = api_token.account_id
WHERE api_token.digest = :digest
    AND api_token.revoked_at IS NULL
    AND (api_token.expires_at IS NULL OR api_token.expires_at > :now);

-- name: tokens
-- The tokens of one account or of all, by account and name.
SELECT id, account_id, name, scopes, made_at, made_by, expires_at, used_at, revoked_at
FROM api_token
WHERE CAST(:account_id AS text) IS NULL OR account_id = :account_id
ORDER BY account_id, name, id;

-- name: touch_token
-- Says that a token was used.
UPDATE api_token SET used_at = :now WHERE id = :id;

-- name: revoke_token
-- Ends a token; no row when it was ended before.
UPDATE api_token SET revoked_at = :now
WHERE id = :id AND revoked_at IS NULL
RETURNING account_id, name;

-- name: revoke_tokens_of
-- Ends every token of an account.
UPDATE api_token SET revoked_at = :now WHERE account_id = :account_id AND revoked_at IS NULL;

-- name: hold_failures
-- What is counted under a key, locked until the transaction ends; makes the row the first time.
INSERT INTO sign_in_failure (key, failures, unheard, last_at)
VALUES (:key, 0, 0, :now)
ON CONFLICT (key) DO UPDATE SET failures = sign_in_failure.failures
RETURNING failures, unheard, last_at;

-- name: count_failures
-- Says how often somebody failed under a key.
UPDATE sign_in_failure SET failures = :failures, unheard = :unheard, last_at = :last_at
WHERE key = :key;

-- name: forgive_failures
-- Takes so many failures back; the number never falls below none.
UPDATE sign_in_failure
SET failures = CASE WHEN failures > :by THEN failures - :by ELSE 0 END
WHERE key = :key;

-- name: insert_outside_identity
-- Says who an account is at another house.
INSERT INTO outside_identity (issuer, subject, account_id, linked_at)
VALUES (:issuer, :subject, :account_id, :linked_at)
ON CONFLICT DO NOTHING
RETURNING account_id;

-- name: outside_account
-- The account somebody of another house has here.
SELECT CAST(account.body AS text) AS body
FROM outside_identity
JOIN account ON account.id = outside_identity.account_id
WHERE outside_identity.issuer = :issuer AND outside_identity.subject = :subject;

-- name: drop_outside_identities
-- Forgets who an account is elsewhere.
DELETE FROM outside_identity WHERE account_id = :account_id RETURNING issuer;

-- name: insert_outside_sign_in
-- Keeps what a sign-in at another house must come back with.
INSERT INTO outside_sign_in (digest, body, expires_at) VALUES (:digest, :body, :expires_at);

-- name: take_outside_sign_in
-- What it must come back with, once.
DELETE FROM outside_sign_in WHERE digest = :digest RETURNING CAST(body AS text) AS body, expires_at;

-- name: forget_sessions
-- Removes sessions that are over.
DELETE FROM session WHERE expires_at <= :now OR seen_at <= :idle_since;

-- name: forget_links
-- Removes links that were over long ago; until then, who uses one again is recorded.
DELETE FROM sign_in_link WHERE expires_at <= :before;

-- name: forget_failures
-- Removes counts that no longer slow anybody down.
DELETE FROM sign_in_failure WHERE last_at <= :before;

-- name: forget_outside_sign_ins
-- Removes sign-ins that never came back.
DELETE FROM outside_sign_in WHERE expires_at <= :now;
