-- +goose Up
-- Conflicts of interest that are seen from partnerships, from invitations to an application, and from people whom two organizations
-- share.
ALTER TABLE conflicts DROP CONSTRAINT conflicts_kind_check;
ALTER TABLE conflicts ADD CONSTRAINT conflicts_kind_check
    CHECK (kind IN ('membership', 'invitation', 'partnership', 'people', 'domain', 'work', 'family', 'money', 'cooperation', 'dispute', 'other'));

-- +goose Down
DELETE FROM conflicts WHERE kind IN ('invitation', 'partnership', 'people');
ALTER TABLE conflicts DROP CONSTRAINT conflicts_kind_check;
ALTER TABLE conflicts ADD CONSTRAINT conflicts_kind_check CHECK (kind IN ('membership', 'domain', 'work', 'family', 'money', 'cooperation', 'dispute', 'other'));
