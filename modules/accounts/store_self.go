package accounts

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func setLocale(ctx context.Context, tx *tenants.Tx, person ids.Person, locale i18n.Locale) error {
	if _, err := tx.NewUpdate().Table("people").Set("locale = ?", locale).Where("id = ?", person).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: keep language: %w", err)
	}
	return nil
}

func setProfile(ctx context.Context, tx *tenants.Tx, actor tenants.Actor, p Profile) (bool, error) {
	result, err := tx.NewUpdate().Table("people").Set("name = ?", p.Name).Set("locale = ?", p.Locale).
		Set("search = ?", i18n.SearchKey(p.Name+" "+actor.Email)).Set("version = version + 1").
		Where("id = ?", actor.Person).Where("version = ?", p.Version).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("accounts: change profile: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func peopleAfter(ctx context.Context, db bun.IDB, last ids.Person, limit int64) ([]personRow, error) {
	var rows []personRow
	q := db.NewSelect().Model(&rows).Column("id", "identity_id").Order("id").Limit(limit)
	if !last.IsZero() {
		q = q.Where("id > ?", last)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("accounts: walk people: %w", err)
	}
	return rows, nil
}

// loginsIn tells which of the logins exist, and of each whether it is noted as somebody of the tenant.
func loginsIn(ctx context.Context, db bun.IDB, tenant ids.Tenant, wanted []ids.Identity) (map[ids.Identity]bool, error) {
	var rows []struct {
		ID   ids.Identity `bun:"id"`
		Here bool         `bun:"here"`
	}
	err := db.NewRaw(`SELECT i.id, EXISTS (SELECT FROM identity_tenants t WHERE t.identity_id = i.id AND t.tenant_id = ?) AS here FROM identities i WHERE i.id IN (?)`,
		tenant, bun.List(wanted)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("accounts: find logins: %w", err)
	}
	known := make(map[ids.Identity]bool, len(rows))
	for _, r := range rows {
		known[r.ID] = r.Here
	}
	return known, nil
}
