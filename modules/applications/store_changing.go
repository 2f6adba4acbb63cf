package applications

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Writing counts the applications to a call that can still be changed. It is for other modules' use-cases, which have
// authorized.
func Writing(ctx context.Context, db bun.IDB, call ids.Call) (int, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM applications WHERE call_id = ? AND state IN ('draft', 'submitted')`, call).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("applications: count writers: %w", err)
	}
	return n, nil
}

// behind are the applications to a call that can still be changed and ask an older version, with their parts: however late a
// change is heard of, none goes back. Nobody else
// changes them, or writes on their sheets, until the transaction ends.
func behind(ctx context.Context, tx *tenants.Tx, call ids.Call, version ids.FormVersion) ([]Application, error) {
	return withParts(ctx, tx, tx.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).Where("a.state IN ('draft', 'submitted')").
		Where("(SELECT number FROM form_versions WHERE id = a.form_version_id) < (SELECT number FROM form_versions WHERE id = ?)", version).OrderExpr("a.id").For("UPDATE OF a"))
}

// renew gives applications the newer version of the form, remembers the one that their people know, and takes confirmations
// of drafts back when something is asked anew.
func renew(ctx context.Context, tx *tenants.Tx, all []Application, version ids.FormVersion, asks bool) error {
	found := make([]ids.Application, len(all))
	for i := range all {
		found[i] = all[i].ID
	}
	_, err := tx.NewRaw(`UPDATE applications SET news_since_id = coalesce(news_since_id, form_version_id), form_version_id = ?, version = version + 1
		WHERE id IN (?)`, version, bun.List(found)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: renew form: %w", err)
	}
	if !asks {
		return nil
	}
	_, err = tx.NewRaw(`UPDATE application_parts SET confirmed_at = NULL, confirmed_by = NULL WHERE confirmed_at IS NOT NULL
		AND application_id IN (SELECT id FROM applications WHERE id IN (?) AND state = 'draft')`, bun.List(found)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: take confirmations back: %w", err)
	}
	return nil
}

func seen(ctx context.Context, tx *tenants.Tx, id ids.Application) error {
	if _, err := tx.NewRaw(`UPDATE applications SET news_since_id = NULL WHERE id = ?`, id).Exec(ctx); err != nil {
		return fmt.Errorf("applications: note news as seen: %w", err)
	}
	return nil
}
