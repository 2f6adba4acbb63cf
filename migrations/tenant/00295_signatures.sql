-- +goose Up
-- What coordinators signed before a call opened: the list as it was, and the content that it was about. A signature never
-- changes; it holds as long as the call has that content.
CREATE TABLE call_signatures (
    id        uuid PRIMARY KEY,
    call_id   uuid NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    -- The hash of what the call opens with.
    content   text NOT NULL CHECK (content ~ '^[0-9a-f]{64}$'),
    checklist jsonb NOT NULL,
    remark    text NOT NULL,
    signed_by uuid NOT NULL,
    signed_at timestamptz NOT NULL
);

CREATE INDEX call_signatures_by_call ON call_signatures (call_id, signed_at DESC, id);

-- +goose Down
DROP TABLE call_signatures;
