-- The desk: absences, training, drafts, answer links, and what people have in hand.

-- name: add_absence
-- Somebody is away for a time, with or without a deputy.
INSERT INTO absence (person, since, until, deputy, set_by, set_at)
VALUES (:person, :since, :until, :deputy, :set_by, :set_at)
RETURNING id;

-- name: end_absence
-- Ends the absences of a person that are not over.
UPDATE absence SET ended_at = :now
WHERE person = :person AND ended_at IS NULL AND until > :now
RETURNING id, since, until, deputy;

-- name: absences
-- The absences that are not over at a moment, everybody's or one person's, the next to end first.
SELECT id, person, since, until, deputy, set_by, set_at
FROM absence
WHERE ended_at IS NULL
    AND until > :now
    AND (CAST(:person AS text) IS NULL OR person = :person)
ORDER BY until, id
LIMIT :limit;

-- name: absent_until
-- The end of the absence one person is in now.
SELECT until
FROM absence
WHERE ended_at IS NULL AND person = :person AND since <= :now AND until > :now
ORDER BY until DESC
LIMIT 1;

-- name: stands_in_for
-- The people who are away now and whose deputy this person is.
SELECT DISTINCT person
FROM absence
WHERE ended_at IS NULL AND deputy IS NOT NULL AND deputy = :person
    AND since <= :now AND until > :now
ORDER BY person;

-- name: trained
-- The trainings this person has passed and that are still valid.
SELECT DISTINCT digest
FROM training_run
WHERE person = :person AND passed AND (valid_until IS NULL OR valid_until > :now)
ORDER BY digest;

-- name: holding
-- What one person has in hand with its clock running.
SELECT queue, id
FROM review_task
WHERE held_by = :person AND state = 'claimed' AND clock_stopped_at IS NULL
ORDER BY due_at, id;

-- name: in_hand_counts
-- How many tasks everybody has in hand, by workflow and queue.
SELECT workflow, queue, held_by AS person, count(*) AS held, count(clock_stopped_at) AS asked
FROM review_task
WHERE state = 'claimed' AND (:any_tenant OR tenant IN :tenants)
GROUP BY workflow, queue, held_by
ORDER BY held_by, workflow, queue;

-- name: start_training
-- Begins one person's way through a training.
INSERT INTO training_run (id, person, workflow, queue, digest, started_at)
VALUES (:id, :person, :workflow, :queue, :digest, :started_at);

-- name: answer_exercise
-- Records an answer; the first one to an exercise stays.
INSERT INTO training_answer (run_id, place, verb, reason_code, correct, at)
VALUES (:run_id, :place, :verb, :reason_code, :correct, :at)
ON CONFLICT (run_id, place) DO NOTHING
RETURNING place;

-- name: finish_training
-- Says how a training ended.
UPDATE training_run SET finished_at = :now, passed = :passed, valid_until = :valid_until
WHERE id = :id AND finished_at IS NULL;

-- name: training_runs
-- One person's ways through one training, the newest first.
SELECT id, person, workflow, queue, digest, started_at, finished_at, passed, valid_until
FROM training_run
WHERE person = :person AND digest = :digest
ORDER BY started_at DESC, id DESC
LIMIT :limit;

-- name: training_run
-- One way through a training.
SELECT id, person, workflow, queue, digest, started_at, finished_at, passed, valid_until
FROM training_run
WHERE id = :id;

-- name: training_answers
-- What was answered on one way through a training, in order.
SELECT place, verb, reason_code, correct, at
FROM training_answer
WHERE run_id = :run_id
ORDER BY at, place;

-- name: save_draft
-- What a reviewer has begun to write about a task.
INSERT INTO review_draft (task_id, saved_by, saved_at, body)
VALUES (:task_id, :saved_by, :saved_at, :body)
ON CONFLICT (task_id) DO UPDATE SET
    saved_by = excluded.saved_by,
    saved_at = excluded.saved_at,
    body = excluded.body;

-- name: draft
-- What was begun to be written about a task.
SELECT task_id, saved_by, saved_at, CAST(body AS text) AS body FROM review_draft WHERE task_id = :task_id;

-- name: drop_draft
-- Forgets what was begun to be written about a task.
DELETE FROM review_draft WHERE task_id = :task_id;

-- name: drop_over_drafts
-- Forgets what was begun to be written about tasks that are over.
DELETE FROM review_draft
WHERE task_id IN (
    SELECT review_draft.task_id
    FROM review_draft
    JOIN review_task ON review_task.id = review_draft.task_id
    WHERE review_task.state NOT IN ('open', 'claimed')
);

-- name: add_answer_link
-- A link by which one open question can be answered, once.
INSERT INTO answer_link (digest, task_id, question, party, made_at)
VALUES (:digest, :task_id, :question, :party, :made_at);

-- name: answer_link
-- The link with this digest.
SELECT digest, task_id, question, party, made_at, used_at
FROM answer_link
WHERE digest = :digest;

-- name: use_answer_link
-- Marks a link as used; no row when it was used before.
UPDATE answer_link SET used_at = :now
WHERE digest = :digest AND used_at IS NULL
RETURNING digest;
