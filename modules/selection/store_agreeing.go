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

// manner is how the selection of a call goes on.
type manner struct {
	Adjusted bool // adjusted means stand beside the raw ones in the ranking
	Talk     Talk
	Wished   bool // reviewers say what they would like to review
}

type waysRow struct {
	bun.BaseModel `bun:"table:selection_ways,alias:w"`

	CallID    ids.Call   `bun:"call_id,pk"`
	Adjusted  bool       `bun:"adjusted"`
	Discussed bool       `bun:"discussed"`
	Named     bool       `bun:"named"`
	Wished    bool       `bun:"wished"`
	ChangedAt time.Time  `bun:"changed_at"`
	ChangedBy ids.Person `bun:"changed_by,nullzero"`
}

func waysOf(ctx context.Context, db bun.IDB, call ids.Call) (manner, error) {
	var row waysRow
	err := db.NewSelect().Model(&row).Where("w.call_id = ?", call).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return manner{}, nil
	}
	if err != nil {
		return manner{}, fmt.Errorf("selection: read how it goes on: %w", err)
	}
	return manner{Adjusted: row.Adjusted, Talk: Talk{On: row.Discussed, Named: row.Named}, Wished: row.Wished}, nil
}

func saveWays(ctx context.Context, tx *tenants.Tx, call ids.Call, w manner) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	row := waysRow{CallID: call, Adjusted: w.Adjusted, Discussed: w.Talk.On, Named: w.Talk.Named, Wished: w.Wished, ChangedAt: now, ChangedBy: tx.Scope().Actor().Person}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (call_id) DO UPDATE").
		Set("adjusted = EXCLUDED.adjusted, discussed = EXCLUDED.discussed, named = EXCLUDED.named, wished = EXCLUDED.wished, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: change how it goes on: %w", err)
	}
	return nil
}
