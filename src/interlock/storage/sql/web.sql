-- What the web needs beside the work itself: news, and answers kept for repeated requests.

-- name: last_fact
-- The highest number of a fact.
SELECT coalesce(max(id), 0) AS last FROM fact;

-- name: changed
-- One page of facts after a place, in the order of their numbers.
SELECT id, case_id, workflow, tenant, kind, at, name, detail
FROM fact
WHERE id > :after AND kind IN :kinds
ORDER BY id
LIMIT :limit;

-- name: begin_answer
-- Takes a key for one request; no row when the key is taken already.
INSERT INTO kept_answer (visitor, key, request, state, begun_at, expires_at)
VALUES (:visitor, :key, :request, 'running', :now, :expires_at)
ON CONFLICT (visitor, key) DO NOTHING
RETURNING key;

-- name: take_over_answer
-- Takes a key anew whose answer is too old, or whose request was begun so long ago that it died.
UPDATE kept_answer
SET request = :request, state = 'running', begun_at = :now, expires_at = :expires_at,
    status = NULL, headers = NULL, body = NULL
WHERE visitor = :visitor AND key = :key
    AND (expires_at <= :now OR (state = 'running' AND request = :request AND begun_at <= :dead))
RETURNING key;

-- name: kept_answer
-- What is kept under a key.
SELECT request, state, status, CAST(headers AS text) AS headers, body
FROM kept_answer
WHERE visitor = :visitor AND key = :key;

-- name: keep_answer
-- Keeps the answer of a request that holds its key.
UPDATE kept_answer
SET state = 'answered', status = :status, headers = :headers, body = :body
WHERE visitor = :visitor AND key = :key AND request = :request;

-- name: forget_answer
-- Gives back a key whose request did not get to an answer.
DELETE FROM kept_answer
WHERE visitor = :visitor AND key = :key AND request = :request AND state = 'running';

-- name: forget_old_answers
-- Drops what nobody may ask for again.
DELETE FROM kept_answer
WHERE expires_at <= :now;
