-- +goose Up
-- How the panel of a call wants to see its numbers; a call without a row is as new ones are.
CREATE TABLE selection_ways (
    call_id    uuid PRIMARY KEY,
    adjusted   boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL
);

-- +goose Down
DROP TABLE selection_ways;
