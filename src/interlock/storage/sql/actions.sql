-- Side effects.

-- name: actions_of_case
-- What a case did and plans to do, in the order of planning.
SELECT CAST(body AS text) AS body
FROM action
WHERE case_id = :case_id AND (:any_state OR state IN :states)
ORDER BY id;

-- name: actions_in_state
-- Actions in some states, over all cases.
SELECT CAST(body AS text) AS body
FROM action
WHERE state IN :states
ORDER BY state, id
LIMIT :limit;
