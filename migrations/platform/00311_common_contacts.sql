-- +goose Up
-- Who has named the contact: it goes when they lead the organization no more. And whether its leads were told of the proposal, as who was not
-- is not told either that it has ended.
ALTER TABLE common_parties ADD COLUMN contact_by uuid;
ALTER TABLE common_parties ADD COLUMN told boolean NOT NULL DEFAULT false;
ALTER TABLE common_parties ADD CHECK (contact_by IS NULL OR contact <> '');
UPDATE common_parties SET told = true;

-- +goose Down
ALTER TABLE common_parties DROP COLUMN told;
ALTER TABLE common_parties DROP COLUMN contact_by;
