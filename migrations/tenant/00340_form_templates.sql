-- +goose Up
-- A file that a form's question offers to be downloaded, filled in and given back. Definitions name it; one that none names
-- goes after a week. Its content is an object in the bucket: what was brought arrives at quarantine_key, what was found good
-- is kept at key and never changes.
CREATE TABLE form_templates (
    id             uuid PRIMARY KEY,
    name           text NOT NULL CHECK (name <> ''),
    kind           text NOT NULL CHECK (kind IN ('pdf', 'docx', 'odt', 'xlsx', 'ods')),
    size           bigint NOT NULL CHECK (size > 0),
    scanned        boolean NOT NULL DEFAULT false, -- a virus scanner has looked at it
    sha256         bytea,                          -- once it was found good
    quarantine_key text NOT NULL UNIQUE,
    key            text NOT NULL UNIQUE,
    brought_at     timestamptz NOT NULL,
    brought_by     uuid,
    unused_since   timestamptz, -- no definition names it
    removed_at     timestamptz, -- its content is being erased, and then this row
    CHECK (removed_at IS NULL OR sha256 IS NULL OR unused_since IS NOT NULL)
);

-- +goose Down
DROP TABLE form_templates;
