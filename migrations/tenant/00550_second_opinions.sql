-- +goose Up
-- A further review of an application that somebody asked for: an officer, who has granted it thereby, or one of its reviewers.
CREATE TABLE second_opinions (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    call_id        uuid NOT NULL REFERENCES decision_lists (call_id),
    review_id      uuid REFERENCES reviews (id), -- of whom asked; without: an officer did
    state          text NOT NULL CHECK (state IN ('asked', 'granted', 'turned_down', 'taken_back')),
    reviews        integer CHECK (reviews > 1),  -- how many the application needs with it
    reason         text NOT NULL CHECK (reason <> ''),
    asked_at       timestamptz NOT NULL,
    asked_by       uuid NOT NULL,
    answer         text NOT NULL DEFAULT '',     -- why it was turned down, as the reviewer reads it
    answered_at    timestamptz,
    answered_by    uuid,
    CHECK ((state = 'asked') = (answered_at IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL)),
    CHECK (state <> 'granted' OR reviews IS NOT NULL),
    CHECK ((state = 'turned_down') = (answer <> '')),
    CHECK (state <> 'asked' OR review_id IS NOT NULL)
);

CREATE INDEX second_opinions_by_application ON second_opinions (application_id);
CREATE INDEX second_opinions_by_call ON second_opinions (call_id);
CREATE UNIQUE INDEX second_opinions_one_asked ON second_opinions (review_id) WHERE state = 'asked';

-- +goose Down
DROP TABLE second_opinions;
