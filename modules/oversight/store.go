package oversight

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type rollupRow struct {
	bun.BaseModel `bun:"table:rollups"`

	TenantID   ids.Tenant      `bun:"tenant_id,pk"`
	Counts     json.RawMessage `bun:"counts,type:jsonb"`
	CountedAt  time.Time       `bun:"counted_at,nullzero"`
	StaleSince time.Time       `bun:"stale_since,nullzero"`
}

// rollups reads how networks stand, all in one query.
func rollups(ctx context.Context, db bun.IDB, wanted ...ids.Tenant) (map[ids.Tenant]rollupRow, error) {
	found := map[ids.Tenant]rollupRow{}
	if len(wanted) == 0 {
		return found, nil
	}
	var rows []rollupRow
	if err := db.NewSelect().Model(&rows).Where("tenant_id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("oversight: read rollups: %w", err)
	}
	for _, r := range rows {
		found[r.TenantID] = r
	}
	return found, nil
}

func (r rollupRow) figures() (Figures, error) {
	var f Figures
	if len(r.Counts) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(r.Counts, &f); err != nil {
		return f, fmt.Errorf("oversight: read figures: %w", err)
	}
	return f, nil
}

// markStale notes that something has happened in a network, and reports whether nobody has been told to count yet. A mark
// that nobody has acted on for a quarter of an hour is taken for a lost one.
func markStale(ctx context.Context, tx *tenants.Tx, tenant ids.Tenant) (bool, error) {
	result, err := tx.NewRaw(`INSERT INTO rollups AS r (tenant_id, stale_since) VALUES (?, now()) ON CONFLICT (tenant_id) DO UPDATE
		SET stale_since = now() WHERE r.stale_since IS NULL OR r.stale_since < now() - interval '15 minutes'`, tenant).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("oversight: mark network: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// unmark is done before counting: what happens from then on marks the network again.
func unmark(ctx context.Context, tx *tenants.Tx, tenant ids.Tenant) error {
	if _, err := tx.NewRaw("UPDATE rollups SET stale_since = NULL WHERE tenant_id = ?", tenant).Exec(ctx); err != nil {
		return fmt.Errorf("oversight: unmark network: %w", err)
	}
	return nil
}

// save keeps what was counted, unless something counted later is there already: two counts may run at once.
func save(ctx context.Context, tx *tenants.Tx, tenant ids.Tenant, f Figures, began time.Time) error {
	counts, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("oversight: write figures: %w", err)
	}
	_, err = tx.NewRaw(`INSERT INTO rollups AS r (tenant_id, counts, counted_at) VALUES (?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE
		SET counts = EXCLUDED.counts, counted_at = EXCLUDED.counted_at WHERE r.counted_at IS NULL OR r.counted_at <= EXCLUDED.counted_at`,
		tenant, string(counts), began).Exec(ctx)
	if err != nil {
		return fmt.Errorf("oversight: keep figures: %w", err)
	}
	return nil
}
