-- +goose Up
-- How far each tenant's audit trail went, and with which hash, when somebody last looked: a trail whose end was cut off
-- since then does not reach it any more.
CREATE TABLE trail_heads (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id),
    seq       bigint NOT NULL CHECK (seq > 0),
    hash      bytea NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
DROP TABLE trail_heads;
