-- Tallies, where PostgreSQL numbers facts before their transactions commit.

-- name: new_transaction
-- The number of this transaction; every one that has a number by now has a lower one.
SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint) AS number;

-- name: oldest_transaction
-- The lowest number of a transaction that is not over.
SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS number;

-- name: marks_of_cases
-- What has happened to these cases so far.
SELECT case_id, counts, part, marks
FROM era_case
WHERE era = :era
    AND case_id = ANY(ARRAY(SELECT json_array_elements_text(CAST(:cases AS json))));

-- name: put_marks
-- Makes the marks of cases what they are now.
INSERT INTO era_case (era, case_id, counts, part, marks)
SELECT r.era, r.case_id, r.counts, r.part, r.marks
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    era text, case_id text, counts text, part text, marks integer
)
ON CONFLICT (era, case_id, counts, part) DO UPDATE SET marks = excluded.marks;

-- name: add_counts
-- Adds to an era's counts.
INSERT INTO era_count (era, counts, part, detail, marks, hits, last_id, last_at)
SELECT r.era, r.counts, r.part, r.detail, r.marks, r.hits, r.last_id, r.last_at
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    era text, counts text, part text, detail text, marks integer, hits bigint, last_id bigint,
    last_at timestamptz
)
ON CONFLICT (era, counts, part, detail, marks) DO UPDATE SET
    hits = era_count.hits + excluded.hits,
    last_id = greatest(era_count.last_id, excluded.last_id),
    last_at = greatest(era_count.last_at, excluded.last_at);
