-- +goose Up
CREATE TABLE tenants (
    id             uuid PRIMARY KEY,
    slug           text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$'),
    name           text NOT NULL CHECK (name <> ''),
    kind           text NOT NULL CHECK (kind IN ('core', 'network')),
    status         text NOT NULL CHECK (status IN ('applicant', 'selected', 'onboarding', 'dry_run', 'live', 'read_only',
                       'suspended', 'archived', 'erased')),
    -- The state to which a suspended network returns.
    status_before  text,
    schema         text NOT NULL UNIQUE CHECK (schema ~ '^t_[0-9a-z]{26}$'),
    schema_version bigint NOT NULL DEFAULT 0,
    locales        text[] NOT NULL CHECK (cardinality(locales) > 0),
    zone           text NOT NULL,
    brand          jsonb NOT NULL DEFAULT '{}',
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX tenants_one_core ON tenants (kind) WHERE kind = 'core';
CREATE INDEX tenants_behind ON tenants (schema_version);

CREATE TABLE hosts (
    host      text PRIMARY KEY CHECK (host = lower(host)),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    canonical boolean NOT NULL DEFAULT false
);

CREATE UNIQUE INDEX hosts_one_canonical ON hosts (tenant_id) WHERE canonical;

-- One row that changes with every change of the catalogue, so that a node can tell by one cheap read that its copy is
-- still right.
CREATE TABLE catalogue (
    id      smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO catalogue DEFAULT VALUES;

CREATE TABLE provisionings (
    tenant_id  uuid PRIMARY KEY REFERENCES tenants (id),
    step       integer NOT NULL DEFAULT 0,
    steps      integer NOT NULL,
    doing      text NOT NULL,
    error      text,
    -- Who is invited as the first coordinator; forgotten when the work is done.
    first      jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz
);

-- +goose Down
DROP TABLE provisionings;
DROP TABLE catalogue;
DROP TABLE hosts;
DROP TABLE tenants;
