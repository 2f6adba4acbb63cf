-- +goose Up
-- An organization leaves a partnership, and another is asked to take its seat; those that stay are asked as well.
CREATE TABLE partnership_replacements (
    id             uuid PRIMARY KEY,
    partnership_id uuid NOT NULL REFERENCES partnerships (id),
    seat           text NOT NULL,
    leaving        uuid NOT NULL REFERENCES organizations (id),
    coming         uuid NOT NULL REFERENCES organizations (id),
    reason         text NOT NULL CHECK (reason <> ''),
    until          timestamptz NOT NULL,
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'done', 'declined', 'withdrawn', 'lapsed')),
    asked_at       timestamptz NOT NULL,
    asked_by       uuid,
    ended_at       timestamptz,
    CHECK (leaving <> coming),
    CHECK ((state = 'asked') = (ended_at IS NULL))
);

CREATE UNIQUE INDEX partnership_replacements_one ON partnership_replacements (partnership_id) WHERE state = 'asked';
CREATE INDEX partnership_replacements_of ON partnership_replacements (partnership_id, asked_at);
CREATE INDEX partnership_replacements_coming ON partnership_replacements (coming);

CREATE TABLE partnership_replacement_answers (
    replacement_id  uuid NOT NULL REFERENCES partnership_replacements (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    agrees          boolean NOT NULL,
    reason          text NOT NULL DEFAULT '',
    at              timestamptz NOT NULL,
    by              uuid NOT NULL,
    PRIMARY KEY (replacement_id, organization_id),
    CHECK (agrees = (reason = ''))
);

-- +goose Down
DROP TABLE partnership_replacement_answers;
DROP TABLE partnership_replacements;
