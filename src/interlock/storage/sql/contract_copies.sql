-- Kept copies of contract folders.

-- name: has_contract_copy
-- Whether anything is kept of a contract.
SELECT 1 AS kept FROM contract_copy
WHERE workflow = :workflow AND fingerprint = :fingerprint
LIMIT 1;

-- name: keep_contract_file
-- Keeps one file of a contract; the first one kept stays.
INSERT INTO contract_copy (workflow, fingerprint, path, content)
VALUES (:workflow, :fingerprint, :path, :content)
ON CONFLICT (workflow, fingerprint, path) DO NOTHING;

-- name: contract_files
-- The kept files of a contract.
SELECT path, content FROM contract_copy
WHERE workflow = :workflow AND fingerprint = :fingerprint
ORDER BY path;
