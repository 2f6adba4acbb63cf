-- +goose Up
-- When it was forgotten whom a loan was of: what stays is that there was one.
ALTER TABLE loans ADD COLUMN forgotten_at timestamptz;
ALTER TABLE loans ALTER COLUMN person_id DROP NOT NULL;
ALTER TABLE loans ADD CONSTRAINT loans_forgotten CHECK ((person_id IS NULL) = (forgotten_at IS NOT NULL));

-- +goose Down
DELETE FROM loans WHERE forgotten_at IS NOT NULL;
ALTER TABLE loans DROP CONSTRAINT loans_forgotten;
ALTER TABLE loans ALTER COLUMN person_id SET NOT NULL;
ALTER TABLE loans DROP COLUMN forgotten_at;
