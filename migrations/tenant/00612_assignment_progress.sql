-- +goose Up
-- How much of an assignment is computed, in percent.
ALTER TABLE assignment_runs ADD COLUMN progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100);

-- +goose Down
ALTER TABLE assignment_runs DROP COLUMN progress;
