-- +goose Up
-- The call stands in each part as long as the application is not withdrawn: so the database itself refuses an organization
-- a second seat in a call, whoever races whom.
ALTER TABLE application_parts ADD COLUMN call_id uuid REFERENCES calls (id);
UPDATE application_parts AS p SET call_id = a.call_id FROM applications AS a WHERE a.id = p.application_id AND a.state <> 'withdrawn';
CREATE UNIQUE INDEX application_parts_once ON application_parts (call_id, organization_id);

-- A number stays with its application, also when an organization has left and it is a draft again.
ALTER TABLE applications DROP CONSTRAINT applications_check;
ALTER TABLE applications ADD CONSTRAINT applications_numbered CHECK (number IS NOT NULL OR state IN ('draft', 'withdrawn'));
-- When the letter about a finding of ineligibility left the outbox; before, its applicants do not know.
ALTER TABLE applications ADD COLUMN told_at timestamptz;

-- What an organization wrote before it left, so that it is not lost when it comes back or applies elsewhere.
CREATE TABLE former_parts (
    sheet_id        uuid PRIMARY KEY REFERENCES sheets (id),
    application_id  uuid NOT NULL REFERENCES applications (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    left_at         timestamptz NOT NULL
);
CREATE INDEX former_parts_by_organization ON former_parts (organization_id, left_at DESC);

-- The questions that are open again while an application is returned for papers.
CREATE TABLE asked_papers (
    application_id uuid NOT NULL REFERENCES applications (id),
    sheet_id       uuid NOT NULL REFERENCES sheets (id),
    question       text NOT NULL,
    PRIMARY KEY (application_id, sheet_id, question)
);

-- Which text of the call's data notice stood when it was handed in.
ALTER TABLE submissions ADD COLUMN notice text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE submissions DROP COLUMN notice;
DROP TABLE asked_papers;
DROP TABLE former_parts;
ALTER TABLE applications DROP COLUMN told_at;
ALTER TABLE applications DROP CONSTRAINT applications_numbered;
ALTER TABLE applications ADD CONSTRAINT applications_check CHECK ((state = 'draft') = (number IS NULL) OR state = 'withdrawn') NOT VALID;
DROP INDEX application_parts_once;
ALTER TABLE application_parts DROP COLUMN call_id;
