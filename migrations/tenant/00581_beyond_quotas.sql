-- +goose Up
-- Whether the selection as a whole missed a quota as its list was released. NULL: the list is not released, or was before this was
-- kept; then whether there is a reason stands for it.
ALTER TABLE decision_lists ADD COLUMN beyond_quotas boolean;

-- The applications about which the letters of a released batch do not go, also not one that is written only afterwards.
ALTER TABLE message_batches ADD COLUMN without uuid[] NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE message_batches DROP COLUMN without;
ALTER TABLE decision_lists DROP COLUMN beyond_quotas;
