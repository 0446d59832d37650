-- Releases: where each stands, and what was done to it.

-- name: insert_release
-- Adds a release; no row when it is there already.
INSERT INTO release_file (id, workflow, fingerprint, state, proposed_at, version, body)
VALUES (:id, :workflow, :fingerprint, :state, :proposed_at, :version, :body)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: update_release
-- Makes a release what it is now; no row when somebody else has changed it meanwhile.
UPDATE release_file
SET state = :state, version = :version, body = :body
WHERE id = :id AND version = :seen
RETURNING id;

-- name: add_release_event
-- Adds one line to a release's history.
INSERT INTO release_event (release, move, at, by_whom, verdict, body)
VALUES (:release, :move, :at, :by_whom, :verdict, :body);

-- name: add_release_delta
-- Keeps what a proposed release moves from people to the machine.
INSERT INTO release_delta (release, body) VALUES (:release, :body);

-- name: release_delta
-- What was kept of it.
SELECT CAST(body AS text) AS body FROM release_delta WHERE release = :release;

-- name: running_release
-- The release new cases of a workflow join.
SELECT CAST(body AS text) AS body
FROM release_file
WHERE workflow = :workflow AND state = 'running';

-- name: releases
-- The releases of a workflow, or of all, the newest first.
SELECT CAST(body AS text) AS body
FROM release_file
WHERE CAST(:workflow AS text) IS NULL OR workflow = :workflow
ORDER BY proposed_at DESC, id;

-- name: release
-- The release of an id.
SELECT CAST(body AS text) AS body FROM release_file WHERE id = :id;

-- name: release_events
-- The history of a release, the oldest first.
SELECT CAST(body AS text) AS body FROM release_event WHERE release = :release ORDER BY id;

-- name: release_history
-- A page of the history of a release, the newest first.
SELECT id, CAST(body AS text) AS body
FROM release_event
WHERE release = :release AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: taken_back_since
-- What was taken back since then, the latest first, with the release it was done to.
SELECT CAST(release_file.body AS text) AS release_body, CAST(release_event.body AS text) AS body
FROM release_event
INNER JOIN release_file ON release_event.release = release_file.id
WHERE release_event.move IN ('roll_back', 'stand_down') AND release_event.at > :since
ORDER BY release_event.id DESC;

-- name: shadow_facts
-- What a watched AI came to beside the real handling, by step, segment and outcome.
SELECT name AS step, segment, detail, count(*) AS cases
FROM fact
WHERE release IN :eras AND kind = 'shadow_compared' AND arm <> 'probe'
GROUP BY name, segment, detail
ORDER BY name, segment, detail;

-- name: shadow_cases
-- The cases in which a watched AI did not come to the same, the newest first.
SELECT case_id, name AS step, segment, detail, at
FROM fact
WHERE release IN :eras AND kind = 'shadow_compared' AND detail <> 'same' AND arm <> 'probe'
ORDER BY id DESC
LIMIT :limit;

-- name: open_on_contract
-- Open cases of one version of a workflow, in pages by id.
SELECT id
FROM case_file
WHERE workflow = :workflow AND fingerprint = :fingerprint AND state <> 'closed'
    AND arm <> 'probe' AND id > :after
ORDER BY id
LIMIT :limit;
