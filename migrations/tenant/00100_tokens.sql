-- +goose Up
-- What a person's own programs show instead of a session. Only the hash is kept; the token itself is shown once.
CREATE TABLE tokens (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    person_id  uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name       text NOT NULL CHECK (name <> ''),
    scope      text NOT NULL CHECK (scope = 'read'),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX tokens_person ON tokens (person_id);

-- +goose Down
DROP TABLE tokens;
