-- +goose Up
-- What is erased of applications when its time is over: the team is told before it, and afterwards it is known that it was done.
CREATE TABLE application_erasures (
    application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    class          text NOT NULL CHECK (class IN ('personal', 'special', 'financial')),
    told_at        timestamptz NOT NULL,
    erased_at      timestamptz CHECK (erased_at >= told_at),
    answers        integer NOT NULL DEFAULT 0 CHECK (answers >= 0),
    PRIMARY KEY (application_id, class)
);

ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form', 'criteria', 'retention'));

-- +goose Down
DELETE FROM call_changes WHERE kind = 'retention';
ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form', 'criteria'));
DROP TABLE application_erasures;
