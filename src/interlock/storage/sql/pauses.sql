-- Pauses, and who was seen to do which AI step.

-- name: pauses_in_force
-- The pauses that were not lifted, the oldest first.
SELECT
    id, kind, workflow, name, also_actions, set_by, reason, set_at,
    lifted_at, lifted_by, lifted_because
FROM pause
WHERE lifted_at IS NULL
ORDER BY id;

-- name: latest_pauses
-- The newest pauses, lifted ones too, the newest first.
SELECT
    id, kind, workflow, name, also_actions, set_by, reason, set_at,
    lifted_at, lifted_by, lifted_because
FROM pause
ORDER BY id DESC
LIMIT :limit;

-- name: set_pause
-- Records a pause and numbers it; one of the same scope that is in force becomes as wide as both.
INSERT INTO pause (kind, workflow, name, also_actions, set_by, reason, set_at)
VALUES (:kind, :workflow, :name, :also_actions, :set_by, :reason, :set_at)
ON CONFLICT (kind, workflow, name) WHERE lifted_at IS NULL
DO UPDATE SET also_actions = pause.also_actions OR excluded.also_actions
RETURNING
    id, kind, workflow, name, also_actions, set_by, reason, set_at,
    lifted_at, lifted_by, lifted_because;

-- name: lift_pause
-- Lifts the pause of a scope, if one is in force.
UPDATE pause
SET lifted_at = :lifted_at, lifted_by = :lifted_by, lifted_because = :lifted_because
WHERE kind = :kind AND workflow = :workflow AND name = :name AND lifted_at IS NULL
RETURNING
    id, kind, workflow, name, also_actions, set_by, reason, set_at,
    lifted_at, lifted_by, lifted_because;

-- name: cases_of_lifted_pauses
-- Waiting cases of these contracts whose pause was lifted.
SELECT case_file.id
FROM pause
JOIN case_file ON case_file.paused_by = pause.id
WHERE pause.lifted_at IS NOT NULL AND case_file.fingerprint IN :fingerprints
ORDER BY case_file.paused_by, case_file.id
LIMIT :limit;

-- name: count_held
-- How many cases wait on each pause.
SELECT paused_by, count(*) AS cases
FROM case_file
WHERE paused_by IS NOT NULL
GROUP BY paused_by;

-- name: agents_seen
-- Who was seen to do which AI step of which contract.
SELECT workflow, fingerprint, step, agent
FROM agent_seen
ORDER BY agent, workflow, step, fingerprint;

-- name: see_agent
-- Remembers who does an AI step of a contract.
INSERT INTO agent_seen (workflow, fingerprint, step, agent)
VALUES (:workflow, :fingerprint, :step, :agent)
ON CONFLICT (workflow, fingerprint, step, agent) DO NOTHING;
