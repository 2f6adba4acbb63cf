-- +goose Up
CREATE TABLE forms (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What a form asked at one time. Rows are never updated: answers point at the version that they were given to.
CREATE TABLE form_versions (
    id           uuid PRIMARY KEY,
    form_id      uuid NOT NULL REFERENCES forms (id),
    number       integer NOT NULL CHECK (number > 0),
    definition   jsonb NOT NULL,
    hash         bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (form_id, number)
);

-- One filled, or half-filled, form.
CREATE TABLE sheets (
    id              uuid PRIMARY KEY,
    form_version_id uuid NOT NULL REFERENCES form_versions (id),
    scope           text NOT NULL CHECK (scope IN ('part', 'joint')),
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sheets_version ON sheets (form_version_id);

CREATE TABLE answers (
    sheet_id   uuid NOT NULL REFERENCES sheets (id) ON DELETE CASCADE,
    question   text NOT NULL,
    value      jsonb NOT NULL,
    version    bigint NOT NULL CHECK (version > 0),
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    PRIMARY KEY (sheet_id, question)
);

-- Consents and declarations as they were given and taken back, one row each time; rows are only added.
CREATE TABLE statements (
    sheet_id  uuid NOT NULL REFERENCES sheets (id) ON DELETE CASCADE,
    question  text NOT NULL,
    version   bigint NOT NULL,
    value     jsonb NOT NULL,
    stated_at timestamptz NOT NULL,
    stated_by uuid,
    PRIMARY KEY (sheet_id, question, version)
);

-- +goose Down
DROP TABLE statements;
DROP TABLE answers;
DROP TABLE sheets;
DROP TABLE form_versions;
DROP TABLE forms;
