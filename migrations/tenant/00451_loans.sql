-- +goose Up
-- What this network has asked of others, each request once for a call and a network until it is answered. What it says stands in
-- the shared tables, as the other one reads it.
CREATE TABLE loan_requests (
    id        uuid PRIMARY KEY,
    call_id   uuid NOT NULL,
    lender_id uuid NOT NULL,
    open      boolean NOT NULL DEFAULT true,
    due       timestamptz NOT NULL,
    asked_by  uuid,
    asked_at  timestamptz NOT NULL
);

CREATE UNIQUE INDEX loan_requests_once ON loan_requests (call_id, lender_id) WHERE open;

-- How this network has answered what others asked of it, and whom it lends.
CREATE TABLE loan_answers (
    request_id  uuid PRIMARY KEY,
    agreed      boolean NOT NULL,
    answered_by uuid,
    answered_at timestamptz NOT NULL
);

CREATE TABLE loans (
    id         uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES loan_answers (request_id),
    person_id  uuid NOT NULL,
    ended_at   timestamptz,
    UNIQUE (request_id, person_id)
);

-- +goose Down
DROP TABLE loans;
DROP TABLE loan_answers;
DROP TABLE loan_requests;
