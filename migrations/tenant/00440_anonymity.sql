-- +goose Up
-- Whether reviewers learn who applies may be changed after the publication of a call, until one of them opens an application.
ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form', 'criteria', 'retention', 'anonymity'));

-- To which organizations that apply in a call somebody who reviews without knowing whose application is whose is not impartial.
CREATE TABLE impartiality_declarations (
    call_id         uuid NOT NULL,
    person_id       uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind            text NOT NULL DEFAULT '' CHECK (kind IN ('', 'membership', 'work', 'family', 'money', 'cooperation', 'dispute', 'other')), -- empty: impartial
    at              timestamptz NOT NULL,
    PRIMARY KEY (call_id, person_id, organization_id)
);

CREATE INDEX impartiality_declarations_by_person ON impartiality_declarations (person_id);

-- +goose Down
DROP TABLE impartiality_declarations;
DELETE FROM call_changes WHERE kind = 'anonymity';
ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form', 'criteria', 'retention'));
