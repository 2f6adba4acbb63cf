-- +goose Up
-- A document of a sheet's question. Its content is an object in the bucket: what a browser sends arrives at quarantine_key,
-- what was found good is kept at key and never changes.
CREATE TABLE documents (
    id              uuid PRIMARY KEY,
    sheet_id        uuid NOT NULL REFERENCES sheets (id),
    question        text NOT NULL CHECK (question <> ''),
    organization_id uuid NOT NULL REFERENCES organizations (id), -- for which it was uploaded; counts against its room
    name            text NOT NULL CHECK (name <> ''),
    kind            text NOT NULL CHECK (kind IN ('pdf', 'docx', 'odt', 'xlsx', 'ods', 'png', 'jpeg')),
    size            bigint NOT NULL CHECK (size > 0), -- as announced; once it is clean, as kept
    state           text NOT NULL CHECK (state IN ('granted', 'quarantined', 'checking', 'clean', 'refused')),
    scanned         boolean NOT NULL DEFAULT false,   -- a virus scanner has looked at it
    reason          text NOT NULL DEFAULT '',
    sha256          bytea,
    quarantine_key  text NOT NULL UNIQUE,
    key             text NOT NULL UNIQUE,
    granted_at      timestamptz NOT NULL,
    granted_by      uuid,
    arrived_at      timestamptz,
    checking_until  timestamptz, -- whoever checks it has until then; afterwards somebody else may
    checked_at      timestamptz,
    unused_since    timestamptz, -- no answer refers to it
    removed_at      timestamptz, -- its content is being erased, and then this row
    CHECK ((state = 'refused') = (reason <> '')),
    CHECK ((state = 'clean') = (sha256 IS NOT NULL)),
    CHECK ((state = 'checking') = (checking_until IS NOT NULL)),
    CHECK (removed_at IS NULL OR unused_since IS NOT NULL)
);

CREATE INDEX documents_by_sheet ON documents (sheet_id, question);
CREATE INDEX documents_by_organization ON documents (organization_id);

-- One row, which whoever takes up room holds, so that two together cannot take more than there is.
CREATE TABLE document_room (
    id integer PRIMARY KEY CHECK (id = 1)
);
INSERT INTO document_room (id) VALUES (1);

-- +goose Down
DROP TABLE document_room;
DROP TABLE documents;
