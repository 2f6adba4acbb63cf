-- +goose Up
-- Automatic assignments of those who accompany partnerships. The instance is what the command solve reads, the answer what it
-- prints; both go by places in the two lists, as does what was chosen in the end: -1 is nobody.
CREATE TABLE facilitation_runs (
    id           uuid PRIMARY KEY,
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'infeasible', 'cancelled', 'failed', 'applied')),
    by_person    uuid,
    at           timestamptz NOT NULL,
    ended_at     timestamptz,
    applied_by   uuid,
    applied_at   timestamptz,
    settings     jsonb NOT NULL,
    reason       text NOT NULL DEFAULT '', -- why somebody is replaced; they read it
    partnerships uuid[] NOT NULL,
    people       uuid[] NOT NULL,
    instance     jsonb NOT NULL,
    basis        jsonb NOT NULL,
    answer       jsonb,
    obstacles    jsonb,
    chosen       integer[] NOT NULL DEFAULT '{}',
    CHECK ((state = 'applied') = (applied_at IS NOT NULL)),
    CHECK (state NOT IN ('done', 'applied', 'infeasible') OR answer IS NOT NULL)
);

CREATE INDEX facilitation_runs_by_time ON facilitation_runs (at DESC, id);

-- +goose Down
DROP TABLE facilitation_runs;
