-- +goose Up
-- The secret address under which a person's calendar program reads their dates. Only its hash is kept; there is one per
-- person, and a new one ends the old.
CREATE TABLE calendar_feeds (
    person_id  uuid PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    read_at    timestamptz
);

-- +goose Down
DROP TABLE calendar_feeds;
