-- +goose Up
-- What a form will ask once it is published: one draft at a time. Without a row the latest version stands.
CREATE TABLE form_drafts (
    form_id    uuid PRIMARY KEY REFERENCES forms (id),
    definition jsonb NOT NULL,
    -- The version that the draft was begun from; a form that was never published has none.
    base_id    uuid REFERENCES form_versions (id),
    version    bigint NOT NULL CHECK (version > 0),
    -- How many problems keep it from being published, for lists that do not read the definition.
    problems   integer NOT NULL CHECK (problems >= 0),
    updated_at timestamptz NOT NULL,
    updated_by uuid
);

-- +goose Down
DROP TABLE form_drafts;
