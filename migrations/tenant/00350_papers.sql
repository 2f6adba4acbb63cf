-- +goose Up
-- What the network has issued on paper, to be checked by anybody. Of a paper it is kept that there is one, and hashes.
CREATE TABLE papers (
    -- In the letters in which it is printed; of those that people mistake for one another there is one only (I and L are 1, O is 0).
    code           text PRIMARY KEY CHECK (code ~ '^[0-9A-HJKMNP-Z]{16}$'),
    kind           text NOT NULL CHECK (kind IN ('receipt', 'dossier', 'letter', 'earlier')),
    application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    about_at       timestamptz NOT NULL, -- the handing in or the letter of which it tells
    issued_at      timestamptz NOT NULL,
    locale         text,
    content        bytea,                -- SHA-256 of the paper without its code and instant: the same paper is issued once
    file           bytea,                -- SHA-256 of the file
    CHECK ((kind = 'earlier') = (content IS NULL) AND (content IS NULL) = (file IS NULL) AND (content IS NULL) = (locale IS NULL))
);

CREATE UNIQUE INDEX papers_once ON papers (application_id, kind, content);

-- Codes that were printed before stood on receipts and on what was handed in alike.
INSERT INTO papers (code, kind, application_id, about_at, issued_at)
SELECT translate(code, 'ILO', '110'), 'earlier', application_id, submitted_at, submitted_at FROM submissions
WHERE code ~ '^[0-9A-Z]{16}$';

-- Nodes of the version before still write and read the column while tenants are migrated.
ALTER TABLE submissions ALTER COLUMN code DROP NOT NULL;

-- +goose Down
UPDATE submissions AS s SET code = coalesce((SELECT p.code FROM papers AS p WHERE p.application_id = s.application_id AND p.about_at = s.submitted_at
    ORDER BY p.kind = 'earlier' DESC, p.issued_at, p.code LIMIT 1), upper(substr(md5(s.id::text), 1, 16)));
ALTER TABLE submissions ALTER COLUMN code SET NOT NULL;
DROP TABLE papers;
