-- +goose Up
-- What the reviewers of an application tell its applicants together, one text for each criterion.
CREATE TABLE review_statements (
    application_id uuid PRIMARY KEY,
    texts          jsonb NOT NULL,
    content        text NOT NULL CHECK (content ~ '^[0-9a-f]{64}$'), -- the digest of the texts
    at             timestamptz NOT NULL,
    by             uuid NOT NULL
);

-- Who agrees, and to exactly what.
CREATE TABLE review_agreements (
    application_id uuid NOT NULL REFERENCES review_statements (application_id),
    person_id      uuid NOT NULL,
    content        text NOT NULL CHECK (content ~ '^[0-9a-f]{64}$'),
    at             timestamptz NOT NULL,
    PRIMARY KEY (application_id, person_id)
);

-- +goose Down
DROP TABLE review_agreements;
DROP TABLE review_statements;
