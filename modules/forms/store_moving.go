package forms

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// versionsOf are the sheets by the version that they ask, in one query.
func versionsOf(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet) (map[ids.FormVersion][]ids.Sheet, error) {
	var rows []sheetRow
	if err := tx.NewSelect().Model(&rows).Column("id", "form_version_id").Where("id IN (?)", bun.List(sheets)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("forms: read sheets' versions: %w", err)
	}
	found := map[ids.FormVersion][]ids.Sheet{}
	for _, r := range rows {
		found[r.FormVersionID] = append(found[r.FormVersionID], r.ID)
	}
	return found, nil
}

// moveSheets gives sheets another version and takes answers back: their number goes on, so that a page on which they still
// stand clashes with it.
func moveSheets(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet, to ids.FormVersion, back []string) error {
	if _, err := tx.NewUpdate().Model((*sheetRow)(nil)).Set("form_version_id = ?", to).Where("id IN (?)", bun.List(sheets)).Exec(ctx); err != nil {
		return fmt.Errorf("forms: move sheets: %w", err)
	}
	if len(back) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`WITH back AS (UPDATE answers SET value = 'null', version = version + 1, updated_at = ?
			WHERE sheet_id IN (?) AND split_part(question, '.', 1) IN (?) AND value <> 'null' RETURNING sheet_id, question, version, value, updated_at)
		INSERT INTO statements (sheet_id, question, version, value, stated_at) SELECT sheet_id, question, version, value, updated_at FROM back`,
		tx.Moment(), bun.List(sheets), bun.List(back)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forms: take statements back: %w", err)
	}
	return nil
}
