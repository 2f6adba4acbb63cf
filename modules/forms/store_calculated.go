package forms

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/tenants"
)

// holdSheet lets one after the other work out what a sheet calculates; answers may be written meanwhile.
func holdSheet(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet) error {
	if _, err := tx.NewRaw(`SELECT id FROM sheets WHERE id = ? FOR NO KEY UPDATE`, sheet).Exec(ctx); err != nil {
		return fmt.Errorf("forms: hold sheet: %w", err)
	}
	return nil
}

// putResult keeps a calculated answer, whatever was there.
func putResult(ctx context.Context, tx *tenants.Tx, e Edit) error {
	var by *ids.Person
	if !e.By.IsZero() {
		by = &e.By
	}
	_, err := tx.NewRaw(`INSERT INTO answers AS a (sheet_id, question, value, version, updated_at, updated_by) VALUES (?, ?, ?::jsonb, 1, ?, ?)
		ON CONFLICT (sheet_id, question) DO UPDATE SET value = excluded.value, version = a.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
		e.Sheet, e.Ref, string(e.Value), tx.Moment(), by).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forms: keep calculated answer: %w", err)
	}
	return nil
}
