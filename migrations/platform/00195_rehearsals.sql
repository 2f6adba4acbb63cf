-- +goose Up
-- A rehearsal of a call is a tenant of its own, and knows for which network and call it was made.
ALTER TABLE tenants DROP CONSTRAINT tenants_kind_check;
ALTER TABLE tenants ADD CONSTRAINT tenants_kind_check CHECK (kind IN ('core', 'network', 'rehearsal'));
ALTER TABLE tenants ADD COLUMN network_id uuid REFERENCES tenants (id);
ALTER TABLE tenants ADD COLUMN call_id uuid;
ALTER TABLE tenants ADD CONSTRAINT tenants_rehearsal_check CHECK ((kind = 'rehearsal') = (network_id IS NOT NULL) AND (network_id IS NULL) = (call_id IS NULL));
CREATE UNIQUE INDEX tenants_one_rehearsal ON tenants (network_id, call_id);

-- +goose Down
DROP INDEX tenants_one_rehearsal;
ALTER TABLE tenants DROP CONSTRAINT tenants_rehearsal_check;
ALTER TABLE tenants DROP COLUMN call_id;
ALTER TABLE tenants DROP COLUMN network_id;
ALTER TABLE tenants DROP CONSTRAINT tenants_kind_check;
ALTER TABLE tenants ADD CONSTRAINT tenants_kind_check CHECK (kind IN ('core', 'network'));
