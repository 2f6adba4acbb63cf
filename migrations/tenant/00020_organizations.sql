-- +goose Up
CREATE TABLE organizations (
    id              uuid PRIMARY KEY,
    name            text NOT NULL CHECK (name <> ''),
    name_english    text NOT NULL DEFAULT '',
    -- Both names with all spelling folded away, to find an organization again however it is typed.
    search          text NOT NULL,
    form            text NOT NULL CHECK (form IN ('association', 'foundation', 'cooperative', 'social_enterprise', 'union',
                        'initiative', 'local_authority', 'other')),
    country         char(2) NOT NULL,
    city            text NOT NULL,
    founded         integer CHECK (founded BETWEEN 1500 AND 2200),
    registry        text NOT NULL DEFAULT '',
    registry_number text NOT NULL DEFAULT '',
    fiscal_host     text NOT NULL DEFAULT '',
    website         text NOT NULL DEFAULT '',
    about           text NOT NULL DEFAULT '',
    fields          text[] NOT NULL DEFAULT '{}',
    languages       text[] NOT NULL DEFAULT '{}',
    staff           text NOT NULL DEFAULT '',
    budget          text NOT NULL DEFAULT '',
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    created_by      uuid,
    CHECK ((registry = '') = (registry_number = ''))
);

CREATE UNIQUE INDEX organizations_registry ON organizations (registry, registry_number) WHERE registry <> '';
CREATE INDEX organizations_by_name ON organizations (search, id);
CREATE INDEX organizations_by_time ON organizations (created_at DESC, id DESC);

-- +goose Down
DROP TABLE organizations;
