-- +goose Up
-- Nobody is asked twice for the same call, but whoever stopped can be asked again.
DROP INDEX reviewer_invitations_once;
CREATE UNIQUE INDEX reviewer_invitations_once ON reviewer_invitations (call_id, email_key) WHERE state IN ('sent', 'accepted', 'lapsed') AND ended_at IS NULL;

-- +goose Down
DROP INDEX reviewer_invitations_once;
CREATE UNIQUE INDEX reviewer_invitations_once ON reviewer_invitations (call_id, email_key) WHERE state IN ('sent', 'accepted', 'lapsed');
