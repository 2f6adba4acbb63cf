-- +goose Up
-- What partnerships tell of their work. The content is what visitors read while the story is published: nobody changes it then.
CREATE TABLE stories (
    id             uuid PRIMARY KEY,
    partnership_id uuid NOT NULL REFERENCES partnerships (id),
    state          text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'handed_in', 'returned', 'edited', 'agreed', 'published', 'withdrawn')),
    -- Its address, from the first time it is published.
    slug           text UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 70),
    content        jsonb NOT NULL,
    -- As the partnership handed it in: what the network has edited is seen beside it.
    handed         jsonb,
    search         text NOT NULL DEFAULT '',
    -- What one side says to the other at a hand-over.
    note           text NOT NULL DEFAULT '',
    published_at   timestamptz,
    changed_at     timestamptz,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_at     timestamptz NOT NULL,
    updated_by     uuid,
    CHECK (state NOT IN ('published', 'withdrawn') OR (slug IS NOT NULL AND published_at IS NOT NULL AND changed_at IS NOT NULL)),
    CHECK (state IN ('draft', 'withdrawn') OR handed IS NOT NULL)
);

CREATE INDEX stories_by_partnership ON stories (partnership_id);
CREATE INDEX stories_public ON stories (published_at DESC) WHERE state = 'published';

-- The organizations that have agreed to a story as the network has edited it.
CREATE TABLE story_consents (
    story_id        uuid NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    at              timestamptz NOT NULL,
    by              uuid,
    PRIMARY KEY (story_id, organization_id)
);

-- The pictures of stories, by the hash under which they lie in the object store.
CREATE TABLE story_pictures (
    story_id uuid NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    picture  text NOT NULL CHECK (picture ~ '^[0-9a-f]{32}$'),
    width    integer NOT NULL CHECK (width > 0),
    height   integer NOT NULL CHECK (height > 0),
    PRIMARY KEY (story_id, picture)
);

CREATE INDEX story_pictures_by_picture ON story_pictures (picture);

-- +goose Down
DROP TABLE story_pictures;
DROP TABLE story_consents;
DROP TABLE stories;
