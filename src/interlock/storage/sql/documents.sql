-- Raw input, kept as it arrived.

-- name: put_document
-- Keeps bytes under their digest; the same bytes are kept once, with the first name they had.
INSERT INTO document (digest, name, channel, content, kept_at)
VALUES (:digest, :name, :channel, :content, :kept_at)
ON CONFLICT (digest) DO NOTHING;

-- name: document
-- The raw input under a digest.
SELECT digest, name, channel, content, kept_at
FROM document
WHERE digest = :digest;
