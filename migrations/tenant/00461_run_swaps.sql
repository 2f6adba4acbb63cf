-- +goose Up
-- Which two changed places by hand, one after the other, so that it can be undone; and how far a run is, in percent.
ALTER TABLE matching_runs ADD COLUMN swaps jsonb NOT NULL DEFAULT '[]';
ALTER TABLE matching_runs ADD COLUMN progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100);

-- +goose Down
ALTER TABLE matching_runs DROP COLUMN progress;
ALTER TABLE matching_runs DROP COLUMN swaps;
