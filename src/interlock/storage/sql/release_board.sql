-- What the release board shows beside the gate's own counts.

-- name: open_in_eras
-- Open cases of some eras, by segment: all of them, and those no person is asked about now.
SELECT
    segment, count(*) AS cases,
    count(
        CASE
            WHEN
                phase IN ('step', 'actions')
                AND (
                    state = 'ready'
                    OR (state = 'waiting' AND waits_for IN ('retry', 'hold', 'budget', 'pause'))
                ) THEN 1
        END
    ) AS in_machine_hands
FROM case_file
WHERE workflow = :workflow AND release IN :eras AND state <> 'closed' AND arm <> 'probe'
GROUP BY segment
ORDER BY segment;

-- name: era_samples_listed
-- What the quality sample of an era found, each result by itself, the oldest first.
SELECT case_id, at, detail
FROM fact
WHERE release = :era AND release <> '' AND kind = 'sample_checked' AND arm IN :arms
    AND (:any_segment OR segment = :segment)
    AND at > :after AND at <= :until
ORDER BY id;
