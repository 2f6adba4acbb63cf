package applications

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Writing counts the applications to a call that can still be changed: drafts, and those handed in. It is for other modules'
// use-cases, which have authorized.
func Writing(ctx context.Context, db bun.IDB, call ids.Call) (drafts, handedIn int, err error) {
	err = db.NewRaw(`SELECT count(*) FILTER (WHERE state = 'draft'), count(*) FILTER (WHERE state = 'submitted') FROM applications WHERE call_id = ?`, call).
		Scan(ctx, &drafts, &handedIn)
	if err != nil {
		return 0, 0, fmt.Errorf("applications: count writers: %w", err)
	}
	return drafts, handedIn, nil
}

// EverHandedIn reports whether an application to the call was ever handed in, whatever became of it. It is for other modules' use-cases,
// which have authorized.
func EverHandedIn(ctx context.Context, db bun.IDB, call ids.Call) (bool, error) {
	var handed bool
	if err := db.NewRaw(`SELECT EXISTS (SELECT FROM applications WHERE call_id = ? AND submitted_at IS NOT NULL)`, call).Scan(ctx, &handed); err != nil {
		return false, fmt.Errorf("applications: look whether one was handed in: %w", err)
	}
	return handed, nil
}

// behind are the applications to a call that can still be changed and ask an older version, with their parts: however late a
// change is heard of, none goes back. Nobody else changes them, or writes on their sheets, until the transaction ends.
func behind(ctx context.Context, tx *tenants.Tx, call ids.Call, version ids.FormVersion) ([]Application, error) {
	return withParts(ctx, tx, tx.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).Where("a.state IN ('draft', 'submitted')").
		Where("(SELECT number FROM form_versions WHERE id = a.form_version_id) < (SELECT number FROM form_versions WHERE id = ?)", version).OrderExpr("a.id").For("UPDATE OF a"))
}

// draftsOf are the drafts in which an organization has a seat, with their parts. Nobody else changes them, or writes on their
// sheets, until the transaction ends.
func draftsOf(ctx context.Context, tx *tenants.Tx, organization ids.Organization) ([]Application, error) {
	return withParts(ctx, tx, tx.NewSelect().Model((*applicationRow)(nil)).Where("a.state = 'draft'").
		Where("a.id IN (SELECT application_id FROM application_parts WHERE organization_id = ?)", organization).OrderExpr("a.id").For("UPDATE OF a"))
}

// renew gives applications the newer version of the form, remembers the one that each organization's people know, and takes
// confirmations of drafts back when something is asked anew.
func renew(ctx context.Context, tx *tenants.Tx, all []Application, version ids.FormVersion, asks bool) error {
	found := make([]ids.Application, len(all))
	for i := range all {
		found[i] = all[i].ID
	}
	_, err := tx.NewRaw(`UPDATE application_parts AS p SET news_since_id = a.form_version_id FROM applications AS a
		WHERE a.id = p.application_id AND a.id IN (?) AND p.organization_id IS NOT NULL AND p.news_since_id IS NULL`, bun.List(found)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: remember form: %w", err)
	}
	_, err = tx.NewRaw(`UPDATE applications SET form_version_id = ?, version = version + 1 WHERE id IN (?)`, version, bun.List(found)).Exec(ctx)
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

// seen notes what the organizations' people have been shown: up to that version, nothing is new to them. What is newer stays
// new, and what they had seen before is not new again.
func seen(ctx context.Context, tx *tenants.Tx, id ids.Application, organizations []ids.Organization, shown ids.FormVersion) error {
	_, err := tx.NewRaw(`UPDATE application_parts AS p SET news_since_id = CASE WHEN shown.id = newest.id THEN NULL ELSE shown.id END
		FROM applications AS a, form_versions AS newest, form_versions AS shown, form_versions AS known
		WHERE p.application_id = ? AND p.organization_id IN (?) AND a.id = p.application_id AND newest.id = a.form_version_id AND known.id = p.news_since_id
			AND shown.id = ? AND shown.form_id = newest.form_id AND shown.number <= newest.number AND shown.number > known.number`,
		id, bun.List(organizations), shown).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: note news as seen: %w", err)
	}
	return nil
}
