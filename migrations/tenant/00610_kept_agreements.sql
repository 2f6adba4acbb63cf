-- +goose Up
-- How far the reviewers of a call agreed at one moment. The instances are what the command solve reads, of the totals (under an empty
-- key) and of each criterion: a row for each of the reviewers, a column for each of the applications, in the order of the two lists.
-- They are whole; who may not know of an application reads them without it.
CREATE TABLE kept_agreements (
    id           uuid PRIMARY KEY,
    call_id      uuid NOT NULL,
    at           timestamptz NOT NULL,
    why          text NOT NULL CHECK (why IN ('closed', 'meeting', 'hand')),
    by_person    uuid,
    applications uuid[] NOT NULL,
    reviewers    uuid[] NOT NULL,
    rated        integer[] NOT NULL, -- how many totals there are of each application
    instances    jsonb NOT NULL CHECK (jsonb_typeof(instances) = 'object')
);

CREATE INDEX kept_agreements_by_call ON kept_agreements (call_id, at DESC);

-- +goose Down
DROP TABLE kept_agreements;
