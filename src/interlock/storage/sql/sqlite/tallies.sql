-- Tallies, where there is one writer at a time, so that every lower number is there.

-- name: new_transaction
-- No transaction has a number here; what one sees when it writes is final.
SELECT 0 AS number;

-- name: oldest_transaction
-- Higher than every number above.
SELECT 1 AS number;

-- name: marks_of_cases
-- What has happened to these cases so far.
SELECT case_id, counts, part, marks
FROM era_case
WHERE era = :era AND case_id IN (SELECT value FROM json_each(:cases));

-- name: put_marks
-- Makes the marks of a case what they are now.
INSERT INTO era_case (era, case_id, counts, part, marks)
VALUES (:era, :case_id, :counts, :part, :marks)
ON CONFLICT (era, case_id, counts, part) DO UPDATE SET marks = excluded.marks;

-- name: add_counts
-- Adds to an era's counts.
INSERT INTO era_count (era, counts, part, detail, marks, hits, last_id, last_at)
VALUES (:era, :counts, :part, :detail, :marks, :hits, :last_id, :last_at)
ON CONFLICT (era, counts, part, detail, marks) DO UPDATE SET
    hits = hits + excluded.hits,
    last_id = max(last_id, excluded.last_id),
    last_at = max(last_at, excluded.last_at);
