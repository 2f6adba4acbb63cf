-- +goose Up
-- When a call was closed by hand, before its deadline; nobody hands in after that.
ALTER TABLE calls ADD COLUMN closed_at timestamptz;
ALTER TABLE calls ADD CONSTRAINT calls_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL));

-- +goose Down
ALTER TABLE calls DROP COLUMN closed_at;
