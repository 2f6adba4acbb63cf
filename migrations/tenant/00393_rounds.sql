-- +goose Up
-- Rounds in which organizations of a pool are put together. The rules say who may be, and what is better.
CREATE TABLE matching_rounds (
    id         uuid PRIMARY KEY,
    title      text NOT NULL CHECK (title <> ''),
    pool       text NOT NULL CHECK (pool IN ('cards', 'accepted', 'eligible')),
    call_id    uuid, -- whose applicants are the pool
    rules      jsonb NOT NULL,
    closed     boolean NOT NULL DEFAULT false,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CHECK ((pool = 'cards') = (call_id IS NULL))
);

CREATE INDEX matching_rounds_by_time ON matching_rounds (created_at DESC, id);

-- What the coordinators say before a round is solved: who stays together, and who is never put together.
CREATE TABLE matching_ties (
    id            uuid PRIMARY KEY,
    round_id      uuid NOT NULL REFERENCES matching_rounds (id),
    lock          boolean NOT NULL,
    organizations uuid[] NOT NULL CHECK (cardinality(organizations) BETWEEN 2 AND 4),
    at            timestamptz NOT NULL,
    by            uuid
);

CREATE INDEX matching_ties_by_round ON matching_ties (round_id, at);

-- What the solver was asked and what it answered. Places are those of organizations; the instance is what the command solve
-- reads and the answer what it prints.
CREATE TABLE matching_runs (
    id            uuid PRIMARY KEY,
    round_id      uuid NOT NULL REFERENCES matching_rounds (id),
    number        integer NOT NULL,
    state         text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cancelled', 'failed')),
    by_person     uuid,
    at            timestamptz NOT NULL,
    ended_at      timestamptz,
    from_run      uuid REFERENCES matching_runs (id), -- which somebody changed by hand
    rules         jsonb NOT NULL,
    organizations uuid[] NOT NULL,
    applications  uuid[] NOT NULL, -- of the organizations; empty in a pool of cards
    basis         jsonb NOT NULL,
    kept          jsonb NOT NULL,
    barred        jsonb NOT NULL, -- pairs of places that cannot be, beside those that the rules keep apart
    instance      text NOT NULL,
    answer        text,
    solution      jsonb,
    beside        jsonb,
    UNIQUE (round_id, number),
    CHECK (state <> 'done' OR answer IS NOT NULL AND solution IS NOT NULL)
);

CREATE UNIQUE INDEX matching_runs_one ON matching_runs (round_id) WHERE state IN ('queued', 'running');

-- What is proposed to the organizations of a match.
CREATE TABLE matching_proposals (
    id            uuid PRIMARY KEY,
    round_id      uuid NOT NULL REFERENCES matching_rounds (id),
    run_id        uuid REFERENCES matching_runs (id),
    organizations uuid[] NOT NULL CHECK (cardinality(organizations) BETWEEN 2 AND 4), -- by seat
    applications  uuid[] NOT NULL, -- likewise; empty in a pool of cards
    state         text NOT NULL CHECK (state IN ('sent', 'accepted', 'declined', 'lapsed', 'withdrawn')),
    note          text NOT NULL DEFAULT '', -- of the team to all of them
    sent_at       timestamptz NOT NULL,
    sent_by       uuid,
    due_at        timestamptz NOT NULL,
    ended_at      timestamptz,
    noted         text NOT NULL DEFAULT '', -- what the team notes came of it
    CHECK ((state = 'sent') = (ended_at IS NULL)),
    CHECK (due_at > sent_at)
);

CREATE INDEX matching_proposals_by_round ON matching_proposals (round_id, sent_at);
CREATE INDEX matching_proposals_by_organization ON matching_proposals USING gin (organizations);

CREATE TABLE matching_answers (
    proposal_id     uuid NOT NULL REFERENCES matching_proposals (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    accepts         boolean NOT NULL,
    reason          text NOT NULL DEFAULT '', -- to the team
    at              timestamptz NOT NULL,
    by              uuid,
    PRIMARY KEY (proposal_id, organization_id)
);

-- +goose Down
DROP TABLE matching_answers;
DROP TABLE matching_proposals;
DROP TABLE matching_runs;
DROP TABLE matching_ties;
DROP TABLE matching_rounds;
