-- +goose Up
-- Until when applicants without a place may ask for a clarification of the decision; without one they may not.
ALTER TABLE decision_lists ADD COLUMN clarify_until timestamptz;

CREATE TABLE clarifications (
    application_id uuid PRIMARY KEY,
    call_id        uuid NOT NULL REFERENCES decision_lists (call_id),
    question       text NOT NULL CHECK (question <> ''),
    asked_at       timestamptz NOT NULL,
    asked_by       uuid NOT NULL,
    answer         text NOT NULL DEFAULT '',
    answered_at    timestamptz,
    answered_by    uuid,
    CHECK ((answered_at IS NULL) = (answer = ''))
);

CREATE INDEX clarifications_by_call ON clarifications (call_id, asked_at);

-- +goose Down
DROP TABLE clarifications;
ALTER TABLE decision_lists DROP COLUMN clarify_until;
