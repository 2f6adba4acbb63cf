-- +goose Up
CREATE TABLE people (
    id             uuid PRIMARY KEY,
    identity_id    uuid NOT NULL UNIQUE,
    email          text NOT NULL,
    email_key      text NOT NULL UNIQUE,
    name           text NOT NULL CHECK (name <> ''),
    search         text NOT NULL,
    locale         text NOT NULL,
    notice_version text NOT NULL,
    notice_at      timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    person_id  uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    agent      text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    idle       interval NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- What an e-mailed link proves: once, until it expires, for one purpose. Only the hash is kept.
CREATE TABLE links (
    hash       bytea PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('register', 'sign_in', 'reset', 'email')),
    email      text NOT NULL,
    email_key  text NOT NULL,
    person_id  uuid,
    payload    jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX links_expiry ON links (expires_at);

CREATE TABLE invitations (
    id              uuid PRIMARY KEY,
    token_hash      bytea NOT NULL UNIQUE,
    email           text NOT NULL,
    email_key       text NOT NULL,
    name            text NOT NULL,
    role            text NOT NULL,
    organization_id uuid,
    locale          text NOT NULL,
    invited_by      uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    accepted_by     uuid,
    revoked_at      timestamptz
);
CREATE INDEX invitations_open ON invitations (created_at) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- +goose Down
DROP TABLE invitations;
DROP TABLE links;
DROP TABLE sessions;
DROP TABLE people;
