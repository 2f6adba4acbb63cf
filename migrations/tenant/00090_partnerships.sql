-- +goose Up
CREATE TABLE partnerships (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL CONSTRAINT partnerships_application UNIQUE,
    call_id        uuid NOT NULL,
    number         text NOT NULL CHECK (number <> ''),
    title          text NOT NULL,
    call_title     jsonb NOT NULL DEFAULT '{}',
    -- Number, title and the organizations' names at the founding, with all spelling folded away.
    search         text NOT NULL,
    grant_minor    bigint NOT NULL DEFAULT 0 CHECK (grant_minor >= 0),
    grant_currency text NOT NULL DEFAULT '',
    state          text NOT NULL CHECK (state IN ('proposed', 'accepted', 'agreed', 'active', 'paused', 'completed', 'ended_early')),
    -- The state to which a paused partnership comes back.
    resumes        text NOT NULL DEFAULT '' CHECK (resumes IN ('', 'accepted', 'agreed', 'active')),
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'paused') = (resumes <> ''))
);

CREATE INDEX partnerships_by_time ON partnerships (created_at DESC, id DESC);
CREATE INDEX partnerships_by_title ON partnerships (title, id);
CREATE INDEX partnerships_by_call ON partnerships (call_id);

CREATE TABLE partnership_seats (
    partnership_id  uuid NOT NULL REFERENCES partnerships (id),
    key             text NOT NULL CHECK (key <> ''),
    place           integer NOT NULL,
    title           jsonb NOT NULL DEFAULT '{}',
    organization_id uuid NOT NULL REFERENCES organizations (id),
    PRIMARY KEY (partnership_id, key)
);

CREATE INDEX partnership_seats_by_organization ON partnership_seats (organization_id);

CREATE TABLE partnership_changes (
    id             uuid PRIMARY KEY,
    partnership_id uuid NOT NULL REFERENCES partnerships (id),
    at             timestamptz NOT NULL DEFAULT now(),
    by             uuid,
    state          text NOT NULL CHECK (state IN ('proposed', 'accepted', 'agreed', 'active', 'paused', 'completed', 'ended_early')),
    reason         text NOT NULL DEFAULT ''
);

CREATE INDEX partnership_changes_of ON partnership_changes (partnership_id, at, id);

-- +goose Down
DROP TABLE partnership_changes;
DROP TABLE partnership_seats;
DROP TABLE partnerships;
