package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type clarificationRow struct {
	bun.BaseModel `bun:"table:clarifications,alias:q"`

	ApplicationID ids.Application `bun:"application_id,pk"`
	CallID        ids.Call        `bun:"call_id"`
	Question      string          `bun:"question"`
	AskedAt       time.Time       `bun:"asked_at"`
	AskedBy       ids.Person      `bun:"asked_by"`
	Answer        string          `bun:"answer"`
	AnsweredAt    time.Time       `bun:"answered_at,nullzero"`
	AnsweredBy    ids.Person      `bun:"answered_by"`
}

func clarifications(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Clarification, error) {
	var rows []clarificationRow
	if err := narrow(db.NewSelect().Model(&rows)).Order("q.asked_at", "q.application_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list clarifications: %w", err)
	}
	all := make([]Clarification, len(rows))
	for i, r := range rows {
		all[i] = Clarification{
			Application: r.ApplicationID, Call: r.CallID, Question: r.Question, AskedAt: r.AskedAt, AskedBy: r.AskedBy, Answer: r.Answer, AnsweredAt: r.AnsweredAt,
			AnsweredBy: r.AnsweredBy,
		}
	}
	return all, nil
}

func clarificationsOf(ctx context.Context, db bun.IDB, applications []ids.Application) ([]Clarification, error) {
	return clarifications(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("q.application_id IN (?)", bun.List(applications))
	})
}

func clarificationsAbout(ctx context.Context, db bun.IDB, call ids.Call) ([]Clarification, error) {
	return clarifications(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("q.call_id = ?", call) })
}

// openClarifications are those of all calls that wait for an answer.
func openClarifications(ctx context.Context, db bun.IDB) ([]Clarification, error) {
	return clarifications(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("q.answered_at IS NULL") })
}

// ask keeps a question; false where one was asked before.
func ask(ctx context.Context, tx *tenants.Tx, c Clarification) (bool, error) {
	r := clarificationRow{ApplicationID: c.Application, CallID: c.Call, Question: c.Question, AskedAt: c.AskedAt, AskedBy: c.AskedBy}
	result, err := tx.NewInsert().Model(&r).On("CONFLICT (application_id) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: ask for a clarification: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// clarify keeps an answer; false where there is one.
func clarify(ctx context.Context, tx *tenants.Tx, id ids.Application, answer string, at time.Time, by ids.Person) (bool, error) {
	result, err := tx.NewUpdate().Model((*clarificationRow)(nil)).Set("answer = ?, answered_at = ?, answered_by = ?", answer, at, by).
		Where("q.application_id = ?", id).Where("q.answered_at IS NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: answer a clarification: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
