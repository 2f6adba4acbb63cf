-- +goose Up
-- The core makes rounds like a network, of the common pool; organizations go by the names of their copies in them.
ALTER TABLE matching_rounds DROP CONSTRAINT matching_rounds_pool_check;
ALTER TABLE matching_rounds ADD CONSTRAINT matching_rounds_pool_check CHECK (pool IN ('cards', 'accepted', 'eligible', 'common'));
ALTER TABLE matching_rounds DROP CONSTRAINT matching_rounds_check;
ALTER TABLE matching_rounds ADD CONSTRAINT matching_rounds_check CHECK ((pool IN ('cards', 'common')) = (call_id IS NULL));

-- +goose Down
DELETE FROM matching_runs AS m USING matching_rounds AS r WHERE r.id = m.round_id AND r.pool = 'common';
DELETE FROM matching_ties AS t USING matching_rounds AS r WHERE r.id = t.round_id AND r.pool = 'common';
DELETE FROM matching_rounds WHERE pool = 'common';
ALTER TABLE matching_rounds DROP CONSTRAINT matching_rounds_check;
ALTER TABLE matching_rounds ADD CONSTRAINT matching_rounds_check CHECK ((pool = 'cards') = (call_id IS NULL));
ALTER TABLE matching_rounds DROP CONSTRAINT matching_rounds_pool_check;
ALTER TABLE matching_rounds ADD CONSTRAINT matching_rounds_pool_check CHECK (pool IN ('cards', 'accepted', 'eligible'));
