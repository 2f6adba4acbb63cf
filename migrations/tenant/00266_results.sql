-- +goose Up
-- When the results of a call were made known to everybody. Who is named in them, the consents say at every moment.
CREATE TABLE results (
    call_id      uuid PRIMARY KEY,
    published_at timestamptz NOT NULL,
    published_by uuid NOT NULL
);

-- Which organization agrees to be named as one that was accepted.
CREATE TABLE result_consents (
    application_id  uuid NOT NULL,
    organization_id uuid NOT NULL,
    at              timestamptz NOT NULL,
    by              uuid NOT NULL,
    PRIMARY KEY (application_id, organization_id)
);

-- +goose Down
DROP TABLE result_consents;
DROP TABLE results;
