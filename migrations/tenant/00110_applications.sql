-- +goose Up
CREATE TABLE applications (
    id              uuid PRIMARY KEY,
    call_id         uuid NOT NULL REFERENCES calls (id),
    -- The organization that began it. It invites the others and hands in.
    organization_id uuid NOT NULL REFERENCES organizations (id),
    number          text UNIQUE, -- given when it is handed in for the first time
    state           text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'returned', 'eligible', 'ineligible', 'in_review',
                        'reviewed', 'shortlisted', 'selected', 'waiting', 'rejected', 'accepted', 'declined', 'lapsed', 'withdrawn')),
    form_version_id uuid NOT NULL REFERENCES form_versions (id),
    joint_sheet_id  uuid NOT NULL REFERENCES sheets (id),
    -- The number and the organizations' names with all spelling folded away.
    search          text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    created_by      uuid,
    submitted_at    timestamptz,
    checked_at      timestamptz,
    checked_by      uuid,
    failed          text[] NOT NULL DEFAULT '{}', -- the keys of the eligibility reasons that it does not meet
    papers          text NOT NULL DEFAULT '',     -- what is missing …
    papers_due      timestamptz,                  -- … and until when it may be handed in
    reply_by        timestamptz,
    waiting         integer NOT NULL DEFAULT 0,
    version         bigint NOT NULL DEFAULT 1,
    CHECK ((state = 'draft') = (number IS NULL) OR state = 'withdrawn')
);

CREATE UNIQUE INDEX applications_once ON applications (call_id, organization_id) WHERE state <> 'withdrawn';
CREATE INDEX applications_by_call ON applications (call_id, number);

-- Each seat of the partnership is one part: an organization fills and confirms its own.
CREATE TABLE application_parts (
    id              uuid PRIMARY KEY,
    application_id  uuid NOT NULL REFERENCES applications (id),
    seat            text NOT NULL,
    position        integer NOT NULL,
    organization_id uuid REFERENCES organizations (id),
    sheet_id        uuid NOT NULL UNIQUE REFERENCES sheets (id),
    confirmed_at    timestamptz,
    confirmed_by    uuid,
    UNIQUE (application_id, seat),
    UNIQUE (application_id, organization_id)
);

CREATE INDEX application_parts_by_organization ON application_parts (organization_id);

CREATE TABLE partner_invitations (
    id              uuid PRIMARY KEY,
    application_id  uuid NOT NULL REFERENCES applications (id),
    seat            text NOT NULL,
    organization_id uuid REFERENCES organizations (id), -- of the network; else somebody is invited by address
    email           text NOT NULL DEFAULT '',
    name            text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined', 'revoked')),
    invited_at      timestamptz NOT NULL,
    invited_by      uuid,
    CHECK ((organization_id IS NULL) = (email <> ''))
);

CREATE UNIQUE INDEX partner_invitations_open ON partner_invitations (application_id, seat) WHERE state = 'open';

-- What was handed in, each time: copies of the sheets, so that going on writing does not change it.
CREATE TABLE submissions (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    submitted_at   timestamptz NOT NULL,
    submitted_by   uuid,
    code           text NOT NULL UNIQUE -- on the receipt, to be checked by anybody
);

CREATE INDEX submissions_by_application ON submissions (application_id, submitted_at DESC);

CREATE TABLE submission_sheets (
    submission_id uuid NOT NULL REFERENCES submissions (id),
    sheet_id      uuid NOT NULL REFERENCES sheets (id),
    copy_id       uuid NOT NULL REFERENCES sheets (id),
    PRIMARY KEY (submission_id, sheet_id)
);

CREATE TABLE application_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE application_states (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    at             timestamptz NOT NULL,
    by             uuid,
    state          text NOT NULL
);

CREATE INDEX application_states_by_application ON application_states (application_id, at);

-- Who is writing where just now; a courtesy, so nothing depends on it.
CREATE TABLE presences (
    sheet_id  uuid NOT NULL REFERENCES sheets (id),
    person_id uuid NOT NULL,
    question  text NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (sheet_id, person_id)
);

-- +goose Down
DROP TABLE presences;
DROP TABLE application_states;
DROP TABLE application_numbers;
DROP TABLE submission_sheets;
DROP TABLE submissions;
DROP TABLE partner_invitations;
DROP TABLE application_parts;
DROP TABLE applications;
