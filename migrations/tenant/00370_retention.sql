-- +goose Up
-- For how many months after an application is over its answers are kept, by the kind of data that they are.
ALTER TABLE calls ADD COLUMN retention jsonb NOT NULL DEFAULT '{}';

-- What was erased of applications when its time was over.
CREATE TABLE application_erasures (
    application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    class          text NOT NULL CHECK (class IN ('personal', 'special', 'financial')),
    erased_at      timestamptz NOT NULL,
    answers        integer NOT NULL CHECK (answers >= 0),
    PRIMARY KEY (application_id, class)
);

-- +goose Down
DROP TABLE application_erasures;
ALTER TABLE calls DROP COLUMN retention;
