-- +goose Up
-- Rounds in which all reviewers of a call score the same sample, so that they mean the same by the scale.
CREATE TABLE calibrations (
    id           uuid PRIMARY KEY,
    call_id      uuid NOT NULL,
    state        text NOT NULL CHECK (state IN ('preparing', 'open', 'closed')),
    title        text NOT NULL,
    language     text NOT NULL CHECK (language IN ('en', 'tr', 'de')), -- in which the sample is written
    passages     jsonb NOT NULL DEFAULT '[]', -- the sample: a copy, or written for the purpose
    source_id    uuid, -- the application that it is a copy of
    required     boolean NOT NULL DEFAULT false, -- before the first application is opened
    version      bigint NOT NULL DEFAULT 1, -- of the sample
    made_at      timestamptz NOT NULL,
    made_by      uuid NOT NULL,
    opened_at    timestamptz,
    closed_at    timestamptz,
    forgotten_at timestamptz, -- when the words went with those of the application
    CONSTRAINT calibrations_opened CHECK ((opened_at IS NULL) = (state = 'preparing')),
    CONSTRAINT calibrations_closed CHECK ((closed_at IS NOT NULL) = (state = 'closed'))
);

CREATE UNIQUE INDEX calibrations_current ON calibrations (call_id) WHERE state <> 'closed';
CREATE INDEX calibrations_by_call ON calibrations (call_id, made_at);
CREATE INDEX calibrations_by_source ON calibrations (source_id) WHERE source_id IS NOT NULL;

-- How somebody scores a sample; without a person, how the coordinators do.
CREATE TABLE calibration_reviews (
    id             uuid PRIMARY KEY,
    calibration_id uuid NOT NULL REFERENCES calibrations (id),
    person_id      uuid,
    submitted_at   timestamptz,
    told_at        timestamptz, -- when they were last asked for it
    CONSTRAINT calibration_reviews_once UNIQUE NULLS NOT DISTINCT (calibration_id, person_id)
);

CREATE INDEX calibration_reviews_by_person ON calibration_reviews (person_id);

CREATE TABLE calibration_marks (
    review_id uuid NOT NULL REFERENCES calibration_reviews (id),
    criterion text NOT NULL CHECK (criterion <> ''),
    score     numeric(3, 1) CHECK (score >= 0 AND score * 2 = trunc(score * 2)),
    feedback  text NOT NULL DEFAULT '',
    version   bigint NOT NULL,
    saved_at  timestamptz NOT NULL,
    PRIMARY KEY (review_id, criterion)
);

-- +goose Down
DROP TABLE calibration_marks;
DROP TABLE calibration_reviews;
DROP TABLE calibrations;
