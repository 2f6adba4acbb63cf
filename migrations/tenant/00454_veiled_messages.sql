-- +goose Up
-- Mails to people whose address the network may not know yet: it stands there for the mail only.
ALTER TABLE messages ADD COLUMN veiled boolean NOT NULL DEFAULT false;

UPDATE messages SET veiled = true, search = replace(search, lower(address), '')
WHERE kind IN ('selection.mail.reviewer_asked', 'selection.mail.reviewer_reminded')
    AND address IN (SELECT email FROM reviewer_invitations WHERE loan_id IS NOT NULL AND state <> 'accepted');

-- +goose Down
ALTER TABLE messages DROP COLUMN veiled;
