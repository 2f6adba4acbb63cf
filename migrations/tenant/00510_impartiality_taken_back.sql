-- +goose Up
-- What somebody has ticked by mistake in the list of all who apply is taken back by the coordinators, and stays known: an application
-- that came back to whoever has ticked its organization would tell them whose it is.
ALTER TABLE impartiality_declarations ADD COLUMN undone_at timestamptz;
ALTER TABLE impartiality_declarations ADD COLUMN undone_by uuid;
ALTER TABLE impartiality_declarations ADD CHECK ((undone_at IS NULL) = (undone_by IS NULL));
ALTER TABLE impartiality_declarations ADD CHECK (undone_at IS NULL OR kind <> '');

-- +goose Down
ALTER TABLE impartiality_declarations DROP COLUMN undone_by;
ALTER TABLE impartiality_declarations DROP COLUMN undone_at;
