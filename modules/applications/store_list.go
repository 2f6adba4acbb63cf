package applications

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Query is what the officers' list asks for.
type Query struct {
	Search string
	Call   ids.Call
	State  State
	Sort   string // number (default) or submitted
	Desc   bool
	After  string // the id of the last one of the page before
	Limit  int64  // zero: all

	without []ids.Application
}

func filtered(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	sel = sel.Where("a.number IS NOT NULL")
	for word := range strings.FieldsSeq(i18n.SearchKey(q.Search)) {
		sel = sel.Where("a.search LIKE ?", "%"+word+"%")
	}
	if !q.Call.IsZero() {
		sel = sel.Where("a.call_id = ?", q.Call)
	}
	if q.State != "" {
		sel = sel.Where("a.state = ?", q.State)
	}
	if len(q.without) > 0 {
		sel = sel.Where("a.id NOT IN (?)", bun.List(q.without))
	}
	return sel
}

func list(ctx context.Context, db bun.IDB, q Query) ([]Application, error) {
	sel := filtered(db.NewSelect().Model((*applicationRow)(nil)), q)
	order, direction, beyond := bun.Safe("number"), bun.Safe("ASC"), bun.Safe(">")
	if q.Sort == "submitted" {
		order = "submitted_at"
	}
	if q.Desc {
		direction, beyond = "DESC", "<"
	}
	if id, err := ids.Parse[ids.Application](q.After); err == nil {
		sel = sel.Where("(a.?, a.id) ? (SELECT ?, id FROM applications WHERE id = ?)", order, beyond, order, id)
	}
	sel = sel.OrderExpr("a.? ?, a.id ?", order, direction, direction)
	if q.Limit > 0 {
		sel = sel.Limit(q.Limit)
	}
	return withParts(ctx, db, sel)
}

func count(ctx context.Context, db bun.IDB, q Query) (int, error) {
	n, err := filtered(db.NewSelect().TableExpr("applications AS a"), q).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("applications: count: %w", err)
	}
	return int(n), nil
}

// InSelection lists the applications of a call that passed the check and were not withdrawn, by number, for the modules
// that decide about them.
func InSelection(ctx context.Context, db bun.IDB, call ids.Call) ([]Application, error) {
	return withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).
		Where("a.state NOT IN ('draft', 'submitted', 'returned', 'ineligible', 'withdrawn')").Order("a.number"))
}

// CountByState counts the network's applications. It is for other modules' use-cases, which have authorized.
func CountByState(ctx context.Context, db bun.IDB) (map[State]int, error) {
	var rows []struct {
		State State `bun:"state"`
		N     int   `bun:"n"`
	}
	err := db.NewSelect().Table("applications").Column("state").ColumnExpr("count(*) AS n").Group("state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: count by state: %w", err)
	}
	counts := make(map[State]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}
