-- +goose Up
-- How many selected applications a call allows with an organization from one country; whoever closes the list with more says why.
ALTER TABLE calls ADD COLUMN quotas jsonb NOT NULL DEFAULT '[]';
ALTER TABLE decision_lists ADD COLUMN quota_reason text NOT NULL DEFAULT '' CHECK (length(quota_reason) <= 2000);

-- +goose Down
ALTER TABLE decision_lists DROP COLUMN quota_reason;
ALTER TABLE calls DROP COLUMN quotas;
