package applications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Query is what the officers' list asks for.
type Query struct {
	Search  string
	Call    ids.Call
	State   State
	Verdict Verdict
	Sort    string // number (default) or submitted
	Desc    bool
	After   string // the id of the last one of the page before
	Limit   int64  // zero: all

	without []ids.Application
	only    []ids.Application // empty: all
	ruled   []ids.Call        // that have rules; for unchecked only
	fit     []ids.Application // by the rules, of those that nobody has checked
	unfit   []ids.Application
}

// judged narrows to a verdict, as officers and the rules have given it.
func judged(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	some := func(all []ids.Application) any {
		if len(all) == 0 {
			return bun.Safe("NULL")
		}
		return bun.List(all)
	}
	switch q.Verdict {
	case Fit:
		return sel.Where("(a.state NOT IN (?) OR a.id IN (?))", bun.List([]State{Draft, Submitted, Returned, Ineligible, Withdrawn}), some(q.fit))
	case Unfit:
		return sel.Where("(a.state = ? OR a.id IN (?))", Ineligible, some(q.unfit))
	case Unsettled:
		if ruled := slices.Concat(q.fit, q.unfit); len(ruled) > 0 {
			sel = sel.Where("a.id NOT IN (?)", bun.List(ruled))
		}
		return sel.Where("a.state IN (?)", bun.List(uncheckedStates))
	}
	return sel
}

func filtered(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	sel = sel.Where("a.number IS NOT NULL").Where("a.state <> ?", Draft)
	for _, word := range i18n.SearchWords(q.Search) {
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
	if len(q.only) > 0 {
		sel = sel.Where("a.id IN (?)", bun.List(q.only))
	}
	return judged(sel, q)
}

// ordered puts the rows into the order of the query and leaves out those up to the end of the page before.
func ordered(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	order, direction, beyond := bun.Safe("number"), bun.Safe("ASC"), bun.Safe(">")
	if q.Sort == "submitted" {
		order = "submitted_at"
	}
	if q.Desc {
		direction, beyond = "DESC", "<"
	}
	if id, err := ids.Parse[ids.Application](q.After); err == nil {
		// Where an application stands that the actor must not know of, no page begins: it would tell its number.
		if slices.Contains(q.without, id) {
			id = ids.Application{}
		}
		sel = sel.Where("(a.?, a.id) ? (SELECT ?, id FROM applications WHERE id = ?)", order, beyond, order, id)
	}
	sel = sel.OrderExpr("a.? ?, a.id ?", order, direction, direction)
	if q.Limit > 0 {
		sel = sel.Limit(q.Limit)
	}
	return sel
}

func list(ctx context.Context, db bun.IDB, q Query) ([]Application, error) {
	return withParts(ctx, db, ordered(filtered(db.NewSelect().Model((*applicationRow)(nil)), q), q))
}

// unchecked are the applications to calls with rules that the query finds and nobody has checked yet.
func unchecked(ctx context.Context, db bun.IDB, q Query) ([]Application, error) {
	return withParts(ctx, db, filtered(db.NewSelect().Model((*applicationRow)(nil)), q).
		Where("a.state IN (?)", bun.List(uncheckedStates)).Where("a.call_id IN (?)", bun.List(q.ruled)))
}

// countStates counts what the query finds, by state.
func countStates(ctx context.Context, db bun.IDB, q Query) (map[State]int, error) {
	var rows []struct {
		State State `bun:"state"`
		N     int   `bun:"n"`
	}
	if err := filtered(db.NewSelect().TableExpr("applications AS a"), q).ColumnExpr("a.state, count(*) AS n").Group("a.state").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("applications: count states: %w", err)
	}
	counts := make(map[State]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}

// copiesOf are the copies of what was handed in last with each of the applications, by the sheets that go on being written.
func copiesOf(ctx context.Context, db bun.IDB, all []Application) (map[ids.Sheet]ids.Sheet, error) {
	wanted := make([]ids.Application, len(all))
	for i := range all {
		wanted[i] = all[i].ID
	}
	var rows []struct{ SheetID, CopyID ids.Sheet }
	err := db.NewRaw(`SELECT c.sheet_id, c.copy_id FROM submission_sheets AS c JOIN (SELECT DISTINCT ON (application_id) id FROM submissions
		WHERE application_id IN (?) ORDER BY application_id, submitted_at DESC, id DESC) AS s ON s.id = c.submission_id`, bun.List(wanted)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: read submitted sheets: %w", err)
	}
	found := make(map[ids.Sheet]ids.Sheet, len(rows))
	for _, r := range rows {
		found[r.SheetID] = r.CopyID
	}
	return found, nil
}

// first is the first application that the query finds; zero when there is none.
func first(ctx context.Context, db bun.IDB, q Query) (ids.Application, error) {
	q.Limit = 1
	var id ids.Application
	err := ordered(filtered(db.NewSelect().TableExpr("applications AS a").ColumnExpr("a.id"), q), q).Scan(ctx, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return id, fmt.Errorf("applications: find neighbour: %w", err)
	}
	return id, nil
}

// countToCheck counts what was handed in to closed calls, and what was returned and is overdue.
func countToCheck(ctx context.Context, db bun.IDB, closed []ids.Call, without []ids.Application) (int, error) {
	sel := filtered(db.NewSelect().TableExpr("applications AS a"), Query{without: without})
	if len(closed) == 0 {
		return 0, nil
	}
	n, err := sel.Where("a.call_id IN (?)", bun.List(closed)).Where("a.state = ? OR a.state = ? AND a.papers_due <= now()", Submitted, Returned).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("applications: count unchecked: %w", err)
	}
	return int(n), nil
}

func count(ctx context.Context, db bun.IDB, q Query) (int, error) {
	n, err := filtered(db.NewSelect().TableExpr("applications AS a"), q).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("applications: count: %w", err)
	}
	return int(n), nil
}

// HandedIn lists the applications of a call that were handed in and not withdrawn, by number, whether they passed the check or not.
// It is for other modules' use-cases, which have authorized.
func HandedIn(ctx context.Context, db bun.IDB, call ids.Call) ([]Application, error) {
	return withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).
		Where("a.state NOT IN ('draft', 'withdrawn')").Order("a.number"))
}

// Hold are the applications with their parts, in order; nobody else changes them until the transaction ends. It is for other modules'
// use-cases, which have authorized.
func Hold(ctx context.Context, tx *tenants.Tx, wanted ...ids.Application) ([]Application, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	return withParts(ctx, tx, tx.NewSelect().Model((*applicationRow)(nil)).Where("a.id IN (?)", bun.List(wanted)).OrderExpr("a.id").For("SHARE OF a"))
}

// Seeking are those of the applications that said, when they were last handed in, that they look for partners. It is for other modules'
// use-cases, which have authorized.
func Seeking(ctx context.Context, db bun.IDB, among ...ids.Application) (map[ids.Application]bool, error) {
	found := map[ids.Application]bool{}
	if len(among) == 0 {
		return found, nil
	}
	var seeking []ids.Application
	err := db.NewRaw(`SELECT last.application_id FROM (SELECT DISTINCT ON (application_id) id, application_id FROM submissions WHERE application_id IN (?0)
			ORDER BY application_id, submitted_at DESC) AS last
		JOIN applications AS a ON a.id = last.application_id
		JOIN submission_sheets AS s ON s.submission_id = last.id AND s.sheet_id = a.joint_sheet_id
		JOIN answers AS said ON said.sheet_id = s.copy_id AND said.question = ?1
		WHERE said.value = to_jsonb(?2::text)`, bun.List(among), partnerQuestion, partnerSought).Scan(ctx, &seeking)
	if err != nil {
		return nil, fmt.Errorf("applications: list who looks for partners: %w", err)
	}
	for _, id := range seeking {
		found[id] = true
	}
	return found, nil
}

// CountByState counts the network's applications but for some. It is for other modules' use-cases, which have authorized.
func CountByState(ctx context.Context, db bun.IDB, without ...ids.Application) (map[State]int, error) {
	var rows []struct {
		State State `bun:"state"`
		N     int   `bun:"n"`
	}
	q := db.NewSelect().Table("applications").Column("state").ColumnExpr("count(*) AS n").Group("state")
	if len(without) > 0 {
		q = q.Where("id NOT IN (?)", bun.List(without))
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("applications: count by state: %w", err)
	}
	counts := make(map[State]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}

// Several finds applications that passed the check and were not withdrawn. It is for other modules' use-cases, which have
// authorized.
func Several(ctx context.Context, sc tenants.Scope, wanted []ids.Application) ([]Application, error) {
	var all []Application
	applications, parts := asking(wanted, &all)
	if err := sc.Ask(ctx, applications, parts); err != nil {
		return nil, fmt.Errorf("applications: read several: %w", err)
	}
	return slices.DeleteFunc(all, func(a Application) bool { return !a.State.passed() }), nil
}

// Undecided lists the applications of all calls that passed the check and can still be decided, without their parts.
func Undecided(ctx context.Context, db bun.IDB) ([]Application, error) {
	var rows []applicationRow
	if err := db.NewSelect().Model(&rows).Where("a.state IN (?)", bun.List(decided)).Order("a.number").Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications: list undecided: %w", err)
	}
	all := make([]Application, len(rows))
	for i := range rows {
		all[i] = rows[i].application()
	}
	return all, nil
}

// Unanswered lists the applications of all calls of which it is not settled what becomes of them: handed in, not withdrawn, and neither
// rejected nor accepted nor given back; with some, those among them. It is for other modules' use-cases, which have authorized.
func Unanswered(ctx context.Context, db bun.IDB, some ...ids.Application) ([]Application, error) {
	q := db.NewSelect().Model((*applicationRow)(nil)).Where("a.state IN (?)", bun.List(unanswered)).Order("a.number")
	if len(some) > 0 {
		q = q.Where("a.id IN (?)", bun.List(some))
	}
	return withParts(ctx, db, q)
}

// Ever finds applications that were handed in once, whatever became of them. It is for other modules' use-cases, which have authorized.
func Ever(ctx context.Context, db bun.IDB, wanted []ids.Application) ([]Application, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	return withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.id IN (?)", bun.List(wanted)).Where("a.number IS NOT NULL").Order("a.number"))
}

// Owner is the application to which a sheet belongs or belonged, in whatever state it is, also once its organization has left; false for a sheet of none. It is for other modules'
// use-cases, which have authorized.
func Owner(ctx context.Context, db bun.IDB, sheet ids.Sheet) (ids.Application, bool, error) {
	var found []ids.Application
	err := db.NewRaw("SELECT id FROM applications WHERE joint_sheet_id = ?0 UNION SELECT application_id FROM application_parts WHERE sheet_id = ?0 UNION SELECT application_id FROM former_parts WHERE sheet_id = ?0", sheet).Scan(ctx, &found)
	if err != nil {
		return ids.Application{}, false, fmt.Errorf("applications: find the owner of a sheet: %w", err)
	}
	if len(found) == 0 {
		return ids.Application{}, false, nil
	}
	return found[0], true, nil
}

// Seated lists all applications in which one of the organizations has a seat.
func Seated(ctx context.Context, db bun.IDB, organizations []ids.Organization) ([]ids.Application, error) {
	var found []ids.Application
	if len(organizations) == 0 {
		return found, nil
	}
	err := db.NewRaw("SELECT DISTINCT application_id FROM application_parts WHERE organization_id IN (?)", bun.List(organizations)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list seated: %w", err)
	}
	return found, nil
}

// SeatedIn are the applications of a call that passed the check and in which the organization has a seat, and those of the others, with
// their parts. It is for other modules' use-cases, which have authorized.
func SeatedIn(ctx context.Context, db bun.IDB, call ids.Call, organization ids.Organization, others []ids.Application) ([]Application, error) {
	all, err := withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("EXISTS (SELECT 1 FROM application_parts AS p WHERE p.application_id = a.id AND p.organization_id = ?)", organization)
		if len(others) > 0 {
			q = q.WhereOr("a.id IN (?)", bun.List(others))
		}
		return q
	}))
	return slices.DeleteFunc(all, func(a Application) bool { return !a.State.passed() }), err
}

// Brief reads an application that was handed in once, without its parts. It is for other modules' use-cases, which have
// authorized. Fault: NotFound.
func Brief(ctx context.Context, db bun.IDB, id ids.Application) (Application, error) {
	var r applicationRow
	err := db.NewSelect().Model(&r).Where("a.id = ?", id).Where("a.number IS NOT NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Application{}, fault.NotFound()
	}
	if err != nil {
		return Application{}, fmt.Errorf("applications: read briefly: %w", err)
	}
	return r.application(), nil
}

// OrganizationsOf are the organizations that have begun the applications or have a seat in them, drafts, too. It is for other modules'
// use-cases, which have authorized.
func OrganizationsOf(ctx context.Context, db bun.IDB, wanted []ids.Application) ([]ids.Organization, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	var found []ids.Organization
	err := db.NewRaw(`SELECT organization_id FROM applications WHERE id IN (?0) AND organization_id IS NOT NULL
		UNION SELECT organization_id FROM application_parts WHERE application_id IN (?0) AND organization_id IS NOT NULL`, bun.List(wanted)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list organizations: %w", err)
	}
	return found, nil
}

// CallsOf are the calls to which the applications were made, drafts, too. It is for other modules' use-cases, which have authorized.
func CallsOf(ctx context.Context, db bun.IDB, wanted []ids.Application) ([]ids.Call, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	var found []ids.Call
	err := db.NewSelect().TableExpr("applications AS a").ColumnExpr("DISTINCT a.call_id").Where("a.id IN (?)", bun.List(wanted)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list calls: %w", err)
	}
	return found, nil
}
