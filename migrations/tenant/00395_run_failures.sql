-- +goose Up
-- Why a run has failed: it took too long, more groups are possible than the solver takes, or the program has a defect.
ALTER TABLE matching_runs ADD COLUMN failure text NOT NULL DEFAULT '' CHECK (failure IN ('', 'time', 'size', 'defect'));
UPDATE matching_runs SET failure = 'time' WHERE state = 'failed';
ALTER TABLE matching_runs ADD CONSTRAINT matching_runs_failure CHECK ((state = 'failed') = (failure <> ''));

-- +goose Down
ALTER TABLE matching_runs DROP COLUMN failure;
