package selection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type waysRow struct {
	bun.BaseModel `bun:"table:selection_ways,alias:w"`

	CallID    ids.Call   `bun:"call_id,pk"`
	Adjusted  bool       `bun:"adjusted"`
	ChangedAt time.Time  `bun:"changed_at"`
	ChangedBy ids.Person `bun:"changed_by"`
}

// isAdjusted reports whether adjusted means stand beside the raw ones in a call's ranking.
func isAdjusted(ctx context.Context, db bun.IDB, call ids.Call) (bool, error) {
	var row waysRow
	err := db.NewSelect().Model(&row).Where("w.call_id = ?", call).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("selection: read how the ranking is shown: %w", err)
	}
	return row.Adjusted, nil
}

func setAdjusted(ctx context.Context, tx *tenants.Tx, call ids.Call, adjusted bool) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	row := waysRow{CallID: call, Adjusted: adjusted, ChangedAt: now, ChangedBy: tx.Scope().Actor().Person}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (call_id) DO UPDATE").
		Set("adjusted = EXCLUDED.adjusted, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: change how the ranking is shown: %w", err)
	}
	return nil
}
