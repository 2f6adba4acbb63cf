-- +goose Up
-- When the reviewer was last reminded of a review that they owe, by the calendar or by somebody.
ALTER TABLE reviews ADD COLUMN reminded_at timestamptz;

-- +goose Down
ALTER TABLE reviews DROP COLUMN reminded_at;
