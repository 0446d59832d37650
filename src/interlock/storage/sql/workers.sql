-- Workers and what they hold; who is alive is said by the database's own clock.

-- name: remove_worker
-- Forgets a worker that stopped cleanly.
DELETE FROM worker
WHERE id = :worker;

-- name: release_all
-- Gives back every case a worker holds.
UPDATE case_file SET claimed_by = NULL
WHERE claimed_by = :worker;
