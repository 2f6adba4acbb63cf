-- +goose Up
-- A criterion may have a scale of its own, in half points; what is changed of a call's criteria after its publication stands in
-- its public log.
ALTER TABLE review_marks ALTER COLUMN score TYPE numeric(3, 1);
ALTER TABLE review_marks ADD CONSTRAINT review_marks_half_points CHECK (score * 2 = trunc(score * 2));

ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form', 'criteria'));

-- +goose Down
DELETE FROM call_changes WHERE kind = 'criteria';
ALTER TABLE call_changes DROP CONSTRAINT call_changes_kind_check;
ALTER TABLE call_changes ADD CONSTRAINT call_changes_kind_check CHECK (kind IN ('opened', 'extended', 'texts', 'closed', 'calendar', 'form'));
ALTER TABLE review_marks DROP CONSTRAINT review_marks_half_points;
ALTER TABLE review_marks ALTER COLUMN score TYPE integer USING round(score);
