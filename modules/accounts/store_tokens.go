package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Token is a personal token as its owner sees it; what it is made of was shown once.
type Token struct {
	bun.BaseModel `bun:"table:tokens"`

	ID        ids.Token `bun:"id,pk"`
	Name      string    `bun:"name"`
	CreatedAt time.Time `bun:"created_at"`
	ExpiresAt time.Time `bun:"expires_at"`
	UsedAt    time.Time `bun:"used_at,nullzero"`
	Expired   bool      `bun:"expired,scanonly"`
}

// insertToken keeps a token and tells when it expires; false where a token of that id was made before.
func insertToken(ctx context.Context, tx *tenants.Tx, id ids.Token, hash []byte, person ids.Person, name string, days int) (time.Time, bool, error) {
	var expires time.Time
	err := tx.NewRaw(`INSERT INTO tokens (id, token_hash, person_id, name, scope, expires_at)
		VALUES (?, ?, ?, ?, 'read', now() + make_interval(days => ?)) ON CONFLICT (id) DO NOTHING RETURNING expires_at`, id, hash, person, name, days).Scan(ctx, &expires)
	return one(expires, err, "token")
}

func countTokens(ctx context.Context, db bun.IDB, person ids.Person) (int, error) {
	var n int
	if err := db.NewRaw("SELECT count(*) FROM tokens WHERE person_id = ? AND expires_at > now()", person).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("accounts: count tokens: %w", err)
	}
	return n, nil
}

func tokensOf(ctx context.Context, db bun.IDB, person ids.Person) ([]Token, error) {
	var rows []Token
	err := db.NewSelect().Model(&rows).Column("id", "name", "created_at", "expires_at", "used_at").ColumnExpr("expires_at <= now() AS expired").
		Where("person_id = ?", person).Order("created_at DESC", "id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("accounts: list tokens: %w", err)
	}
	return rows, nil
}

// actorOfToken finds token, person and roles in one query.
func actorOfToken(ctx context.Context, sc tenants.Scope, hash []byte) (row actorRow, found bool, err error) {
	err = sc.Ask(ctx, tenants.Question{
		Query: `SELECT t.id, coalesce(t.used_at < now() - interval '1 minute', true), ` + actorColumns + `
			FROM tokens t JOIN people p ON p.id = t.person_id WHERE t.token_hash = $1 AND t.expires_at > now()`,
		Args: []any{hash}, Row: func(r *tenants.Row) error {
			found = true
			return r.Scan(&row.Token, &row.Stale, &row.Person, &row.Identity, &row.Name, &row.Email, &row.Locale, &row.Grants)
		},
	})
	if err != nil {
		return row, false, fmt.Errorf("accounts: find token: %w", err)
	}
	return row, found, nil
}

func useToken(ctx context.Context, tx *tenants.Tx, id ids.Token) error {
	if _, err := tx.NewUpdate().Table("tokens").Set("used_at = now()").Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: note token as used: %w", err)
	}
	return nil
}

// dropToken ends a token of the person and reports whether it was there.
func dropToken(ctx context.Context, tx *tenants.Tx, person ids.Person, id ids.Token) (bool, error) {
	result, err := tx.NewDelete().Table("tokens").Where("person_id = ?", person).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("accounts: end token: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
