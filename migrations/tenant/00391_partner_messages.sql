-- +goose Up
-- What two organizations write to each other. Nobody else reads it, unless one of them reports it.
CREATE TABLE matching_threads (
    id         uuid PRIMARY KEY,
    one_id     uuid NOT NULL REFERENCES organizations (id),
    other_id   uuid NOT NULL REFERENCES organizations (id),
    created_at timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    CHECK (one_id < other_id),
    UNIQUE (one_id, other_id)
);

CREATE INDEX matching_threads_by_other ON matching_threads (other_id);

CREATE TABLE matching_messages (
    id              uuid PRIMARY KEY,
    thread_id       uuid NOT NULL REFERENCES matching_threads (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations (id), -- which writes
    person_id       uuid,
    body            text NOT NULL,
    at              timestamptz NOT NULL
);

CREATE INDEX matching_messages_by_thread ON matching_messages (thread_id, at);

-- How far somebody has read a thread.
CREATE TABLE matching_readings (
    thread_id uuid NOT NULL REFERENCES matching_threads (id) ON DELETE CASCADE,
    person_id uuid NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (thread_id, person_id)
);

-- From whom an organization takes no messages.
CREATE TABLE matching_blocks (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    blocked_id      uuid NOT NULL REFERENCES organizations (id),
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, blocked_id),
    CHECK (organization_id <> blocked_id)
);

-- What an organization tells the coordinators of the other side of a thread.
CREATE TABLE matching_reports (
    id              uuid PRIMARY KEY,
    thread_id       uuid NOT NULL REFERENCES matching_threads (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations (id), -- which reports
    person_id       uuid,
    reason          text NOT NULL,
    at              timestamptz NOT NULL,
    outcome         text CHECK (outcome IN ('nothing', 'warning', 'bar')),
    note            text NOT NULL DEFAULT '', -- to the other side
    decided_at      timestamptz,
    decided_by      uuid,
    CHECK ((outcome IS NULL) = (decided_at IS NULL))
);

CREATE UNIQUE INDEX matching_reports_open ON matching_reports (thread_id, organization_id) WHERE outcome IS NULL;

-- Organizations that may not write to others.
CREATE TABLE matching_bars (
    organization_id uuid PRIMARY KEY REFERENCES organizations (id),
    at              timestamptz NOT NULL,
    by              uuid
);

-- +goose Down
DROP TABLE matching_bars;
DROP TABLE matching_reports;
DROP TABLE matching_blocks;
DROP TABLE matching_readings;
DROP TABLE matching_messages;
DROP TABLE matching_threads;
