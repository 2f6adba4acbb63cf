-- +goose Up
-- GeoNames' number of the town that was chosen from the gazetteer, where one was: what else is known of the place follows from the
-- country and the town as they are written, so there is nothing to fill in for organizations that are here already.
ALTER TABLE organizations ADD COLUMN place bigint NOT NULL DEFAULT 0 CHECK (place >= 0);

-- +goose Down
ALTER TABLE organizations DROP COLUMN place;
