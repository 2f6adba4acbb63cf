-- +goose Up
-- Who of the team has written or read the reference of a sample before having scored that: they score it no more.
CREATE TABLE calibration_readers (
    calibration_id uuid NOT NULL REFERENCES calibrations (id),
    person_id      uuid NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (calibration_id, person_id)
);

-- +goose Down
DROP TABLE calibration_readers;
