-- +goose Up
-- One login for all networks. The address is kept as typed; email_key has only A to Z folded, never by a locale.
CREATE TABLE identities (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    email_key     text NOT NULL UNIQUE,
    password_hash text,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- In which networks an identity is somebody, so that a changed password ends the sessions there.
CREATE TABLE identity_tenants (
    identity_id uuid NOT NULL REFERENCES identities (id),
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    PRIMARY KEY (identity_id, tenant_id)
);

-- Leaky buckets: level drips away with time. The key holds a hash, never an address.
CREATE TABLE throttles (
    key   text PRIMARY KEY,
    level double precision NOT NULL,
    at    timestamptz NOT NULL
);

-- +goose Down
DROP TABLE throttles;
DROP TABLE identity_tenants;
DROP TABLE identities;
