package selection

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type opinionRow struct {
	bun.BaseModel `bun:"table:second_opinions,alias:o"`

	ID            ids.Opinion     `bun:"id,pk"`
	ApplicationID ids.Application `bun:"application_id"`
	CallID        ids.Call        `bun:"call_id"`
	ReviewID      ids.Review      `bun:"review_id,nullzero"`
	State         OpinionState    `bun:"state"`
	Reviews       sql.NullInt64   `bun:"reviews"`
	Reason        string          `bun:"reason"`
	AskedAt       time.Time       `bun:"asked_at"`
	AskedBy       ids.Person      `bun:"asked_by"`
	Answer        string          `bun:"answer"`
	AnsweredAt    time.Time       `bun:"answered_at,nullzero"`
	AnsweredBy    ids.Person      `bun:"answered_by,nullzero"`
}

// opinions are second opinions, the oldest first.
func opinions(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Opinion, error) {
	var rows []opinionRow
	if err := narrow(db.NewSelect().Model(&rows)).Order("o.asked_at", "o.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list second opinions: %w", err)
	}
	all := make([]Opinion, len(rows))
	for i, r := range rows {
		all[i] = Opinion{
			ID: r.ID, Application: r.ApplicationID, Call: r.CallID, Review: r.ReviewID, State: r.State, Reviews: int(r.Reviews.Int64), Reason: r.Reason,
			AskedAt: r.AskedAt, AskedBy: r.AskedBy, Answer: r.Answer, AnsweredAt: r.AnsweredAt, AnsweredBy: r.AnsweredBy,
		}
	}
	return all, nil
}

func opinionsOf(ctx context.Context, db bun.IDB, application ids.Application) ([]Opinion, error) {
	return opinions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("o.application_id = ?", application) })
}

func opinionsOfCall(ctx context.Context, db bun.IDB, call ids.Call) ([]Opinion, error) {
	return opinions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("o.call_id = ?", call) })
}

// standingOpinions are those of all calls whose decisions are open that were granted or wait for an answer.
func standingOpinions(ctx context.Context, db bun.IDB) ([]Opinion, error) {
	return opinions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("o.state IN (?, ?)", OpinionAsked, OpinionGranted).
			Where("EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = o.call_id AND l.state <> ?)", ListReleased)
	})
}

// opinionsToOwing are the second opinions on applications of which somebody owes a review.
func opinionsToOwing(ctx context.Context, db bun.IDB, person ids.Person) ([]ids.Opinion, error) {
	var found []ids.Opinion
	err := db.NewSelect().Table("second_opinions").Column("id").
		Where("application_id IN (SELECT application_id FROM reviews WHERE person_id = ? AND state IN (?, ?))", person, ReviewAssigned, ReviewOpen).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list concealed second opinions: %w", err)
	}
	return found, nil
}

// saveOpinion keeps a second opinion, of whose call the caller holds the list.
func saveOpinion(ctx context.Context, tx *tenants.Tx, o *Opinion) error {
	row := opinionRow{
		ID: o.ID, ApplicationID: o.Application, CallID: o.Call, ReviewID: o.Review, State: o.State, Reviews: sql.NullInt64{Int64: int64(o.Reviews), Valid: o.Reviews > 0},
		Reason: o.Reason, AskedAt: o.AskedAt, AskedBy: o.AskedBy, Answer: o.Answer, AnsweredAt: o.AnsweredAt, AnsweredBy: o.AnsweredBy,
	}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").
		Set("state = EXCLUDED.state, reviews = EXCLUDED.reviews, answer = EXCLUDED.answer, answered_at = EXCLUDED.answered_at, answered_by = EXCLUDED.answered_by").
		Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save a second opinion: %w", err)
	}
	return nil
}
