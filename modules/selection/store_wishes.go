package selection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// wishable are the calls, or whether the one is among them, whose reviewers are asked what they would like and whose decisions are
// open.
func wishable(ctx context.Context, db bun.IDB, one *ids.Call) ([]ids.Call, error) {
	var found []ids.Call
	q := db.NewSelect().TableExpr("selection_ways AS w").Column("w.call_id").Where("w.wished").
		Where("NOT EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = w.call_id AND l.state <> 'open')").Order("w.call_id")
	if one != nil {
		q = q.Where("w.call_id = ?", *one)
	}
	if err := q.Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("selection: list calls that ask for wishes: %w", err)
	}
	return found, nil
}

// wishableBy are the calls, or the one, of which the actor may say what they would like to review.
func wishableBy(ctx context.Context, sc tenants.Scope, one *ids.Call) ([]ids.Call, error) {
	asked, err := wishable(ctx, sc.Read(), one)
	if err != nil || len(asked) == 0 || sc.Actor().Has(tenants.RoleChair) {
		return asked, err
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer)
	if err != nil {
		return nil, err
	}
	bound, err := reviewers.BoundTo(ctx, sc.Read(), held)
	calls, lent := bound[sc.Actor().Person]
	return slices.DeleteFunc(asked, func(call ids.Call) bool { return lent && !slices.Contains(calls, call) }), err
}

// wishesOf are the wishes of all reviewers of a call.
func wishesOf(ctx context.Context, db bun.IDB, call ids.Call) ([]Wished, error) {
	var found []Wished
	err := db.NewRaw("SELECT call_id AS call, application_id AS application, person_id AS person, wish FROM review_wishes WHERE call_id = ? ORDER BY application_id, person_id", call).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list wishes: %w", err)
	}
	return found, nil
}

// keepWish writes a wish in place of the one before; the empty one takes it back.
func keepWish(ctx context.Context, tx *tenants.Tx, w Wished, now time.Time) error {
	query, args := "DELETE FROM review_wishes WHERE application_id = ? AND person_id = ?", []any{w.Application, w.Person}
	if w.Wish != "" {
		query = `INSERT INTO review_wishes (application_id, person_id, call_id, wish, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (application_id, person_id) DO UPDATE SET wish = EXCLUDED.wish, at = EXCLUDED.at`
		args = append(args, w.Call, w.Wish, now)
	}
	if _, err := tx.NewRaw(query, args...).Exec(ctx); err != nil {
		return fmt.Errorf("selection: keep wish: %w", err)
	}
	return nil
}
