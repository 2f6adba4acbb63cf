-- +goose Up
-- The pictures of composed pages, by the hash under which they lie in the object store. Those of no page go after a day.
CREATE TABLE page_pictures (
    picture text PRIMARY KEY CHECK (picture ~ '^[0-9a-f]{32}$'),
    width   integer NOT NULL CHECK (width > 0),
    height  integer NOT NULL CHECK (height > 0),
    at      timestamptz NOT NULL
);

CREATE INDEX pages_by_content ON pages USING gin (public jsonb_path_ops);

-- +goose Down
DROP INDEX pages_by_content;
DROP TABLE page_pictures;
