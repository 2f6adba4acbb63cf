-- +goose Up
-- What only accepted applicants are asked. They write it on the sheets of their application and send copies of them; the last
-- copy of a sheet counts.
CREATE TABLE later_sendings (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    sheet_id       uuid NOT NULL REFERENCES sheets (id),
    copy_id        uuid NOT NULL UNIQUE REFERENCES sheets (id),
    sent_at        timestamptz NOT NULL,
    sent_by        uuid
);

CREATE INDEX later_sendings_by_sheet ON later_sendings (application_id, sheet_id, sent_at DESC);

-- Until when they may; a call without a row sets no end.
CREATE TABLE later_dues (
    call_id uuid PRIMARY KEY REFERENCES calls (id),
    due_at  timestamptz NOT NULL
);

-- When an organization was last reminded of what it has not sent.
CREATE TABLE later_reminders (
    application_id  uuid NOT NULL REFERENCES applications (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    reminded_at     timestamptz NOT NULL,
    PRIMARY KEY (application_id, organization_id)
);

-- +goose Down
DROP TABLE later_reminders;
DROP TABLE later_dues;
DROP TABLE later_sendings;
