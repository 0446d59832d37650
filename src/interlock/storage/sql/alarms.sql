-- Alarm reviews: what people are asked about a number that left its band.

-- name: open_alarm
-- Opens a review and numbers it; one of the same number that is open counts the window instead.
INSERT INTO alarm_review (
    workflow, measure, step, begins_at, ends_at, events, value, low, high, windows, queue,
    opened_at, due_at, state, version
)
VALUES (
    :workflow, :measure, :step, :begins_at, :ends_at, :events, :value, :low, :high, 1, :queue,
    :opened_at, :due_at, 'open', 1
)
ON CONFLICT (workflow, measure, step) WHERE state = 'open'
DO UPDATE SET
    begins_at = excluded.begins_at, ends_at = excluded.ends_at, events = excluded.events,
    value = excluded.value, low = excluded.low, high = excluded.high,
    windows = alarm_review.windows + 1, version = alarm_review.version + 1
RETURNING id, queue, opened_at, due_at, windows;

-- name: link_pause_to_alarm
-- Remembers that this was paused when the alarm's number left its band.
INSERT INTO alarm_pause (alarm, pause)
VALUES (:alarm, :pause)
ON CONFLICT (alarm, pause) DO NOTHING;

-- name: pauses_that_stay
-- Pauses in force of which somebody said, about this very number, that they stay.
SELECT DISTINCT alarm_pause.pause
FROM alarm_review
JOIN alarm_pause ON alarm_pause.alarm = alarm_review.id
JOIN pause ON pause.id = alarm_pause.pause
WHERE alarm_review.workflow = :workflow AND alarm_review.measure = :measure
    AND alarm_review.step = :step AND alarm_review.decision = 'stay_off'
    AND pause.lifted_at IS NULL;

-- name: alarms
-- The newest reviews, the newest first.
SELECT
    id, workflow, measure, step, begins_at, ends_at, events, value, low, high, windows, queue,
    opened_at, due_at, state, version, held_by, decided_by, decided_at, decision, reason
FROM alarm_review
WHERE (CAST(:workflow AS text) IS NULL OR workflow = :workflow)
    AND (:any_state OR state IN :states)
    AND id < :before
ORDER BY id DESC
LIMIT :limit;

-- name: alarm
-- One review.
SELECT
    id, workflow, measure, step, begins_at, ends_at, events, value, low, high, windows, queue,
    opened_at, due_at, state, version, held_by, decided_by, decided_at, decision, reason
FROM alarm_review
WHERE id = :id;

-- name: alarms_come_due
-- Open reviews whose time ended in a span of time, in that order.
SELECT
    id, workflow, measure, step, begins_at, ends_at, events, value, low, high, windows, queue,
    opened_at, due_at, state, version, held_by, decided_by, decided_at, decision, reason
FROM alarm_review
WHERE state = 'open' AND due_at > :since AND due_at <= :until
ORDER BY due_at, id
LIMIT :limit;

-- name: pauses_of_alarms
-- What was paused when these numbers left their bands, the oldest first.
SELECT
    alarm_pause.alarm, pause.id, pause.kind, pause.workflow, pause.name, pause.also_actions,
    pause.set_by, pause.reason, pause.set_at, pause.lifted_at, pause.lifted_by,
    pause.lifted_because
FROM alarm_pause
JOIN pause ON pause.id = alarm_pause.pause
WHERE alarm_pause.alarm >= :first AND alarm_pause.alarm <= :last
ORDER BY alarm_pause.alarm, pause.id;

-- name: take_alarm
-- Says who looks at an open review.
UPDATE alarm_review
SET held_by = :by, version = version + 1
WHERE id = :id AND state = 'open'
RETURNING id;

-- name: decide_alarm
-- Decides an open review, if it is still as it was seen, or whatever it is now.
UPDATE alarm_review
SET state = 'decided', decision = :decision, decided_by = :by, decided_at = :at,
    reason = :reason, version = version + 1
WHERE id = :id AND state = 'open' AND (:any_version OR version = :version)
RETURNING id;

-- name: lift_pauses_of_alarm
-- Lifts what this alarm paused, as it paused it, but for what another alarm still needs: one that
-- is open, or one of which somebody said that it stays off.
UPDATE pause
SET lifted_at = :lifted_at, lifted_by = :lifted_by, lifted_because = :lifted_because
WHERE lifted_at IS NULL AND set_by = :watch AND NOT also_actions
    AND id IN (SELECT alarm_pause.pause FROM alarm_pause WHERE alarm_pause.alarm = :alarm)
    AND NOT EXISTS (
        SELECT 1
        FROM alarm_pause AS other
        JOIN alarm_review ON alarm_review.id = other.alarm
        WHERE other.pause = pause.id AND other.alarm <> :alarm
            AND (alarm_review.state = 'open' OR alarm_review.decision = 'stay_off')
    )
RETURNING
    id, kind, workflow, name, also_actions, set_by, reason, set_at,
    lifted_at, lifted_by, lifted_because;

-- name: pauses_others_need
-- Of what was paused with this alarm, what another one still needs, with that other's number.
SELECT other.pause, min(other.alarm) AS alarm
FROM alarm_pause AS mine
JOIN alarm_pause AS other ON other.pause = mine.pause AND other.alarm <> mine.alarm
JOIN alarm_review ON alarm_review.id = other.alarm
WHERE mine.alarm = :alarm AND (alarm_review.state = 'open' OR alarm_review.decision = 'stay_off')
GROUP BY other.pause;

-- name: decide_alarms_of_pause
-- Decides each open review that has nothing paused any more now that this pause is lifted.
UPDATE alarm_review
SET state = 'decided', decision = 'go_on', decided_by = :by, decided_at = :at,
    reason = :reason, version = version + 1
WHERE state = 'open'
    AND id IN (SELECT alarm_pause.alarm FROM alarm_pause WHERE alarm_pause.pause = :pause)
    AND NOT EXISTS (
        SELECT 1
        FROM alarm_pause AS left_over
        JOIN pause ON pause.id = left_over.pause
        WHERE left_over.alarm = alarm_review.id AND pause.lifted_at IS NULL
    )
RETURNING id, workflow, measure, step;
