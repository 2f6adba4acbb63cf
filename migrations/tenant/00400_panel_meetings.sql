-- +goose Up
-- The meetings of a call's panel, in which it decides about applications one by one.
CREATE TABLE panel_meetings (
    id          uuid PRIMARY KEY,
    call_id     uuid NOT NULL,
    state       text NOT NULL DEFAULT 'convened' CHECK (state IN ('convened', 'open', 'ended', 'signed', 'sealed')),
    at          timestamptz NOT NULL,
    place       text NOT NULL DEFAULT '',
    open_votes  boolean NOT NULL DEFAULT false,
    lead_id     uuid NOT NULL,
    on_table    uuid,
    version     bigint NOT NULL DEFAULT 1,
    convened_at timestamptz NOT NULL,
    convened_by uuid NOT NULL,
    opened_at   timestamptz,
    ended_at    timestamptz,
    ended_by    uuid,
    fingerprint text NOT NULL DEFAULT '', -- SHA-256 of what its minutes say
    signed_at   timestamptz,
    signed_by   uuid,
    sealed_at   timestamptz,
    sealed_by   uuid,
    CHECK ((state IN ('ended', 'signed', 'sealed')) = (ended_at IS NOT NULL AND fingerprint <> '')),
    CHECK ((state IN ('signed', 'sealed')) = (signed_at IS NOT NULL AND signed_by IS NOT NULL)),
    CHECK ((state = 'sealed') = (sealed_at IS NOT NULL AND sealed_by IS NOT NULL)),
    CHECK (sealed_by <> signed_by),
    CHECK (on_table IS NULL OR state = 'open')
);

CREATE INDEX panel_meetings_by_call ON panel_meetings (call_id, convened_at DESC);
CREATE UNIQUE INDEX panel_meetings_one_at_a_time ON panel_meetings (call_id) WHERE state <> 'sealed';

CREATE TABLE panel_members (
    meeting_id uuid NOT NULL REFERENCES panel_meetings (id),
    person_id  uuid NOT NULL,
    came_at    timestamptz,
    seen_at    timestamptz, -- the last time that their screen was open
    PRIMARY KEY (meeting_id, person_id)
);

-- Who has led the meeting from when on.
CREATE TABLE panel_turns (
    meeting_id uuid NOT NULL REFERENCES panel_meetings (id),
    nth        integer NOT NULL,
    person_id  uuid NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, nth)
);

-- What a meeting knows of an application. One without a row has not been spoken of.
CREATE TABLE panel_items (
    meeting_id     uuid NOT NULL REFERENCES panel_meetings (id),
    application_id uuid NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    introducer_id  uuid,
    called_at      timestamptz,
    voting         text NOT NULL DEFAULT 'none' CHECK (voting IN ('none', 'open', 'closed')),
    decided        bigint NOT NULL DEFAULT 0, -- how often it was decided anew, here or in the ranking
    outcome        text CHECK (outcome IN ('selected', 'waiting', 'rejected')),
    reason         text NOT NULL DEFAULT '',
    decided_at     timestamptz,
    decided_by     uuid,
    away           uuid[] NOT NULL DEFAULT '{}', -- the members who had left the room, as the meeting ended
    PRIMARY KEY (meeting_id, application_id),
    CHECK ((outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (reason = ''))
);

CREATE INDEX panel_items_by_application ON panel_items (application_id);

CREATE TABLE panel_votes (
    meeting_id     uuid NOT NULL,
    application_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    choice         text NOT NULL CHECK (choice IN ('selected', 'waiting', 'rejected', 'abstain')),
    at             timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, application_id, person_id),
    FOREIGN KEY (meeting_id, application_id) REFERENCES panel_items (meeting_id, application_id)
);

CREATE TABLE panel_notes (
    id             uuid PRIMARY KEY,
    meeting_id     uuid NOT NULL,
    application_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    minuted        boolean NOT NULL,
    text           text NOT NULL CHECK (text <> ''),
    at             timestamptz NOT NULL,
    FOREIGN KEY (meeting_id, application_id) REFERENCES panel_items (meeting_id, application_id)
);

CREATE INDEX panel_notes_by_application ON panel_notes (meeting_id, application_id, at);

-- Lots among applications. The seed is drawn when a lot is prepared and stays secret until it is drawn; its hash is shown.
CREATE TABLE panel_lots (
    id           uuid PRIMARY KEY,
    meeting_id   uuid NOT NULL REFERENCES panel_meetings (id),
    applications uuid[] NOT NULL CHECK (cardinality(applications) > 1),
    seed         text NOT NULL CHECK (seed ~ '^[0-9a-f]{64}$'),
    prepared_at  timestamptz NOT NULL,
    prepared_by  uuid NOT NULL,
    drawn_at     timestamptz,
    drawn_by     uuid,
    CHECK ((drawn_at IS NULL) = (drawn_by IS NULL))
);

CREATE INDEX panel_lots_by_meeting ON panel_lots (meeting_id, prepared_at);

-- +goose Down
DROP TABLE panel_lots;
DROP TABLE panel_notes;
DROP TABLE panel_votes;
DROP TABLE panel_items;
DROP TABLE panel_turns;
DROP TABLE panel_members;
DROP TABLE panel_meetings;
