package domains

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// reader is what reads the shared tables: a handle, or a transaction that is about to write.
type reader = bun.IDB

type row struct {
	bun.BaseModel `bun:"table:domains,alias:d"`

	ID         ids.Domain `bun:"id,pk"`
	TenantID   ids.Tenant `bun:"tenant_id"`
	Host       string     `bun:"host"`
	Proof      string     `bun:"proof"`
	State      State      `bun:"state"`
	ClaimedAt  time.Time  `bun:"claimed_at"`
	ProvedAt   time.Time  `bun:"proved_at,nullzero"`
	CheckedAt  time.Time  `bun:"checked_at,nullzero"`
	LostAt     time.Time  `bun:"lost_at,nullzero"`
	ReleasedAt time.Time  `bun:"released_at,nullzero"`
	Main       bool       `bun:"main,scanonly"`
}

func (r row) domain() Domain {
	return Domain{
		ID: r.ID, Tenant: r.TenantID, Host: r.Host, Proof: r.Proof, State: r.State, ClaimedAt: r.ClaimedAt, ProvedAt: r.ProvedAt, CheckedAt: r.CheckedAt,
		LostAt: r.LostAt, Main: r.Main,
	}
}

func selectDomains(db bun.IDB, rows *[]row) *bun.SelectQuery {
	return db.NewSelect().Model(rows).
		Column("d.id", "d.tenant_id", "d.host", "d.proof", "d.state", "d.claimed_at", "d.proved_at", "d.checked_at", "d.lost_at").
		ColumnExpr("coalesce(h.canonical, false) AS main").Join("LEFT JOIN hosts AS h ON h.host = d.host AND h.tenant_id = d.tenant_id AND d.state = 'active'").
		Where("d.state <> 'released'")
}

// ofTenant is the domain that the network wants or has; false: none.
func ofTenant(ctx context.Context, db bun.IDB, tenant ids.Tenant, lock bool) (Domain, bool, error) {
	var rows []row
	q := selectDomains(db, &rows).Where("d.tenant_id = ?", tenant)
	if lock {
		q = q.For("UPDATE OF d")
	}
	if err := q.Scan(ctx); err != nil {
		return Domain{}, false, fmt.Errorf("domains: find: %w", err)
	}
	for _, r := range rows {
		return r.domain(), true, nil
	}
	return Domain{}, false, nil
}

// everyone's are all domains that are claimed or active, those that were looked at longest ago first.
func everyones(ctx context.Context, db bun.IDB) ([]Domain, error) {
	var rows []row
	if err := selectDomains(db, &rows).OrderExpr("d.checked_at NULLS FIRST, d.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("domains: list: %w", err)
	}
	all := make([]Domain, len(rows))
	for i, r := range rows {
		all[i] = r.domain()
	}
	return all, nil
}

func insert(ctx context.Context, tx *tenants.Tx, d Domain) error {
	r := row{ID: d.ID, TenantID: d.Tenant, Host: d.Host, Proof: d.Proof, State: d.State, ClaimedAt: d.ClaimedAt}
	_, err := tx.NewInsert().Model(&r).Exec(ctx)
	if database.Violates(err, "domains_one_each") {
		return fault.Conflict("domains.one_each").Because(err)
	}
	if err != nil {
		return fmt.Errorf("domains: claim: %w", err)
	}
	return nil
}

// save keeps a domain. Where it has become active while another network has it, it is refused.
func save(ctx context.Context, tx *tenants.Tx, d Domain, now time.Time) error {
	r := row{ID: d.ID, State: d.State, ProvedAt: d.ProvedAt, CheckedAt: d.CheckedAt, LostAt: d.LostAt}
	if d.State == Released {
		r.ReleasedAt = now
	}
	_, err := tx.NewUpdate().Model(&r).Column("state", "proved_at", "checked_at", "lost_at", "released_at").WherePK().Exec(ctx)
	if database.Violates(err, "domains_one_owner") {
		return fault.Conflict("domains.taken").Because(err)
	}
	if err != nil {
		return fmt.Errorf("domains: save: %w", err)
	}
	return nil
}

// inQuarantine reports whether another network had the host, or one above or below it, and let it go a short while ago.
func inQuarantine(ctx context.Context, db bun.IDB, tenant ids.Tenant, host string, since time.Time) (bool, error) {
	for _, had := range []any{(*row)(nil), (*senderRow)(nil)} {
		var hosts []string
		err := db.NewSelect().Model(had).Column("host").Where("state = 'released'").Where("proved_at IS NOT NULL").
			Where("tenant_id <> ?", tenant).Where("released_at > ?", since).Scan(ctx, &hosts)
		if err != nil {
			return false, fmt.Errorf("domains: look into quarantine: %w", err)
		}
		for _, other := range hosts {
			if below(host, other) || below(other, host) {
				return true, nil
			}
		}
	}
	return false, nil
}
