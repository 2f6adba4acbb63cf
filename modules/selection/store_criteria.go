package selection

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/tenants"
)

// holdCriteria lets a call's criteria be as they are until the transaction ends; many may hold them at once.
func holdCriteria(ctx context.Context, tx *tenants.Tx, call ids.Call) error {
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 7236320))", call.String()).Exec(ctx); err != nil {
		return fmt.Errorf("selection: hold criteria: %w", err)
	}
	return nil
}

// freezeCriteria waits for all who hold a call's criteria, and keeps others from it until the transaction ends.
func freezeCriteria(ctx context.Context, tx *tenants.Tx, call ids.Call) error {
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtextextended(?, 7236320))", call.String()).Exec(ctx); err != nil {
		return fmt.Errorf("selection: freeze criteria: %w", err)
	}
	return nil
}

func reviewing(ctx context.Context, db bun.IDB, call ids.Call) (Reviewing, error) {
	var r Reviewing
	err := db.NewRaw(`SELECT EXISTS (SELECT FROM reviews AS r WHERE r.call_id = ? AND (r.state = 'submitted' OR r.comment <> '' OR EXISTS (SELECT FROM review_marks AS m WHERE m.review_id = r.id))) AS begun,
		EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = ? AND l.state <> 'open') AS decided,
		EXISTS (SELECT FROM reviews AS r WHERE r.call_id = ? AND (r.state IN ('open', 'submitted') OR r.declared_at IS NOT NULL)) AS opened,
		EXISTS (SELECT FROM reviews AS r WHERE r.call_id = ?) OR EXISTS (SELECT FROM selection_ways AS w WHERE w.call_id = ? AND w.wished) AS met`, call, call, call, call, call).Scan(ctx, &r.Begun, &r.Decided, &r.Opened, &r.Met)
	if err != nil {
		return r, fmt.Errorf("selection: read how far reviewing is: %w", err)
	}
	if r.Met {
		return r, nil
	}
	// That wishes were asked for, and are not any more, only the trail knows.
	asked, err := audit.List(ctx, db, audit.Filter{SubjectKind: "call", SubjectID: call.String(), Action: "reviewer.wishes_asked", Limit: 1})
	r.Met = len(asked) > 0
	return r, err
}

// savePoints keeps the totals of submitted reviews, all in one statement.
func savePoints(ctx context.Context, tx *tenants.Tx, all []Review) error {
	if len(all) == 0 {
		return nil
	}
	type total struct {
		ID     ids.Review `bun:"id,type:uuid"`
		Points int64      `bun:"points,type:bigint"`
	}
	rows := make([]total, len(all))
	for i := range all {
		rows[i] = total{all[i].ID, int64(all[i].Points)}
	}
	_, err := tx.NewUpdate().With("now", tx.NewValues(&rows)).Model((*reviewRow)(nil)).TableExpr("now").
		Set("points = now.points").Where("r.id = now.id").Where("r.state = 'submitted'").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save totals: %w", err)
	}
	return nil
}
