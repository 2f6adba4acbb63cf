package forms

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// askedOn are some sheets of one form, with its versions, the newest first.
type askedOn struct {
	sheets   []ids.Sheet
	versions []Definition
}

// everAsked are the sheets by their forms, with all that these have ever asked.
func everAsked(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet) ([]askedOn, error) {
	var rows []struct {
		Sheets     []ids.Sheet `bun:"sheets,array"`
		Definition json.RawMessage
		FormID     ids.Form
	}
	err := tx.NewRaw(`WITH concerned AS (
			SELECT v.form_id, array_agg(s.id) AS sheets FROM sheets AS s JOIN form_versions AS v ON v.id = s.form_version_id WHERE s.id IN (?) GROUP BY v.form_id)
		SELECT c.sheets, v.definition, v.form_id FROM concerned AS c JOIN form_versions AS v ON v.form_id = c.form_id ORDER BY v.form_id, v.number DESC`,
		bun.List(sheets)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("forms: read what was asked: %w", err)
	}
	var all []askedOn
	var form ids.Form
	for i := range rows {
		if i == 0 || rows[i].FormID != form {
			form, all = rows[i].FormID, append(all, askedOn{sheets: rows[i].Sheets})
		}
		d, err := Read(rows[i].Definition)
		if err != nil {
			return nil, err
		}
		one := &all[len(all)-1]
		one.versions = append(one.versions, d)
	}
	return all, nil
}

// expireAnswers deletes the sheets' answers to the questions, of every item.
func expireAnswers(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet, questions []string) (int, error) {
	if len(questions) == 0 {
		return 0, nil
	}
	result, err := tx.NewRaw(`DELETE FROM answers WHERE sheet_id IN (?) AND split_part(question, '.', 1) IN (?)`, bun.List(sheets), bun.List(questions)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("forms: erase answers: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// expireCells takes columns out of the rows of the sheets' answers to a question, and out of the rows' replacements.
func expireCells(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet, question string, columns []string) (int, error) {
	result, err := tx.NewRaw(`UPDATE answers AS a SET version = a.version + 1, updated_at = ?0,
			value = (SELECT coalesce(jsonb_agg(CASE
				WHEN jsonb_typeof(r.row -> 'replacement') = 'object' THEN jsonb_set(r.row - ARRAY[?1]::text[], '{replacement}', (r.row -> 'replacement') - ARRAY[?1]::text[])
				WHEN jsonb_typeof(r.row) = 'object' THEN r.row - ARRAY[?1]::text[]
				ELSE r.row END ORDER BY r.n), '[]') FROM jsonb_array_elements(a.value) WITH ORDINALITY AS r (row, n))
		WHERE a.sheet_id IN (?2) AND split_part(a.question, '.', 1) = ?3 AND jsonb_typeof(a.value) = 'array'
			AND EXISTS (SELECT 1 FROM jsonb_array_elements(a.value) AS e (row) WHERE jsonb_typeof(e.row) = 'object'
				AND (jsonb_exists_any(e.row, ARRAY[?1]::text[]) OR jsonb_exists_any(e.row -> 'replacement', ARRAY[?1]::text[])))`,
		tx.Moment(), bun.List(columns), bun.List(sheets), question).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("forms: erase columns: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}
