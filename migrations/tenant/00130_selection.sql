-- +goose Up
-- One reviewer's judgment of one application, from the assignment on. Calls, applications and people are other modules';
-- they are never deleted while a network lives.
CREATE TABLE reviews (
    id              uuid PRIMARY KEY,
    call_id         uuid NOT NULL,
    application_id  uuid NOT NULL,
    person_id       uuid NOT NULL,
    state           text NOT NULL DEFAULT 'assigned' CHECK (state IN ('assigned', 'open', 'submitted', 'recused', 'removed')),
    due_at          timestamptz NOT NULL,
    assigned_at     timestamptz NOT NULL,
    assigned_by     uuid,
    declared_at     timestamptz, -- that there is no conflict of interest
    submitted_at    timestamptz,
    points          integer CHECK (points BETWEEN 0 AND 10000), -- hundredths of a point on the scale of 100
    comment         text NOT NULL DEFAULT '', -- to the panel, never to applicants
    comment_version bigint NOT NULL DEFAULT 0,
    UNIQUE (application_id, person_id),
    CHECK ((state = 'submitted') = (points IS NOT NULL)),
    CHECK ((state = 'submitted') = (submitted_at IS NOT NULL))
);

CREATE INDEX reviews_by_call ON reviews (call_id, application_id);
CREATE INDEX reviews_by_person ON reviews (person_id, state);

-- What a review says of one criterion: a score, and words for the applicants.
CREATE TABLE review_marks (
    review_id uuid NOT NULL REFERENCES reviews (id),
    criterion text NOT NULL CHECK (criterion <> ''),
    score     integer CHECK (score >= 0),
    feedback  text NOT NULL DEFAULT '',
    version   bigint NOT NULL DEFAULT 1,
    saved_at  timestamptz NOT NULL,
    PRIMARY KEY (review_id, criterion)
);

-- Who must not know of an application, and why. One that was found by the program and undone is not found again.
CREATE TABLE conflicts (
    id             uuid PRIMARY KEY,
    call_id        uuid NOT NULL,
    application_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('membership', 'domain', 'work', 'family', 'money', 'cooperation', 'dispute', 'other')),
    note           text NOT NULL DEFAULT '',
    detected       boolean NOT NULL DEFAULT false,
    at             timestamptz NOT NULL,
    undone_at      timestamptz,
    undone_by      uuid,
    undone_reason  text NOT NULL DEFAULT '',
    UNIQUE (application_id, person_id, kind),
    CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
    CHECK (undone_by <> person_id)
);

CREATE INDEX conflicts_by_person ON conflicts (person_id) WHERE undone_at IS NULL;
CREATE INDEX conflicts_by_call ON conflicts (call_id);

-- What is decided in a call: one list, closed by one person, signed by another, then released.
CREATE TABLE decision_lists (
    call_id       uuid PRIMARY KEY,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'signed', 'released')),
    version       bigint NOT NULL DEFAULT 1,
    places        integer NOT NULL CHECK (places > 0),
    reply_by      timestamptz,
    waiting_until timestamptz, -- when the waiting list ends
    closed_at     timestamptz,
    closed_by     uuid,
    signed_at     timestamptz,
    signed_by     uuid,
    batch         text NOT NULL DEFAULT '', -- the letters of the signed list, in the outbox
    released_at   timestamptz,
    released_by   uuid,
    CHECK (signed_by <> closed_by),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((state IN ('signed', 'released')) = (signed_at IS NOT NULL)),
    CHECK ((state = 'released') = (released_at IS NOT NULL))
);

CREATE TABLE decisions (
    id             uuid PRIMARY KEY,
    call_id        uuid NOT NULL REFERENCES decision_lists (call_id),
    application_id uuid NOT NULL UNIQUE,
    outcome        text NOT NULL CHECK (outcome IN ('selected', 'waiting', 'rejected')),
    state          text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'offered', 'waiting', 'rejected', 'accepted', 'declined',
                       'lapsed', 'withdrawn')),
    waiting        integer NOT NULL DEFAULT 0 CHECK (waiting >= 0), -- the order of the waiting list, from 1
    place          integer CHECK (place > 0),                       -- which of the call's places it holds
    decided_at     timestamptz NOT NULL,
    decided_by     uuid,
    reply_by       timestamptz,
    answered_at    timestamptz,
    answered_by    uuid,
    CHECK ((outcome = 'waiting') = (waiting > 0)),
    CHECK ((state IN ('offered', 'accepted')) = (place IS NOT NULL)),
    CHECK (state <> 'offered' OR reply_by IS NOT NULL)
);

-- No place is held twice, whatever the program does.
CREATE UNIQUE INDEX decisions_place ON decisions (call_id, place) WHERE place IS NOT NULL;
CREATE INDEX decisions_by_call ON decisions (call_id, state);

-- Who has accepted a place for which organization; a place is taken when all of them have.
CREATE TABLE acceptances (
    decision_id     uuid NOT NULL REFERENCES decisions (id),
    organization_id uuid NOT NULL,
    at              timestamptz NOT NULL,
    by              uuid NOT NULL,
    PRIMARY KEY (decision_id, organization_id)
);

-- +goose Down
DROP TABLE acceptances;
DROP TABLE decisions;
DROP TABLE decision_lists;
DROP TABLE conflicts;
DROP TABLE review_marks;
DROP TABLE reviews;
