-- +goose Up
-- What is new in a form is seen by each organization for itself.
ALTER TABLE application_parts ADD COLUMN news_since_id uuid REFERENCES form_versions (id);
UPDATE application_parts AS p SET news_since_id = a.news_since_id FROM applications AS a WHERE a.id = p.application_id AND p.organization_id IS NOT NULL;
ALTER TABLE applications DROP COLUMN news_since_id;

-- +goose Down
ALTER TABLE applications ADD COLUMN news_since_id uuid REFERENCES form_versions (id);
UPDATE applications AS a SET news_since_id = (SELECT news_since_id FROM application_parts AS p WHERE p.application_id = a.id AND news_since_id IS NOT NULL LIMIT 1);
ALTER TABLE application_parts DROP COLUMN news_since_id;
