-- +goose Up
-- The addresses from which networks want their mails to go out. As with domains, a claim keeps nobody else from claiming
-- the same: who proves first has it.
CREATE TABLE senders (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    local_part      text NOT NULL CHECK (local_part ~ '^[a-z0-9._+-]{1,64}$'),
    host            text NOT NULL CHECK (host = lower(host)),
    -- What a name server must say to show that the domain is the network's.
    proof           text NOT NULL,
    state           text NOT NULL CHECK (state IN ('claimed', 'active', 'released')),
    -- The key by which mails are signed: the number in its selector, its public half, and its private half, which only the
    -- program can open. A released address has none.
    selector        integer NOT NULL DEFAULT 1 CHECK (selector > 0),
    public_key      text NOT NULL,
    private_key     bytea,
    -- The key that comes after it, as soon as its record is seen.
    next_public_key text NOT NULL DEFAULT '',
    next_private_key bytea,
    -- What the last look at the name server has found.
    findings        jsonb NOT NULL DEFAULT '[]',
    claimed_at      timestamptz NOT NULL,
    proved_at       timestamptz,
    checked_at      timestamptz,
    -- Since when mails go out from the platform's address again, and since when the proof is gone.
    broken_at       timestamptz,
    lost_at         timestamptz,
    released_at     timestamptz,
    CHECK (state <> 'active' OR proved_at IS NOT NULL),
    CHECK ((state = 'released') = (released_at IS NOT NULL)),
    CHECK ((state = 'released') = (private_key IS NULL)),
    CHECK ((next_public_key = '') = (next_private_key IS NULL)),
    CHECK (lost_at IS NULL OR broken_at IS NOT NULL)
);

CREATE UNIQUE INDEX senders_one_each ON senders (tenant_id) WHERE state <> 'released';
CREATE UNIQUE INDEX senders_one_owner ON senders (host) WHERE state = 'active';
CREATE INDEX senders_by_host ON senders (host);

-- +goose Down
DROP TABLE senders;
