-- +goose Up
-- Minutes of a panel are papers as well; they are about a call and not about one application.
ALTER TABLE papers ADD COLUMN call_id uuid REFERENCES calls (id) ON DELETE CASCADE;
ALTER TABLE papers ALTER COLUMN application_id DROP NOT NULL;
ALTER TABLE papers DROP CONSTRAINT papers_kind_check;
ALTER TABLE papers ADD CONSTRAINT papers_kind_check CHECK (kind IN ('receipt', 'dossier', 'letter', 'earlier', 'minutes'));
ALTER TABLE papers ADD CONSTRAINT papers_about_check CHECK ((kind = 'minutes') = (call_id IS NOT NULL) AND (call_id IS NULL) <> (application_id IS NULL));
CREATE UNIQUE INDEX papers_of_calls_once ON papers (call_id, kind, content) WHERE call_id IS NOT NULL;

-- +goose Down
DELETE FROM papers WHERE kind = 'minutes';
DROP INDEX papers_of_calls_once;
ALTER TABLE papers DROP CONSTRAINT papers_about_check;
ALTER TABLE papers DROP CONSTRAINT papers_kind_check;
ALTER TABLE papers ADD CONSTRAINT papers_kind_check CHECK (kind IN ('receipt', 'dossier', 'letter', 'earlier'));
ALTER TABLE papers ALTER COLUMN application_id SET NOT NULL;
ALTER TABLE papers DROP COLUMN call_id;
