-- +goose Up
-- Automatic assignments of reviewers. The instance is what the command solve reads, the answer what it prints; both go by
-- places in the two lists.
CREATE TABLE assignment_runs (
    id           uuid PRIMARY KEY,
    call_id      uuid NOT NULL,
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'infeasible', 'cancelled', 'failed', 'applied')),
    by_person    uuid,
    at           timestamptz NOT NULL,
    ended_at     timestamptz,
    applied_by   uuid,
    applied_at   timestamptz,
    settings     jsonb NOT NULL,
    applications uuid[] NOT NULL,
    reviewers    uuid[] NOT NULL,
    instance     jsonb NOT NULL,
    basis        jsonb NOT NULL,
    answer       jsonb,
    obstacles    jsonb,
    CHECK ((state = 'applied') = (applied_at IS NOT NULL)),
    CHECK (state NOT IN ('done', 'applied', 'infeasible') OR answer IS NOT NULL)
);

CREATE INDEX assignment_runs_by_call ON assignment_runs (call_id, at DESC);

-- +goose Down
DROP TABLE assignment_runs;
