-- +goose Up
-- The step up to which the draft stands; later ones were undone and can be done again.
ALTER TABLE form_drafts ADD COLUMN step bigint NOT NULL DEFAULT 0 CHECK (step >= 0);

-- What each change of a draft turned into what, for undo and redo.
CREATE TABLE form_draft_steps (
    form_id uuid NOT NULL REFERENCES form_drafts (form_id) ON DELETE CASCADE,
    number  bigint NOT NULL CHECK (number > 0),
    patch   jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid,
    PRIMARY KEY (form_id, number)
);

-- Who is changing a form just now, and where in it.
CREATE TABLE form_draft_presences (
    form_id   uuid NOT NULL REFERENCES forms (id) ON DELETE CASCADE,
    person_id uuid NOT NULL,
    place     text NOT NULL CHECK (place ~ '^[a-z0-9_/]{0,160}$'),
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (form_id, person_id)
);

-- +goose Down
DROP TABLE form_draft_presences;
DROP TABLE form_draft_steps;
ALTER TABLE form_drafts DROP COLUMN step;
