-- +goose Up
-- The form of a published call may change. An application's sheets then ask what the newer version asks; what was handed in
-- stays with the version that it was given to.
ALTER TABLE applications ADD COLUMN submitted_version_id uuid REFERENCES form_versions (id);
UPDATE applications SET submitted_version_id = form_version_id WHERE submitted_at IS NOT NULL;
-- The version before the latest change, until the applicants have seen what is new.
ALTER TABLE applications ADD COLUMN news_since_id uuid REFERENCES form_versions (id);

ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form'));

-- +goose Down
DELETE FROM call_changes WHERE kind = 'form';
ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar'));
ALTER TABLE applications DROP COLUMN news_since_id;
ALTER TABLE applications DROP COLUMN submitted_version_id;
