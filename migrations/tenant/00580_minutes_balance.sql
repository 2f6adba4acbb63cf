-- +goose Up
-- What the quotas and the money of a call were and of which selected applications they were used, as a meeting ended. Minutes of
-- meetings that ended before say nothing of it.
ALTER TABLE panel_meetings ADD COLUMN balance jsonb CHECK (jsonb_typeof(balance) = 'object');

-- +goose Down
ALTER TABLE panel_meetings DROP COLUMN balance;
