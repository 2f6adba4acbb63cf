-- +goose Up
-- Whether reviewers of a call may say, before they are assigned, what they would like to review; they see which organizations
-- apply then.
ALTER TABLE selection_ways ADD COLUMN wished boolean NOT NULL DEFAULT false;

CREATE TABLE review_wishes (
    application_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    call_id        uuid NOT NULL,
    wish           text NOT NULL CHECK (wish IN ('like', 'avoid')),
    at             timestamptz NOT NULL,
    PRIMARY KEY (application_id, person_id)
);

CREATE INDEX review_wishes_by_call ON review_wishes (call_id);

-- +goose Down
DROP TABLE review_wishes;
ALTER TABLE selection_ways DROP COLUMN wished;
