-- +goose Up
-- Copies of the cards that organizations show to other networks, with what they have agreed to show and nothing else. The network's
-- own tables say who shares; this follows them. Others are told a copy's own identifier, and none of the network.
CREATE TABLE common_cards (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    content         jsonb NOT NULL,
    tag             text NOT NULL CHECK (tag ~ '^[0-9a-f]{64}$'), -- the hash of the content
    version         bigint NOT NULL DEFAULT 1,
    changed_at      timestamptz NOT NULL,
    UNIQUE (tenant_id, organization_id)
);

-- +goose Down
DROP TABLE common_cards;
