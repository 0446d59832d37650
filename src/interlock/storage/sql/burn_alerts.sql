-- Error budgets that burn too fast: since when, and until when.

-- name: burning
-- What burns now, the latest first.
SELECT release, era, segment, began_at, CAST(body AS text) AS body
FROM burn_alert
WHERE ended_at IS NULL
ORDER BY id DESC;

-- name: begin_burning
-- Records that a budget began to burn at a pace; no row when it burns so already.
INSERT INTO burn_alert (release, era, segment, pace, began_at, body)
VALUES (:release, :era, :segment, :pace, :at, :body)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: burn_again
-- Has one that burns, or ended a short while ago, go on; no row when there is none.
UPDATE burn_alert SET ended_at = NULL
WHERE id = (
    SELECT max(id) FROM burn_alert
    WHERE era = :era AND segment = :segment AND pace = :pace
        AND (ended_at IS NULL OR ended_at > :since)
)
RETURNING id;

-- name: end_burning
-- Ends what burns in an era and segment at other paces than these.
UPDATE burn_alert SET ended_at = :at
WHERE era = :era AND segment = :segment AND ended_at IS NULL AND pace NOT IN :paces;

-- name: end_burning_elsewhere
-- Ends what burns in other eras than these.
UPDATE burn_alert SET ended_at = :at WHERE ended_at IS NULL AND era NOT IN :eras;
