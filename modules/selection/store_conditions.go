package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type conditionRow struct {
	bun.BaseModel `bun:"table:place_conditions,alias:k"`

	ID            ids.Condition   `bun:"id,pk"`
	ApplicationID ids.Application `bun:"application_id"`
	CallID        ids.Call        `bun:"call_id"`
	Words         string          `bun:"words"`
	Days          int             `bun:"days"`
	Document      string          `bun:"document"`
	Kinds         []string        `bun:"kinds,array"`
	SetAt         time.Time       `bun:"set_at"`
	SetBy         ids.Person      `bun:"set_by"`
	DueAt         time.Time       `bun:"due_at,nullzero"`
	Answer        string          `bun:"answer"`
	AnsweredAt    time.Time       `bun:"answered_at,nullzero"`
	AnsweredBy    ids.Person      `bun:"answered_by,nullzero"`
	Returned      string          `bun:"returned"`
	ReturnedAt    time.Time       `bun:"returned_at,nullzero"`
	ReturnedBy    ids.Person      `bun:"returned_by,nullzero"`
	MetAt         time.Time       `bun:"met_at,nullzero"`
	MetBy         ids.Person      `bun:"met_by,nullzero"`
}

func (r *conditionRow) condition() Condition {
	return Condition{
		ID: r.ID, Application: r.ApplicationID, Call: r.CallID, Words: r.Words, Days: r.Days, Document: r.Document, Kinds: r.Kinds, SetAt: r.SetAt, SetBy: r.SetBy, DueAt: r.DueAt,
		Answer: r.Answer, AnsweredAt: r.AnsweredAt, AnsweredBy: r.AnsweredBy, Returned: r.Returned, ReturnedAt: r.ReturnedAt, ReturnedBy: r.ReturnedBy,
		MetAt: r.MetAt, MetBy: r.MetBy,
	}
}

func conditionRowOf(c *Condition) conditionRow {
	return conditionRow{
		ID: c.ID, ApplicationID: c.Application, CallID: c.Call, Words: c.Words, Days: c.Days, Document: c.Document, Kinds: append([]string{}, c.Kinds...), SetAt: c.SetAt, SetBy: c.SetBy, DueAt: c.DueAt,
		Answer: c.Answer, AnsweredAt: c.AnsweredAt, AnsweredBy: c.AnsweredBy, Returned: c.Returned, ReturnedAt: c.ReturnedAt, ReturnedBy: c.ReturnedBy,
		MetAt: c.MetAt, MetBy: c.MetBy,
	}
}

// conditions are those of places, the first that was set first.
func conditions(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) (map[ids.Application][]Condition, error) {
	var rows []conditionRow
	if err := narrow(db.NewSelect().Model(&rows)).Order("k.set_at", "k.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list conditions: %w", err)
	}
	all := map[ids.Application][]Condition{}
	for i := range rows {
		all[rows[i].ApplicationID] = append(all[rows[i].ApplicationID], rows[i].condition())
	}
	return all, nil
}

func conditionsFor(ctx context.Context, db bun.IDB, applications ...ids.Application) (map[ids.Application][]Condition, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	return conditions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("k.application_id IN (?)", bun.List(applications))
	})
}

func conditionsIn(ctx context.Context, db bun.IDB, call ids.Call) (map[ids.Application][]Condition, error) {
	return conditions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("k.call_id = ?", call) })
}

// pendingConditions are those of the places that are held on conditions, in all calls.
func pendingConditions(ctx context.Context, db bun.IDB) (map[ids.Application][]Condition, error) {
	return conditions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("EXISTS (SELECT 1 FROM decisions AS d WHERE d.application_id = k.application_id AND d.state = ?)", DecisionConditional)
	})
}

func insertCondition(ctx context.Context, tx *tenants.Tx, c *Condition) error {
	r := conditionRowOf(c)
	if _, err := tx.NewInsert().Model(&r).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("selection: set a condition: %w", err)
	}
	return nil
}

func saveCondition(ctx context.Context, tx *tenants.Tx, c *Condition) error {
	r := conditionRowOf(c)
	if _, err := tx.NewUpdate().Model(&r).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("selection: save a condition: %w", err)
	}
	return nil
}

// dropConditions removes conditions of places that nobody was told of; of one only, where it is named.
func dropConditions(ctx context.Context, tx *tenants.Tx, applications []ids.Application, one ...ids.Condition) (int64, error) {
	q := tx.NewDelete().Model((*conditionRow)(nil)).Where("k.application_id IN (?)", bun.List(applications)).Where("k.due_at IS NULL")
	if len(one) > 0 {
		q = q.Where("k.id IN (?)", bun.List(one))
	}
	result, err := q.Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("selection: remove conditions: %w", err)
	}
	return result.RowsAffected()
}

// OnConditions are those of the applications whose place was accepted and is held on conditions that are not all met. It is for other
// modules' use-cases, which have authorized.
func OnConditions(ctx context.Context, db bun.IDB, applications ...ids.Application) (map[ids.Application]bool, error) {
	held := map[ids.Application]bool{}
	if len(applications) == 0 {
		return held, nil
	}
	var found []ids.Application
	err := db.NewSelect().Table("decisions").Column("application_id").Where("application_id IN (?)", bun.List(applications)).Where("state = ?", DecisionConditional).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list places on conditions: %w", err)
	}
	for _, id := range found {
		held[id] = true
	}
	return held, nil
}
