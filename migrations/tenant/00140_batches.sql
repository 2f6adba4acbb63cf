-- +goose Up
-- Letters that wait for one release. The row is the lock between a letter that is still being written and the release
-- of those that are, so that none is left behind.
CREATE TABLE message_batches (
    batch text PRIMARY KEY,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'released', 'cancelled'))
);

CREATE INDEX messages_batch ON messages (batch) WHERE status = 'held' AND batch <> '';

-- +goose Down
DROP INDEX messages_batch;
DROP TABLE message_batches;
