package accounts

import (
	"context"
	"fmt"

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
