-- +goose Up
-- The loans of reviewers of which this network has heard, and when it was told that one is over. What is over invites nobody, even where
-- that is heard before the loan itself.
CREATE TABLE received_loans (
    loan_id  uuid PRIMARY KEY,
    ended_at timestamptz
);

-- +goose Down
DROP TABLE received_loans;
