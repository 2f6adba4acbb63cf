package forms

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// definitionsOf are all that the sheets' forms have ever asked.
func definitionsOf(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet) ([]Definition, error) {
	var raw []json.RawMessage
	err := tx.NewRaw(`SELECT v.definition FROM form_versions AS v WHERE v.form_id IN (SELECT w.form_id FROM sheets AS s JOIN form_versions AS w ON w.id = s.form_version_id WHERE s.id IN (?))`,
		bun.List(sheets)).Scan(ctx, &raw)
	if err != nil {
		return nil, fmt.Errorf("forms: read what was asked: %w", err)
	}
	all := make([]Definition, len(raw))
	for i := range raw {
		if all[i], err = Read(raw[i]); err != nil {
			return nil, err
		}
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

// expireCells takes columns out of the rows of the sheets' answers to a question.
func expireCells(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet, question string, columns []string) (int, error) {
	result, err := tx.NewRaw(`UPDATE answers AS a SET version = a.version + 1, updated_at = ?0,
			value = (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(r.row) = 'object' THEN r.row - ARRAY[?1]::text[] ELSE r.row END ORDER BY r.n), '[]') FROM jsonb_array_elements(a.value) WITH ORDINALITY AS r (row, n))
		WHERE a.sheet_id IN (?2) AND split_part(a.question, '.', 1) = ?3 AND jsonb_typeof(a.value) = 'array'
			AND EXISTS (SELECT 1 FROM jsonb_array_elements(a.value) AS e (row) WHERE jsonb_typeof(e.row) = 'object' AND jsonb_exists_any(e.row, ARRAY[?1]::text[]))`,
		tx.Moment(), bun.List(columns), bun.List(sheets), question).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("forms: erase columns: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}
