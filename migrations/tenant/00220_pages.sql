-- +goose Up
-- What the network itself writes for visitors: pages and news, composed of blocks. The built-in pages stand in the program
-- until somebody changes them.
CREATE TABLE pages (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('page', 'news')),
    slug         text NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60),
    place        text NOT NULL DEFAULT 'none' CHECK (place IN ('main', 'foot', 'none')),
    position     integer NOT NULL DEFAULT 0,
    indexed      boolean NOT NULL DEFAULT true,
    -- As it is worked on, and as visitors read it: nothing until it is published.
    content      jsonb NOT NULL,
    public       jsonb,
    search       text NOT NULL DEFAULT '',
    published_at timestamptz,
    changed_at   timestamptz,
    version      bigint NOT NULL DEFAULT 1,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid,
    UNIQUE (kind, slug),
    CHECK (public IS NULL OR (published_at IS NOT NULL AND changed_at IS NOT NULL))
);

CREATE INDEX pages_news ON pages (published_at DESC) WHERE kind = 'news' AND public IS NOT NULL;

-- What a page was before each change, for undoing it; the last twenty are kept.
CREATE TABLE page_versions (
    page_id uuid NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    number  bigint NOT NULL,
    content jsonb NOT NULL,
    at      timestamptz NOT NULL,
    by      uuid,
    PRIMARY KEY (page_id, number)
);

-- +goose Down
DROP TABLE page_versions;
DROP TABLE pages;
