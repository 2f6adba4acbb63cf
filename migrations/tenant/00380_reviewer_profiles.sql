-- +goose Up
-- What is known of somebody who reviews: what they judge well, and how much and when they can.
CREATE TABLE reviewer_profiles (
    person_id uuid PRIMARY KEY,
    topics    text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(topics, ',') ~ '^[a-z_,]*$'),
    languages text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(languages, ',') ~ '^[a-z,]*$'),
    countries text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(countries, ',') ~ '^[A-Z,]*$'), -- that they know
    away_from date,
    away_to   date, -- the last day
    most      integer CHECK (most BETWEEN 1 AND 500), -- reviews of one call; NULL: not said
    note      text NOT NULL DEFAULT '', -- to the team
    version   bigint NOT NULL DEFAULT 1,
    CHECK ((away_from IS NULL) = (away_to IS NULL)),
    CHECK (away_from <= away_to)
);

-- A reviewer may give a review back before it is submitted. When that was the last time stays known.
ALTER TABLE reviews DROP CONSTRAINT reviews_state_check;
ALTER TABLE reviews ADD CONSTRAINT reviews_state_check CHECK (state IN ('assigned', 'open', 'submitted', 'recused', 'removed', 'handed_back'));
ALTER TABLE reviews ADD COLUMN handed_back_at timestamptz;
ALTER TABLE reviews ADD COLUMN handed_back_reason text NOT NULL DEFAULT '';
ALTER TABLE reviews ADD CONSTRAINT reviews_handed_back CHECK (state <> 'handed_back' OR handed_back_at IS NOT NULL);

-- +goose Down
UPDATE reviews SET state = 'removed' WHERE state = 'handed_back';
ALTER TABLE reviews DROP CONSTRAINT reviews_handed_back;
ALTER TABLE reviews DROP COLUMN handed_back_reason;
ALTER TABLE reviews DROP COLUMN handed_back_at;
ALTER TABLE reviews DROP CONSTRAINT reviews_state_check;
ALTER TABLE reviews ADD CONSTRAINT reviews_state_check CHECK (state IN ('assigned', 'open', 'submitted', 'recused', 'removed'));
DROP TABLE reviewer_profiles;
