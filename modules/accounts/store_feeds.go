package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Feed is the secret address of a person's dates, as its owner sees it; the address itself was shown once.
type Feed struct {
	bun.BaseModel `bun:"table:calendar_feeds"`

	CreatedAt time.Time `bun:"created_at"`
	ReadAt    time.Time `bun:"read_at,nullzero"` // by a calendar program, to the hour; zero: not yet
}

func putFeed(ctx context.Context, tx *tenants.Tx, person ids.Person, hash []byte) error {
	_, err := tx.NewRaw(`INSERT INTO calendar_feeds (person_id, token_hash, created_at) VALUES (?, ?, now())
		ON CONFLICT (person_id) DO UPDATE SET token_hash = EXCLUDED.token_hash, created_at = EXCLUDED.created_at, read_at = NULL`, person, hash).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: make calendar: %w", err)
	}
	return nil
}

func feedOf(ctx context.Context, db bun.IDB, person ids.Person) (Feed, bool, error) {
	var f Feed
	err := db.NewSelect().Model(&f).Column("created_at", "read_at").Where("person_id = ?", person).Scan(ctx)
	return one(f, err, "calendar")
}

// actorOfFeed finds address, person and roles in one query.
func actorOfFeed(ctx context.Context, sc tenants.Scope, hash []byte) (row actorRow, found bool, err error) {
	err = sc.Ask(ctx, tenants.Question{
		Query: `SELECT coalesce(f.read_at < now() - interval '1 hour', true), ` + actorColumns + `
			FROM calendar_feeds f JOIN people p ON p.id = f.person_id WHERE f.token_hash = $1`,
		Args: []any{hash}, Row: func(r *tenants.Row) error {
			found = true
			return r.Scan(&row.Stale, &row.Person, &row.Identity, &row.Name, &row.Email, &row.Locale, &row.Grants)
		},
	})
	if err != nil {
		return row, false, fmt.Errorf("accounts: find calendar: %w", err)
	}
	return row, found, nil
}

func readFeed(ctx context.Context, tx *tenants.Tx, person ids.Person) error {
	if _, err := tx.NewUpdate().Model((*Feed)(nil)).Set("read_at = now()").Where("person_id = ?", person).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: note calendar as read: %w", err)
	}
	return nil
}

// dropFeed ends the person's address and reports whether there was one.
func dropFeed(ctx context.Context, tx *tenants.Tx, person ids.Person) (bool, error) {
	result, err := tx.NewDelete().Model((*Feed)(nil)).Where("person_id = ?", person).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("accounts: end calendar: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
