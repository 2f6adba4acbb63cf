-- +goose Up
-- The partnerships that all of their organizations want to be seen by everybody, for the map of all networks: with what is
-- public of them and nothing else. A network's own tables say what is true; this follows at once.
CREATE TABLE public_partnerships (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    partnership_id uuid NOT NULL,
    card           jsonb NOT NULL,
    PRIMARY KEY (tenant_id, partnership_id)
);

-- +goose Down
DROP TABLE public_partnerships;
