-- +goose Up
-- The further applications of a partnership whose organizations have each won their place alone; the first one stands with it.
CREATE TABLE partnership_applications (
    application_id uuid PRIMARY KEY,
    partnership_id uuid NOT NULL REFERENCES partnerships (id)
);

CREATE INDEX partnership_applications_of ON partnership_applications (partnership_id);

-- +goose Down
DROP TABLE partnership_applications;
