-- +goose Up
-- A proposal ends when one of its organizations takes part no more with its application, even if all had accepted.
ALTER TABLE matching_proposals DROP CONSTRAINT matching_proposals_state_check;
ALTER TABLE matching_proposals ADD CONSTRAINT matching_proposals_state_check CHECK (state IN ('sent', 'accepted', 'declined', 'lapsed', 'withdrawn', 'left'));

-- +goose Down
UPDATE matching_proposals SET state = 'withdrawn' WHERE state = 'left';
ALTER TABLE matching_proposals DROP CONSTRAINT matching_proposals_state_check;
ALTER TABLE matching_proposals ADD CONSTRAINT matching_proposals_state_check CHECK (state IN ('sent', 'accepted', 'declined', 'lapsed', 'withdrawn'));
