-- +goose Up
-- What a condition of a place asks for may be a document.
ALTER TABLE place_conditions
    ADD COLUMN document text NOT NULL DEFAULT '',        -- what it is called; empty: none is due
    ADD COLUMN kinds    text[] NOT NULL DEFAULT '{}',    -- those that are accepted
    DROP CONSTRAINT place_conditions_check,
    ADD CONSTRAINT place_conditions_document CHECK ((document = '') = (kinds = '{}')),
    ADD CONSTRAINT place_conditions_kinds CHECK (kinds <@ ARRAY['pdf', 'docx', 'odt', 'xlsx', 'ods', 'png', 'jpeg']),
    ADD CONSTRAINT place_conditions_answered CHECK (CASE WHEN answered_at IS NULL THEN answer = '' ELSE answer <> '' OR document <> '' END);

-- A document belongs to a question of a sheet, or to a condition of a place.
ALTER TABLE documents
    ADD COLUMN condition_id uuid REFERENCES place_conditions (id),
    ADD COLUMN application_id uuid, -- whose condition it is: whoever may learn nothing of that finds no trace of the document
    ALTER COLUMN sheet_id DROP NOT NULL,
    DROP CONSTRAINT documents_question_check,
    ADD CONSTRAINT documents_belong CHECK ((sheet_id IS NULL) = (condition_id IS NOT NULL) AND (sheet_id IS NULL) = (question = '')),
    ADD CONSTRAINT documents_application CHECK ((condition_id IS NULL) = (application_id IS NULL));

CREATE INDEX documents_by_condition ON documents (condition_id) WHERE condition_id IS NOT NULL;

-- What was handed in for a condition: the last counts, those before it stay to be read. A row goes when the answers of the
-- application are erased, and then the sweep takes the document.
CREATE TABLE condition_documents (
    document_id  uuid PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    condition_id uuid NOT NULL REFERENCES place_conditions (id),
    given_at     timestamptz NOT NULL,
    given_by     uuid NOT NULL
);

CREATE INDEX condition_documents_by_condition ON condition_documents (condition_id, given_at DESC);

-- +goose Down
DROP TABLE condition_documents;
DELETE FROM documents WHERE condition_id IS NOT NULL;
ALTER TABLE documents
    DROP CONSTRAINT documents_belong,
    DROP CONSTRAINT documents_application,
    DROP COLUMN application_id,
    DROP COLUMN condition_id,
    ALTER COLUMN sheet_id SET NOT NULL,
    ADD CONSTRAINT documents_question_check CHECK (question <> '');
UPDATE place_conditions SET answer = document WHERE answered_at IS NOT NULL AND answer = '';
ALTER TABLE place_conditions
    DROP CONSTRAINT place_conditions_answered,
    DROP COLUMN kinds,
    DROP COLUMN document,
    ADD CONSTRAINT place_conditions_check CHECK ((answered_at IS NULL) = (answer = ''));
