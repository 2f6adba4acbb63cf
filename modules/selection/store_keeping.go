package selection

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/figures"
	"kervan/tenants"
)

type keptRow struct {
	bun.BaseModel `bun:"table:kept_agreements,alias:ka"`

	ID           ids.Run                 `bun:"id,pk"`
	CallID       ids.Call                `bun:"call_id"`
	At           time.Time               `bun:"at"`
	Why          Keeping                 `bun:"why"`
	ByPerson     ids.Person              `bun:"by_person"`
	Applications []ids.Application       `bun:"applications,array"`
	Reviewers    []ids.Person            `bun:"reviewers,array"`
	Rated        []int64                 `bun:"rated,array"`
	Instances    map[string]keptInstance `bun:"instances,type:jsonb"`
}

func (r *keptRow) kept() kept {
	return kept{
		KeptLine: KeptLine{ID: r.ID, At: r.At, Why: r.Why, By: r.ByPerson}, call: r.CallID, applications: r.Applications, reviewers: r.Reviewers, rated: r.Rated,
		instances: r.Instances,
	}
}

func insertKept(ctx context.Context, tx *tenants.Tx, k *kept) error {
	row := keptRow{
		ID: k.ID, CallID: k.call, At: k.At, Why: k.Why, ByPerson: k.By, Applications: k.applications, Reviewers: k.reviewers, Rated: k.rated, Instances: k.instances,
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("selection: keep agreement: %w", err)
	}
	return nil
}

// keptAgreements are those of a call, the newest first, without their instances.
func keptAgreements(ctx context.Context, db bun.IDB, call ids.Call) ([]kept, error) {
	var rows []keptRow
	err := db.NewSelect().Model(&rows).ExcludeColumn("instances").Where("ka.call_id = ?", call).OrderExpr("ka.at DESC, ka.id DESC").Limit(4 * MostKept).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("selection: list kept agreements: %w", err)
	}
	all := make([]kept, len(rows))
	for i := range rows {
		all[i] = rows[i].kept()
	}
	return all, nil
}

func findKept(ctx context.Context, db bun.IDB, call ids.Call, id ids.Run) (kept, error) {
	var rows []keptRow
	if err := db.NewSelect().Model(&rows).Where("ka.id = ? AND ka.call_id = ?", id, call).Scan(ctx); err != nil {
		return kept{}, fmt.Errorf("selection: find kept agreement: %w", err)
	}
	if len(rows) == 0 {
		return kept{}, fault.NotFound()
	}
	return rows[0].kept(), nil
}

// lastKept is the one of a call that was kept last; none if none was.
func lastKept(ctx context.Context, tx *tenants.Tx, call ids.Call) (kept, error) {
	var rows []keptRow
	if err := tx.NewSelect().Model(&rows).Where("ka.call_id = ?", call).OrderExpr("ka.at DESC, ka.id DESC").Limit(1).Scan(ctx); err != nil {
		return kept{}, fmt.Errorf("selection: find what was kept last: %w", err)
	}
	if len(rows) == 0 {
		return kept{}, nil
	}
	return rows[0].kept(), nil
}

// countKept is how many of a call were kept by hand.
func countKept(ctx context.Context, tx *tenants.Tx, call ids.Call) (int, error) {
	n := 0
	if err := tx.NewRaw("SELECT count(*) FROM kept_agreements WHERE call_id = ? AND why = ?", call, KeptByHand).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("selection: count kept agreements: %w", err)
	}
	return n, nil
}

// scoredReviews are the submitted reviews of a call with their scores, by application: all as they are at one instant.
func scoredReviews(ctx context.Context, tx *tenants.Tx, call ids.Call) ([]Review, error) {
	var rows []struct {
		ID          ids.Review      `bun:"id"`
		Application ids.Application `bun:"application_id"`
		Person      ids.Person      `bun:"person_id"`
		Points      int64           `bun:"points"`
		Criterion   sql.NullString  `bun:"criterion"`
		Score       sql.NullFloat64 `bun:"score"`
	}
	err := tx.NewRaw(`SELECT r.id, r.application_id, r.person_id, r.points, m.criterion, m.score FROM reviews AS r LEFT JOIN review_marks AS m ON m.review_id = r.id
		WHERE r.call_id = ? AND r.state = 'submitted' ORDER BY r.application_id, r.assigned_at, r.id`, call).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("selection: list scored reviews: %w", err)
	}
	var all []Review
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.ID {
			all = append(all, Review{
				ID: row.ID, Call: call, Application: row.Application, Person: row.Person, State: ReviewSubmitted, Points: figures.Points(row.Points), Marks: map[string]Mark{},
			})
		}
		if row.Criterion.Valid && row.Score.Valid {
			all[len(all)-1].Marks[row.Criterion.String] = Mark{Score: row.Score.Float64}
		}
	}
	return all, nil
}
