-- +goose Up
-- How each network stands, in numbers only, counted inside the network by a job. Numbers of applicants' things below
-- three are kept as -1, "a few", so that nobody here can learn more than that.
CREATE TABLE rollups (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants (id),
    counts      jsonb NOT NULL DEFAULT '{}',
    counted_at  timestamptz,
    -- Since when something has happened that is not counted yet.
    stale_since timestamptz
);

-- +goose Down
DROP TABLE rollups;
