-- +goose Up
CREATE TABLE programs (
    id                uuid PRIMARY KEY,
    name              jsonb NOT NULL,
    blueprint         text NOT NULL,
    blueprint_version integer NOT NULL CHECK (blueprint_version > 0),
    created_at        timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX programs_blueprint ON programs (blueprint);

CREATE TABLE cycles (
    id         uuid PRIMARY KEY,
    program_id uuid NOT NULL REFERENCES programs (id),
    name       text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX cycles_name ON cycles (program_id, name);

CREATE TABLE calls (
    id              uuid PRIMARY KEY,
    cycle_id        uuid NOT NULL REFERENCES cycles (id),
    -- A published call is open between its instants; the clock decides, no job.
    state           text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'closed')),
    title           jsonb NOT NULL,
    summary         jsonb NOT NULL,
    about           jsonb NOT NULL,
    conduct         jsonb NOT NULL,
    notice          jsonb NOT NULL,
    -- In which languages the call is offered; the first is what others fall back to.
    locales         text[] NOT NULL CHECK (cardinality(locales) > 0),
    opens_at        timestamptz,
    closes_at       timestamptz,
    first_closes_at timestamptz,
    zone            text NOT NULL,
    places          integer NOT NULL DEFAULT 0 CHECK (places BETWEEN 0 AND 1000),
    grant_minor     bigint NOT NULL DEFAULT 0 CHECK (grant_minor >= 0),
    grant_currency  char(3) NOT NULL DEFAULT 'EUR',
    -- Adopted from the blueprint, then the network's own.
    composition     jsonb NOT NULL,
    criteria        jsonb NOT NULL,
    documents       jsonb NOT NULL,
    eligibility     jsonb NOT NULL,
    letters         jsonb NOT NULL,
    review          jsonb NOT NULL,
    form_id         uuid NOT NULL REFERENCES forms (id),
    form_version_id uuid NOT NULL REFERENCES form_versions (id),
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    created_by      uuid,
    published_at    timestamptz,
    CHECK (state = 'draft' OR (opens_at IS NOT NULL AND closes_at IS NOT NULL AND opens_at < closes_at AND published_at IS NOT NULL))
);

CREATE INDEX calls_by_time ON calls (created_at DESC, id DESC);

-- What applicants are told about an open call: the opening, extensions, corrected texts.
CREATE TABLE call_changes (
    id      uuid PRIMARY KEY,
    call_id uuid NOT NULL REFERENCES calls (id),
    at      timestamptz NOT NULL,
    by      uuid,
    kind    text NOT NULL CHECK (kind IN ('opened', 'extended', 'texts', 'closed')),
    before  text NOT NULL DEFAULT '',
    after   text NOT NULL DEFAULT '',
    reason  text NOT NULL DEFAULT ''
);

CREATE INDEX call_changes_by_call ON call_changes (call_id, at);

-- One organization may hand in until a later instant than all others.
CREATE TABLE late_permissions (
    call_id         uuid NOT NULL REFERENCES calls (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    until           timestamptz NOT NULL,
    reason          text NOT NULL CHECK (reason <> ''),
    given_at        timestamptz NOT NULL,
    given_by        uuid,
    PRIMARY KEY (call_id, organization_id)
);

-- +goose Down
DROP TABLE late_permissions;
DROP TABLE call_changes;
DROP TABLE calls;
DROP TABLE cycles;
DROP TABLE programs;
