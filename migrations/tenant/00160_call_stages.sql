-- +goose Up
-- The stages of the cycle that the call begins, with their days counted from its opening or its deadline.
ALTER TABLE calls ADD COLUMN stages jsonb NOT NULL DEFAULT '[]';

ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar'));

-- +goose Down
DELETE FROM call_changes WHERE kind = 'calendar';
ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed'));
ALTER TABLE calls DROP COLUMN stages;
