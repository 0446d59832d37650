-- Days, as SQLite writes them.

-- name: overview_days
-- How many cases every workflow closed on each local day since a moment.
SELECT workflow, date(closed_at, :shift) AS day, count(*) AS cases
FROM case_file
WHERE state = 'closed' AND closed_at >= :since AND arm <> 'probe'
    AND (:every_tenant OR tenant IN :tenants)
GROUP BY workflow, day
ORDER BY workflow, day;
