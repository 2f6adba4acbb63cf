-- +goose Up
-- Who accompanies a partnership now. What was before stands in partnership_facilitations.
ALTER TABLE partnerships ADD COLUMN facilitator uuid;
CREATE INDEX partnerships_by_facilitator ON partnerships (facilitator) WHERE facilitator IS NOT NULL;

CREATE TABLE partnership_facilitations (
    id             uuid PRIMARY KEY,
    partnership_id uuid NOT NULL REFERENCES partnerships (id),
    person_id      uuid NOT NULL,
    since          timestamptz NOT NULL,
    by_person      uuid,
    reason         text NOT NULL DEFAULT '', -- coordinators read it, and the person
    ended_at       timestamptz,
    ended_by       uuid,
    ending         text NOT NULL DEFAULT '' CHECK (ending IN ('', 'changed', 'taken', 'returned')),
    ending_reason  text NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (ending = ''))
);

CREATE UNIQUE INDEX partnership_facilitations_one ON partnership_facilitations (partnership_id) WHERE ended_at IS NULL;
CREATE INDEX partnership_facilitations_of ON partnership_facilitations (partnership_id, since);
CREATE INDEX partnership_facilitations_by_person ON partnership_facilitations (person_id);

-- What is known of somebody who accompanies partnerships.
CREATE TABLE facilitator_profiles (
    person_id uuid PRIMARY KEY,
    topics    text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(topics, ',') ~ '^[a-z_,]*$'),
    languages text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(languages, ',') ~ '^[a-z,]*$'),
    countries text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(countries, ',') ~ '^[A-Z,]*$'), -- that they know
    least     integer NOT NULL DEFAULT 0 CHECK (least BETWEEN 0 AND 50), -- partnerships at a time
    most      integer CHECK (most BETWEEN 1 AND 50),
    from_day  date,
    to_day    date, -- the last day
    ties      uuid[] NOT NULL DEFAULT '{}', -- organizations with which they have a conflict of interest
    note      text NOT NULL DEFAULT '', -- to the team
    version   bigint NOT NULL DEFAULT 1,
    CHECK (least <= most),
    CHECK (from_day <= to_day)
);

-- +goose Down
DROP TABLE facilitator_profiles;
DROP TABLE partnership_facilitations;
DROP INDEX partnerships_by_facilitator;
ALTER TABLE partnerships DROP COLUMN facilitator;
