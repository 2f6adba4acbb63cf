-- +goose Up
-- A replacement in a partnership ends when the organization that was to come has another seat in the call by then.
ALTER TABLE partnership_replacements DROP CONSTRAINT partnership_replacements_state_check;
ALTER TABLE partnership_replacements ADD CONSTRAINT partnership_replacements_state_check
    CHECK (state IN ('asked', 'done', 'declined', 'withdrawn', 'lapsed', 'moot'));

-- +goose Down
ALTER TABLE partnership_replacements DROP CONSTRAINT partnership_replacements_state_check;
ALTER TABLE partnership_replacements ADD CONSTRAINT partnership_replacements_state_check
    CHECK (state IN ('asked', 'done', 'declined', 'withdrawn', 'lapsed'));
