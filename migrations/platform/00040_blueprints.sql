-- +goose Up
-- The versions of the model's programs. A version never changes and is never taken away: the role of the shared tables may
-- only read and add. What stands here every network may read.
CREATE TABLE blueprint_versions (
    blueprint    text NOT NULL CHECK (blueprint ~ '^[a-z][a-z0-9_]{0,48}$'),
    number       integer NOT NULL CHECK (number > 0),
    content      jsonb NOT NULL,
    notes        jsonb NOT NULL,
    hash         text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    -- The version of what ships with the program that this is; of what the core team publishes, none.
    release      integer CHECK (release > 0),
    -- The names of networks that proposed something of it and agreed to be named.
    credits      jsonb NOT NULL DEFAULT '[]',
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by uuid,
    PRIMARY KEY (blueprint, number),
    UNIQUE (blueprint, release)
);

-- What the next version will be, while the core team gathers it.
CREATE TABLE blueprint_drafts (
    blueprint  text PRIMARY KEY CHECK (blueprint ~ '^[a-z][a-z0-9_]{0,48}$'),
    content    jsonb NOT NULL,
    notes      jsonb NOT NULL DEFAULT '{}',
    version    bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid
);

-- What networks propose for the next version: one piece each, exactly as it was sent.
CREATE TABLE blueprint_proposals (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    blueprint  text NOT NULL CHECK (blueprint ~ '^[a-z][a-z0-9_]{0,48}$'),
    number     integer NOT NULL CHECK (number > 0),
    piece      text NOT NULL,
    -- Absent: the piece is proposed to be taken out.
    content    jsonb,
    -- The piece after which a new one stands.
    follows    text NOT NULL DEFAULT '',
    reason     text NOT NULL CHECK (reason <> ''),
    named      boolean NOT NULL,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'declined', 'withdrawn')),
    answer     text NOT NULL DEFAULT '',
    sent_at    timestamptz NOT NULL DEFAULT now(),
    sent_by    uuid,
    decided_at timestamptz,
    decided_by uuid,
    -- The version in which it was published.
    into_number integer CHECK (into_number > 0),
    CHECK (state = 'waiting' OR decided_at IS NOT NULL),
    CHECK (state <> 'declined' OR answer <> '')
);

CREATE INDEX blueprint_proposals_by_state ON blueprint_proposals (state, sent_at, id);
CREATE INDEX blueprint_proposals_by_tenant ON blueprint_proposals (tenant_id, sent_at DESC, id);

-- One piece waits once for each network.
CREATE UNIQUE INDEX blueprint_proposals_once ON blueprint_proposals (tenant_id, blueprint, piece) WHERE state = 'waiting';

-- Who uses which version, counted inside the network by a job: how many calls, since when, and which pieces of the version
-- they have changed, by the version's own names for them. What a network has added is a number only.
CREATE TABLE blueprint_uses (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    blueprint  text NOT NULL,
    number     integer NOT NULL,
    calls      integer NOT NULL CHECK (calls > 0),
    since      timestamptz NOT NULL,
    changed    jsonb NOT NULL DEFAULT '[]',
    added      integer NOT NULL DEFAULT 0,
    counted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, blueprint, number)
);

-- +goose Down
DROP TABLE blueprint_uses;
DROP TABLE blueprint_proposals;
DROP TABLE blueprint_drafts;
DROP TABLE blueprint_versions;
