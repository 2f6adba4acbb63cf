-- +goose Up
-- The domains that networks want to be reached under. A claim keeps nobody else from claiming the same: who proves first
-- has it. A released domain is kept for a while, in which nobody else gets it.
CREATE TABLE domains (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    host        text NOT NULL CHECK (host = lower(host)),
    -- What a name server must say to show that the domain is the network's.
    proof       text NOT NULL,
    state       text NOT NULL CHECK (state IN ('claimed', 'active', 'released')),
    claimed_at  timestamptz NOT NULL,
    proved_at   timestamptz,
    checked_at  timestamptz,
    -- Since when the proof is gone from the name server.
    lost_at     timestamptz,
    released_at timestamptz,
    CHECK (state <> 'active' OR proved_at IS NOT NULL),
    CHECK ((state = 'released') = (released_at IS NOT NULL))
);

CREATE UNIQUE INDEX domains_one_each ON domains (tenant_id) WHERE state <> 'released';
CREATE UNIQUE INDEX domains_one_owner ON domains (host) WHERE state = 'active';
CREATE INDEX domains_by_host ON domains (host);

-- +goose Down
DROP TABLE domains;
