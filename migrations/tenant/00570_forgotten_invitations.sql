-- +goose Up
-- When an invitation to review was taken back; of those that were before this was written down, the last day on which it could have
-- been accepted.
ALTER TABLE reviewer_invitations ADD COLUMN withdrawn_at timestamptz;
UPDATE reviewer_invitations SET withdrawn_at = until WHERE state = 'withdrawn';
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL));

-- When somebody was forgotten of whose invitation nothing has come, or whose loan is over: what stays is that there was one.
ALTER TABLE reviewer_invitations ADD COLUMN forgotten_at timestamptz;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_email_check;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_name_check;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_check1;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_check3;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_lent;
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_whole CHECK (forgotten_at IS NOT NULL
    OR email <> '' AND name <> '' AND (state = 'accepted') = (person_id IS NOT NULL) AND (substitute = '') = (substitute_email = '')
        AND (loan_id IS NULL) = (lent IS NULL));
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_lender CHECK ((loan_id IS NULL) = (lender = ''));
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_forgotten CHECK (forgotten_at IS NULL
    OR state <> 'sent' AND (state <> 'accepted' OR ended_at IS NOT NULL)
        AND email = '' AND email_key = '' AND name = '' AND note = '' AND substitute_name = '' AND substitute_email = '' AND person_id IS NULL AND lent IS NULL);

DROP INDEX reviewer_invitations_once;
CREATE UNIQUE INDEX reviewer_invitations_once ON reviewer_invitations (call_id, email_key)
    WHERE state IN ('sent', 'accepted', 'lapsed') AND ended_at IS NULL AND forgotten_at IS NULL;
CREATE INDEX reviewer_invitations_over ON reviewer_invitations (state, until) WHERE forgotten_at IS NULL AND (state <> 'accepted' OR loan_id IS NOT NULL);

-- +goose Down
DROP INDEX reviewer_invitations_over;
DELETE FROM reviewer_invitation_links WHERE invitation_id IN (SELECT id FROM reviewer_invitations WHERE forgotten_at IS NOT NULL);
UPDATE reviewer_invitations SET instead_of = NULL WHERE instead_of IN (SELECT id FROM reviewer_invitations WHERE forgotten_at IS NOT NULL);
DELETE FROM reviewer_invitations WHERE forgotten_at IS NOT NULL;
DROP INDEX reviewer_invitations_once;
CREATE UNIQUE INDEX reviewer_invitations_once ON reviewer_invitations (call_id, email_key) WHERE state IN ('sent', 'accepted', 'lapsed') AND ended_at IS NULL;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_forgotten;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_lender;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_whole;
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_lent CHECK ((loan_id IS NULL) = (lender = '') AND (loan_id IS NULL) = (lent IS NULL));
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_check3 CHECK ((substitute = '') = (substitute_email = ''));
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_check1 CHECK ((state = 'accepted') = (person_id IS NOT NULL));
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_name_check CHECK (name <> '');
ALTER TABLE reviewer_invitations ADD CONSTRAINT reviewer_invitations_email_check CHECK (email <> '');
ALTER TABLE reviewer_invitations DROP COLUMN forgotten_at;
ALTER TABLE reviewer_invitations DROP CONSTRAINT reviewer_invitations_withdrawn;
ALTER TABLE reviewer_invitations DROP COLUMN withdrawn_at;
