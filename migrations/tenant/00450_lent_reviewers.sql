-- +goose Up
-- Whether a reviewer may be lent to other networks: only when they have said so themselves.
ALTER TABLE reviewer_profiles ADD COLUMN lendable boolean NOT NULL DEFAULT false;

-- An invitation of a reviewer whom another network lends: what it said of them, and what their organizations there are recognized
-- by, which nobody can read. A loan that was ended leaves what was submitted.
ALTER TABLE reviewer_invitations ADD COLUMN loan_id uuid;
ALTER TABLE reviewer_invitations ADD COLUMN lender text NOT NULL DEFAULT '';
ALTER TABLE reviewer_invitations ADD COLUMN lent jsonb;
ALTER TABLE reviewer_invitations ADD COLUMN ended_at timestamptz;
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_lent CHECK ((loan_id IS NULL) = (lender = '') AND (loan_id IS NULL) = (lent IS NULL));
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_ended CHECK (ended_at IS NULL OR state = 'accepted' AND loan_id IS NOT NULL);

CREATE UNIQUE INDEX reviewer_invitations_by_loan ON reviewer_invitations (loan_id) WHERE loan_id IS NOT NULL;
CREATE INDEX reviewer_invitations_lent_person ON reviewer_invitations (person_id) WHERE loan_id IS NOT NULL;

-- +goose Down
DROP INDEX reviewer_invitations_lent_person;
DROP INDEX reviewer_invitations_by_loan;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_ended;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_lent;
ALTER TABLE reviewer_invitations DROP COLUMN ended_at;
ALTER TABLE reviewer_invitations DROP COLUMN lent;
ALTER TABLE reviewer_invitations DROP COLUMN lender;
ALTER TABLE reviewer_invitations DROP COLUMN loan_id;
ALTER TABLE reviewer_profiles DROP COLUMN lendable;
