-- Readings: what each window of time showed.

-- name: add_reading
-- Keeps a reading and numbers it; a window that was read already gives no row.
INSERT INTO watch_reading
    (workflow, measure, step, begins_at, ends_at, events, value, low, high, state)
VALUES
    (:workflow, :measure, :step, :begins_at, :ends_at, :events, :value, :low, :high, :state)
ON CONFLICT (workflow, measure, step, begins_at, ends_at) DO NOTHING
RETURNING id;

-- name: is_read
-- Whether a window was read already.
SELECT 1 AS done FROM watch_reading
WHERE workflow = :workflow AND measure = :measure AND step = :step
    AND begins_at = :begins_at AND ends_at = :ends_at;

-- name: readings
-- The newest readings of a workflow, or of all of them, the newest first.
SELECT workflow, measure, step, begins_at, ends_at, events, value, low, high, state
FROM watch_reading
WHERE (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (:any_state OR state IN :states)
ORDER BY id DESC
LIMIT :limit;

-- name: readings_of_number
-- The newest readings of one number, the newest first.
SELECT workflow, measure, step, begins_at, ends_at, events, value, low, high, state
FROM watch_reading
WHERE workflow = :workflow AND measure = :measure AND step = :step
ORDER BY id DESC
LIMIT :limit;

-- name: readings_to_learn_from
-- The values of the newest windows of the same length that were as expected, the newest first.
SELECT value, begins_at, ends_at
FROM watch_reading
WHERE workflow = :workflow AND measure = :measure AND step = :step
    AND state IN ('usual', 'learning') AND ends_at <= :before
ORDER BY id DESC
LIMIT :limit;
