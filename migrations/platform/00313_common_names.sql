-- +goose Up
-- What an organization is called goes with its card, too; its own network knows it anyway.
ALTER TABLE common_parties DROP CONSTRAINT common_parties_name_check;
UPDATE common_parties AS pa SET name = '' WHERE NOT EXISTS (SELECT FROM common_cards AS c WHERE c.id = pa.card_id);

-- +goose Down
UPDATE common_parties SET name = '–' WHERE name = '';
ALTER TABLE common_parties ADD CONSTRAINT common_parties_name_check CHECK (name <> '');
