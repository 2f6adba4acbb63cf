-- +goose Up
-- The trail of what was done. Rows are only ever added: the tenant's role may insert and select. Each row carries the
-- hash of the one before it. Details hold identifiers and states, never what a person wrote or is called.
CREATE TABLE audit_entries (
    seq           bigint PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor_person  uuid,
    actor_system  text,
    action        text NOT NULL,
    subject_kind  text NOT NULL,
    subject_id    text NOT NULL,
    detail        jsonb NOT NULL,
    prev_hash     bytea NOT NULL,
    hash          bytea NOT NULL
);

CREATE INDEX audit_entries_subject ON audit_entries (subject_kind, subject_id, seq);

-- +goose Down
DROP TABLE audit_entries;
