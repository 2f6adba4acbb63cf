package accounts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type identityRow struct {
	bun.BaseModel `bun:"table:identities"`

	ID           ids.Identity `bun:"id,pk"`
	Email        string       `bun:"email"`
	EmailKey     string       `bun:"email_key"`
	PasswordHash string       `bun:"password_hash,nullzero"`
}

type personRow struct {
	bun.BaseModel `bun:"table:people,alias:p"`

	ID            ids.Person   `bun:"id,pk"`
	IdentityID    ids.Identity `bun:"identity_id"`
	Email         string       `bun:"email"`
	EmailKey      string       `bun:"email_key"`
	Name          string       `bun:"name"`
	Search        string       `bun:"search"`
	Locale        i18n.Locale  `bun:"locale"`
	NoticeVersion string       `bun:"notice_version"`
	NoticeAt      time.Time    `bun:"notice_at"`
	Version       int64        `bun:"version,nullzero,default:1"`
	CreatedAt     time.Time    `bun:"created_at,nullzero,default:now()"`
}

func (p personRow) card() Card {
	return Card{ID: p.ID, Name: p.Name, Email: p.Email, Locale: p.Locale}
}

type linkRow struct {
	bun.BaseModel `bun:"table:links"`

	Hash      []byte          `bun:"hash,pk"`
	Purpose   string          `bun:"purpose"`
	Email     string          `bun:"email"`
	EmailKey  string          `bun:"email_key"`
	PersonID  ids.Person      `bun:"person_id"`
	Payload   json.RawMessage `bun:"payload,type:jsonb"`
	ExpiresAt time.Time       `bun:"expires_at"`
}

// one turns "no rows" into false.
func one[T any](row T, err error, what string) (T, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, false, nil
	}
	if err != nil {
		var zero T
		return zero, false, fmt.Errorf("accounts: find %s: %w", what, err)
	}
	return row, true, nil
}

func findIdentity(ctx context.Context, db bun.IDB, key string) (identityRow, bool, error) {
	var row identityRow
	err := db.NewSelect().Model(&row).Where("email_key = ?", key).Scan(ctx)
	return one(row, err, "identity")
}

func identityByID(ctx context.Context, db bun.IDB, id ids.Identity) (identityRow, bool, error) {
	var row identityRow
	err := db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return one(row, err, "identity")
}

// ensureIdentity finds or makes the identity of a proved address. A known one keeps its password.
func ensureIdentity(ctx context.Context, tx *tenants.Tx, email, passwordHash string, tenant ids.Tenant) (identityRow, error) {
	row := identityRow{ID: ids.New[ids.Identity](), Email: email, EmailKey: emailKey(email), PasswordHash: passwordHash}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (email_key) DO NOTHING").Exec(ctx)
	if err != nil {
		return row, fmt.Errorf("accounts: make identity: %w", err)
	}
	found, _, err := findIdentity(ctx, tx, row.EmailKey)
	if err != nil {
		return row, err
	}
	_, err = tx.NewRaw("INSERT INTO identity_tenants (identity_id, tenant_id) VALUES (?, ?) ON CONFLICT DO NOTHING", found.ID, tenant).Exec(ctx)
	if err != nil {
		return row, fmt.Errorf("accounts: note network of identity: %w", err)
	}
	return found, nil
}

func setPassword(ctx context.Context, tx *tenants.Tx, id ids.Identity, hash string) error {
	if _, err := tx.NewUpdate().Table("identities").Set("password_hash = ?", hash).Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: set password: %w", err)
	}
	return nil
}

func tenantsOf(ctx context.Context, db bun.IDB, id ids.Identity) ([]ids.Tenant, error) {
	var all []ids.Tenant
	if err := db.NewSelect().Table("identity_tenants").Column("tenant_id").Where("identity_id = ?", id).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("accounts: list networks of identity: %w", err)
	}
	return all, nil
}

// fill adds one drop to each bucket and reports whether one of them was full. A full bucket takes no more: when the guessing
// stops, the next drip lets somebody in, however much was guessed.
func fill(ctx context.Context, tx *tenants.Tx, buckets []bucket) (full bool, err error) {
	const level = "greatest(0, t.level - extract(epoch FROM now() - t.at) / ?)"
	for _, b := range buckets {
		result, err := tx.NewRaw(`INSERT INTO throttles AS t (key, level, at) VALUES (?, 1, now()) ON CONFLICT (key) DO UPDATE
			SET level = `+level+` + 1, at = now() WHERE `+level+` + 1 <= ?`, b.key, b.drip.Seconds(), b.drip.Seconds(), b.size).Exec(ctx)
		if err != nil {
			return false, fmt.Errorf("accounts: fill throttle: %w", err)
		}
		taken, err := result.RowsAffected()
		if err != nil {
			return false, fmt.Errorf("accounts: fill throttle: %w", err)
		}
		full = full || taken == 0
	}
	return full, nil
}

func personByIdentity(ctx context.Context, db bun.IDB, id ids.Identity) (personRow, bool, error) {
	var row personRow
	err := db.NewSelect().Model(&row).Where("identity_id = ?", id).Scan(ctx)
	return one(row, err, "person")
}

func personByID(ctx context.Context, db bun.IDB, id ids.Person) (personRow, bool, error) {
	var row personRow
	err := db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return one(row, err, "person")
}

func personByEmail(ctx context.Context, db bun.IDB, key string) (personRow, bool, error) {
	var row personRow
	err := db.NewSelect().Model(&row).Where("email_key = ?", key).Scan(ctx)
	return one(row, err, "person")
}

func people(ctx context.Context, db bun.IDB, persons []ids.Person) ([]personRow, error) {
	var rows []personRow
	if len(persons) == 0 {
		return rows, nil
	}
	if err := db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(persons)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("accounts: list people: %w", err)
	}
	return rows, nil
}

// ensurePerson finds or makes the identity's person in the tenant.
func ensurePerson(ctx context.Context, tx *tenants.Tx, identity identityRow, name string, locale i18n.Locale) (personRow, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return personRow{}, err
	}
	row := personRow{
		ID: ids.New[ids.Person](), IdentityID: identity.ID, Email: identity.Email, EmailKey: identity.EmailKey, Name: name,
		Search: i18n.SearchKey(name + " " + identity.Email), Locale: locale, NoticeVersion: NoticeVersion, NoticeAt: now, CreatedAt: now,
	}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (identity_id) DO NOTHING").Exec(ctx); err != nil {
		return row, fmt.Errorf("accounts: make person: %w", err)
	}
	found, _, err := personByIdentity(ctx, tx, identity.ID)
	return found, err
}

func grantsOf(ctx context.Context, db bun.IDB, person ids.Person) ([]tenants.Grant, error) {
	var rows []tenants.Membership
	if err := db.NewSelect().Model(&rows).Where("person_id = ?", person).OrderExpr("granted_at, id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("accounts: list roles: %w", err)
	}
	grants := make([]tenants.Grant, len(rows))
	for i, r := range rows {
		grants[i] = tenants.Grant{Role: r.Role, Organization: r.Organization}
	}
	return grants, nil
}

func insertLink(ctx context.Context, tx *tenants.Tx, row linkRow) error {
	if row.Payload == nil {
		row.Payload = json.RawMessage("{}")
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: keep link: %w", err)
	}
	return nil
}

func findLink(ctx context.Context, db bun.IDB, purpose, token string) (linkRow, bool, error) {
	var row linkRow
	err := db.NewSelect().Model(&row).Where("hash = ?", hashToken(token)).Where("purpose = ?", purpose).
		Where("used_at IS NULL").Where("expires_at > now()").Scan(ctx)
	return one(row, err, "link")
}

// useLink takes the link out of use; of two that try, one succeeds.
func useLink(ctx context.Context, tx *tenants.Tx, purpose, token string) (linkRow, bool, error) {
	var row linkRow
	err := tx.NewUpdate().Model(&row).ModelTableExpr("links").Set("used_at = now()").Where("hash = ?", hashToken(token)).Where("purpose = ?", purpose).
		Where("used_at IS NULL").Where("expires_at > now()").Returning("hash, purpose, email, email_key, person_id, payload, expires_at").Scan(ctx)
	return one(row, err, "link")
}

// Holders are the people who hold a role of the network's team. It is for other modules' use-cases, which have authorized.
func (s *Service) Holders(ctx context.Context, db bun.IDB, role tenants.Role) ([]ids.Person, error) {
	var persons []ids.Person
	err := db.NewSelect().Model((*tenants.Membership)(nil)).ColumnExpr("DISTINCT person_id").Where("role = ?", role).Scan(ctx, &persons)
	if err != nil {
		return nil, fmt.Errorf("accounts: find holders of %s: %w", role, err)
	}
	return persons, nil
}

// Cards tells the names of people, all in one query. It is for other modules' use-cases, which have authorized.
func (s *Service) Cards(ctx context.Context, db bun.IDB, persons []ids.Person) (map[ids.Person]Card, error) {
	rows, err := people(ctx, db, persons)
	if err != nil {
		return nil, err
	}
	cards := make(map[ids.Person]Card, len(rows))
	for _, r := range rows {
		cards[r.ID] = r.card()
	}
	return cards, nil
}
