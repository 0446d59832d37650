-- Contracts, as they were agreed.

-- name: save_contract
-- Keeps a contract under its fingerprint; saved again, only where it was found may change.
INSERT INTO contract (workflow, fingerprint, title, text, source_path, saved_at)
VALUES (:workflow, :fingerprint, :title, :text, :source_path, :saved_at)
ON CONFLICT (workflow, fingerprint) DO UPDATE SET source_path = excluded.source_path;

-- name: contracts
-- Every contract, the newest first.
SELECT workflow, fingerprint, title, text, source_path, saved_at
FROM contract
ORDER BY saved_at DESC, workflow, fingerprint;
