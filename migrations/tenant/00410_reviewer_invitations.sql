-- +goose Up
-- People who are asked to review for a call, each at an address that may not be anybody's here yet.
CREATE TABLE reviewer_invitations (
    id               uuid PRIMARY KEY,
    call_id          uuid NOT NULL,
    email            text NOT NULL CHECK (email <> ''),
    email_key        text NOT NULL,
    name             text NOT NULL CHECK (name <> ''),
    locale           text NOT NULL CHECK (locale IN ('en', 'tr', 'de')),
    reviews          integer NOT NULL CHECK (reviews BETWEEN 1 AND 500), -- that are expected of them
    state            text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'accepted', 'declined', 'withdrawn', 'lapsed')),
    until            timestamptz NOT NULL, -- from then on it cannot be accepted
    invited_at       timestamptz NOT NULL,
    invited_by       uuid,
    sent_at          timestamptz NOT NULL, -- the last time, but for reminders
    reminded_at      timestamptz,
    answered_at      timestamptz,
    person_id        uuid, -- who accepted
    reason           text NOT NULL DEFAULT '' CHECK (reason IN ('', 'time', 'field', 'interest', 'other')),
    note             text NOT NULL DEFAULT '',
    substitute_name  text NOT NULL DEFAULT '',
    substitute_email text NOT NULL DEFAULT '',
    substitute       text NOT NULL DEFAULT '' CHECK (substitute IN ('', 'named', 'invited', 'passed')),
    instead_of       uuid REFERENCES reviewer_invitations (id), -- whose substitute it is
    CHECK ((state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)),
    CHECK ((state = 'accepted') = (person_id IS NOT NULL)),
    CHECK ((state = 'declined') = (reason <> '')),
    CHECK ((substitute = '') = (substitute_email = ''))
);

-- Nobody is asked twice for the same call.
CREATE UNIQUE INDEX reviewer_invitations_once ON reviewer_invitations (call_id, email_key) WHERE state IN ('sent', 'accepted', 'lapsed');

-- The links in the mails; a reminder has one of its own.
CREATE TABLE reviewer_invitation_links (
    hash          bytea PRIMARY KEY,
    invitation_id uuid NOT NULL REFERENCES reviewer_invitations (id)
);

CREATE INDEX reviewer_invitation_links_by_invitation ON reviewer_invitation_links (invitation_id);

-- What the coordinators of a call write in its invitations; a language without words has the program's.
CREATE TABLE reviewer_invitation_texts (
    call_id    uuid PRIMARY KEY,
    subject    jsonb NOT NULL DEFAULT '{}',
    body       jsonb NOT NULL DEFAULT '{}',
    version    bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid
);

-- +goose Down
DROP TABLE reviewer_invitation_texts;
DROP TABLE reviewer_invitation_links;
DROP TABLE reviewer_invitations;
