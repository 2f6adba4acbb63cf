-- +goose Up
-- Addresses at which a story was read once, and where none is: they say that it is gone, and are given to no other.
CREATE TABLE story_graves (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 70),
    at   timestamptz NOT NULL DEFAULT now()
);

-- How a story was handed in is forgotten once it is published: what was edited out of it concerns nobody any more.
ALTER TABLE stories DROP CONSTRAINT stories_check1;
ALTER TABLE stories ADD CONSTRAINT stories_handed CHECK (state IN ('draft', 'published', 'withdrawn') OR handed IS NOT NULL);

UPDATE stories SET handed = NULL WHERE state IN ('draft', 'published', 'withdrawn') AND handed IS NOT NULL;

-- +goose Down
ALTER TABLE stories DROP CONSTRAINT stories_handed;
UPDATE stories SET handed = content WHERE handed IS NULL AND state = 'published';
ALTER TABLE stories ADD CONSTRAINT stories_check1 CHECK (state IN ('draft', 'withdrawn') OR handed IS NOT NULL);
DROP TABLE story_graves;
