-- +goose Up
-- A partner drops out of a place that was offered or is held on conditions, and another organization is asked to take its seat; those
-- that stay are asked as well.
CREATE TABLE place_replacements (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    call_id        uuid NOT NULL REFERENCES decision_lists (call_id),
    seat           text NOT NULL,
    leaving        uuid NOT NULL,
    coming         uuid NOT NULL,
    reason         text NOT NULL CHECK (reason <> ''),
    parties        uuid[] NOT NULL,
    until          timestamptz NOT NULL,
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'done', 'declined', 'withdrawn', 'lapsed', 'overtaken', 'moot')),
    asked_at       timestamptz NOT NULL,
    asked_by       uuid,
    ended_at       timestamptz,
    CHECK (leaving <> coming),
    CHECK ((state = 'asked') = (ended_at IS NULL))
);

CREATE UNIQUE INDEX place_replacements_one ON place_replacements (application_id) WHERE state = 'asked';
CREATE INDEX place_replacements_of ON place_replacements (application_id, asked_at);
CREATE INDEX place_replacements_by_call ON place_replacements (call_id);
CREATE INDEX place_replacements_coming ON place_replacements (coming);

CREATE TABLE place_replacement_answers (
    replacement_id  uuid NOT NULL REFERENCES place_replacements (id),
    organization_id uuid NOT NULL,
    agrees          boolean NOT NULL,
    reason          text NOT NULL DEFAULT '',
    at              timestamptz NOT NULL,
    by              uuid NOT NULL,
    PRIMARY KEY (replacement_id, organization_id),
    CHECK (agrees = (reason = ''))
);

-- Which organization has said that it drops out; the others keep the place for now.
CREATE TABLE place_departures (
    application_id  uuid NOT NULL,
    organization_id uuid NOT NULL,
    call_id         uuid NOT NULL REFERENCES decision_lists (call_id),
    reason          text NOT NULL CHECK (reason <> ''),
    at              timestamptz NOT NULL,
    by              uuid NOT NULL,
    PRIMARY KEY (application_id, organization_id)
);

CREATE INDEX place_departures_by_call ON place_departures (call_id);

-- +goose Down
DROP TABLE place_departures;
DROP TABLE place_replacement_answers;
DROP TABLE place_replacements;
