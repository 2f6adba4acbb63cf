-- +goose Up
-- What reviewers of a call read before they begin.
CREATE TABLE reviewer_trainings (
    call_id    uuid PRIMARY KEY,
    body       jsonb NOT NULL DEFAULT '{}',
    required   boolean NOT NULL DEFAULT false, -- before the first application is opened
    version    bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid
);

-- Who has said to have read which version of it.
CREATE TABLE reviewer_training_reads (
    call_id   uuid NOT NULL REFERENCES reviewer_trainings (call_id),
    person_id uuid NOT NULL,
    version   bigint NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (call_id, person_id, version)
);

-- +goose Down
DROP TABLE reviewer_training_reads;
DROP TABLE reviewer_trainings;
