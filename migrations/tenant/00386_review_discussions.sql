-- +goose Up
-- Whether the reviewers of one application see each other's reviews and may talk once their own is submitted, and whether they
-- know each other's names then.
ALTER TABLE selection_ways ADD COLUMN discussed boolean NOT NULL DEFAULT false;
ALTER TABLE selection_ways ADD COLUMN named boolean NOT NULL DEFAULT false;
ALTER TABLE selection_ways ALTER COLUMN changed_by DROP NOT NULL; -- by the program itself

CREATE TABLE review_messages (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    at             timestamptz NOT NULL,
    text           text NOT NULL CHECK (text <> '')
);

CREATE INDEX review_messages_by_application ON review_messages (application_id, at);

-- The totals of reviews that were taken back to be changed.
CREATE TABLE review_totals (
    review_id    uuid NOT NULL REFERENCES reviews (id),
    submitted_at timestamptz NOT NULL,
    points       integer NOT NULL CHECK (points BETWEEN 0 AND 10000),
    PRIMARY KEY (review_id, submitted_at)
);

-- +goose Down
DROP TABLE review_totals;
DROP TABLE review_messages;
DELETE FROM selection_ways WHERE changed_by IS NULL;
ALTER TABLE selection_ways ALTER COLUMN changed_by SET NOT NULL;
ALTER TABLE selection_ways DROP COLUMN named;
ALTER TABLE selection_ways DROP COLUMN discussed;
