package tenants

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
)

type headRow struct {
	bun.BaseModel `bun:"table:trail_heads,alias:h"`

	TenantID ids.Tenant `bun:"tenant_id,pk"`
	Seq      int64      `bun:"seq"`
	Hash     []byte     `bun:"hash"`
}

// NoteHead keeps how far the tenant's audit trail goes, in the shared tables and in the log, which leaves the machine. A
// trail can only grow, so from then on nobody can cut off its end unseen.
func (t *Tenants) NoteHead(ctx context.Context, tenant Tenant) error {
	rows, err := audit.List(ctx, t.Bind(tenant, SystemActor("trail")).Read(), audit.Filter{Limit: 1})
	if err != nil || len(rows) == 0 {
		return err
	}
	head := headRow{TenantID: tenant.ID, Seq: rows[0].Seq, Hash: rows[0].Hash}
	err = t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewInsert().Model(&head).On("CONFLICT (tenant_id) DO UPDATE").Set("seq = EXCLUDED.seq").Set("hash = EXCLUDED.hash").Set("at = now()").
			Where("h.seq < EXCLUDED.seq").Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("tenants: note head of trail: %w", err)
	}
	slog.Info("head of trail", "tenant", tenant.Slug, "seq", head.Seq, "hash", hex.EncodeToString(head.Hash))
	return nil
}

// cut reports that the trail does not hold the row any more that was once its head.
func (t *Tenants) cut(ctx context.Context, tenant Tenant) (string, error) {
	var noted headRow
	err := t.platform.NewSelect().Model(&noted).Where("tenant_id = ?", tenant.ID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("tenants: read head of trail: %w", err)
	}
	rows, err := audit.List(ctx, t.Bind(tenant, SystemActor("check")).Read(), audit.Filter{Before: noted.Seq + 1, Limit: 1})
	if err != nil {
		return "", err
	}
	switch {
	case len(rows) == 0 || rows[0].Seq != noted.Seq:
		return fmt.Sprintf("audit trail: row %d was there once and is missing", noted.Seq), nil
	case !bytes.Equal(rows[0].Hash, noted.Hash):
		return fmt.Sprintf("audit trail: row %d is another one than it was", noted.Seq), nil
	default:
		return "", nil
	}
}
