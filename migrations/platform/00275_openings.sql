-- +goose Up
-- First calls of networks that wait for the core team's signature, or have had its answer: what the network's coordinator
-- signed, exactly as it was then.
CREATE TABLE opening_requests (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    call_id      uuid NOT NULL,
    content      text NOT NULL CHECK (content ~ '^[0-9a-f]{64}$'),
    dossier      jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'signed', 'returned', 'withdrawn')),
    answer       text NOT NULL DEFAULT '',
    sent_by      uuid NOT NULL,
    sender_name  text NOT NULL,
    sent_at      timestamptz NOT NULL,
    decided_by   uuid,
    decider_name text NOT NULL DEFAULT '',
    decided_at   timestamptz,
    CHECK (state = 'waiting' OR decided_at IS NOT NULL),
    CHECK (state <> 'returned' OR answer <> '')
);

CREATE INDEX opening_requests_by_state ON opening_requests (state, sent_at, id);
CREATE INDEX opening_requests_by_call ON opening_requests (tenant_id, call_id, sent_at DESC, id);

-- A call waits once.
CREATE UNIQUE INDEX opening_requests_once ON opening_requests (tenant_id, call_id) WHERE state = 'waiting';

-- +goose Down
DROP TABLE opening_requests;
