-- +goose Up
-- What networks say about whether others may ask them for reviewers, the last time that they said it.
CREATE TABLE lenders (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    allowed   boolean NOT NULL,
    said_at   timestamptz NOT NULL
);

-- Networks ask each other for reviewers: only what both of them see. What each alone knows stands in its own tables.
CREATE TABLE lending_requests (
    id          uuid PRIMARY KEY,
    asker_id    uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    lender_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    call_id     uuid NOT NULL,
    title       jsonb NOT NULL,
    zone        text NOT NULL,
    wanted      integer NOT NULL CHECK (wanted BETWEEN 1 AND 20),
    topics      text[] NOT NULL DEFAULT '{}',
    languages   text[] NOT NULL DEFAULT '{}',
    reviews     integer NOT NULL CHECK (reviews BETWEEN 1 AND 500), -- of each
    due         timestamptz NOT NULL,
    message     text NOT NULL DEFAULT '',
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'agreed', 'refused', 'withdrawn')),
    reason      text NOT NULL DEFAULT '', -- of a refusal
    asked_at    timestamptz NOT NULL,
    answered_at timestamptz,
    CHECK (asker_id <> lender_id),
    CHECK ((state = 'waiting') = (answered_at IS NULL)),
    CHECK ((state = 'refused') = (reason <> ''))
);

CREATE INDEX lending_requests_by_lender ON lending_requests (lender_id, asked_at DESC, id);
CREATE INDEX lending_requests_by_call ON lending_requests (asker_id, call_id, asked_at DESC, id);

-- The reviewers who are lent: what goes over of each, and how far they are. What they review stands nowhere here.
CREATE TABLE lending_loans (
    id         uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES lending_requests (id) ON DELETE CASCADE,
    name       text NOT NULL CHECK (name <> ''),
    topics     text[] NOT NULL DEFAULT '{}',
    languages  text[] NOT NULL DEFAULT '{}',
    countries  text[] NOT NULL DEFAULT '{}',
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'declined', 'lapsed', 'withdrawn', 'ended')),
    done       integer NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND given),
    given      integer NOT NULL DEFAULT 0,
    moved_at   timestamptz NOT NULL
);

CREATE INDEX lending_loans_by_request ON lending_loans (request_id, id);

-- +goose Down
DROP TABLE lending_loans;
DROP TABLE lending_requests;
DROP TABLE lenders;
