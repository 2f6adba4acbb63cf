-- +goose Up
-- What applicants must do or show before a place that they have accepted is theirs.
CREATE TABLE place_conditions (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    call_id        uuid NOT NULL REFERENCES decision_lists (call_id),
    words          text NOT NULL CHECK (words <> ''),
    days           integer NOT NULL CHECK (days BETWEEN 1 AND 365), -- after the place was accepted
    set_at         timestamptz NOT NULL,
    set_by         uuid NOT NULL,
    due_at         timestamptz,                                     -- once it was accepted
    answer         text NOT NULL DEFAULT '',
    answered_at    timestamptz,
    answered_by    uuid,
    returned       text NOT NULL DEFAULT '',                        -- what is missing, or was when the place was taken back
    returned_at    timestamptz,
    returned_by    uuid,
    met_at         timestamptz,
    met_by         uuid,
    CHECK ((answered_at IS NULL) = (answer = '')),
    CHECK ((returned_at IS NULL) = (returned = '')),
    CHECK (due_at IS NOT NULL OR (answered_at IS NULL AND met_at IS NULL)),
    CHECK ((met_at IS NULL) = (met_by IS NULL))
);

CREATE INDEX place_conditions_by_application ON place_conditions (application_id);
CREATE INDEX place_conditions_by_call ON place_conditions (call_id);

-- A place that was accepted on conditions is held until they are met, or it is taken back.
ALTER TABLE decisions DROP CONSTRAINT decisions_state_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_state_check CHECK (state IN ('draft', 'offered', 'waiting', 'rejected', 'conditional', 'accepted', 'declined',
                       'lapsed', 'withdrawn'));
ALTER TABLE decisions DROP CONSTRAINT decisions_check1;
ALTER TABLE decisions ADD CONSTRAINT decisions_place_held CHECK ((state IN ('offered', 'conditional', 'accepted')) = (place IS NOT NULL));

-- +goose Down
UPDATE decisions SET state = 'accepted' WHERE state = 'conditional';
ALTER TABLE decisions DROP CONSTRAINT decisions_place_held;
ALTER TABLE decisions ADD CONSTRAINT decisions_check1 CHECK ((state IN ('offered', 'accepted')) = (place IS NOT NULL));
ALTER TABLE decisions DROP CONSTRAINT decisions_state_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_state_check CHECK (state IN ('draft', 'offered', 'waiting', 'rejected', 'accepted', 'declined',
                       'lapsed', 'withdrawn'));
DROP TABLE place_conditions;
