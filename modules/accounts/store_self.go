package accounts

import (
	"context"
	"fmt"
	"time"

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

type tokenRow struct {
	bun.BaseModel `bun:"table:access_tokens"`

	ID        ids.Token  `bun:"id,pk"`
	Hash      []byte     `bun:"hash"`
	PersonID  ids.Person `bun:"person_id"`
	Name      string     `bun:"name"`
	CreatedAt time.Time  `bun:"created_at,nullzero,default:now()"`
	ExpiresAt time.Time  `bun:"expires_at"`
}

func tokensOf(ctx context.Context, db bun.IDB, person ids.Person) ([]tokenRow, error) {
	var rows []tokenRow
	err := db.NewSelect().Model(&rows).Column("id", "name", "created_at", "expires_at").Where("person_id = ?", person).
		Where("expires_at > now()").Order("created_at DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("accounts: list access tokens: %w", err)
	}
	return rows, nil
}

func insertToken(ctx context.Context, tx *tenants.Tx, row tokenRow) error {
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: keep access token: %w", err)
	}
	return nil
}

func deleteToken(ctx context.Context, tx *tenants.Tx, person ids.Person, id ids.Token) error {
	if _, err := tx.NewDelete().Table("access_tokens").Where("id = ?", id).Where("person_id = ?", person).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: revoke access token: %w", err)
	}
	return nil
}
