package selection

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// work counts the reviews of everybody, but for those of some applications.
func work(ctx context.Context, db bun.IDB, without []ids.Application) (map[ids.Person]reviewers.Work, error) {
	var rows []struct {
		PersonID ids.Person
		reviewers.Work
	}
	q := db.NewSelect().TableExpr("reviews AS r").Column("r.person_id").
		ColumnExpr(`count(*) FILTER (WHERE r.state IN ('assigned', 'open')
			AND NOT EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = r.call_id AND l.state = 'released')) AS owed`).
		ColumnExpr("count(*) FILTER (WHERE r.state <> 'removed') AS assigned").
		ColumnExpr("count(*) FILTER (WHERE r.state = 'submitted') AS submitted").
		ColumnExpr("count(*) FILTER (WHERE r.state = 'submitted' AND r.submitted_at <= r.due_at) AS in_time").
		ColumnExpr(`coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.submitted_at - r.assigned_at)::float8 / 86400)
			FILTER (WHERE r.state = 'submitted'), 0) AS median_days`).
		ColumnExpr("count(*) FILTER (WHERE r.state = 'recused') AS recused").
		ColumnExpr("count(*) FILTER (WHERE r.handed_back_at IS NOT NULL) AS handed_back").
		Group("r.person_id")
	if len(without) > 0 {
		q = q.Where("r.application_id NOT IN (?)", bun.List(without))
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("selection: count work: %w", err)
	}
	all := make(map[ids.Person]reviewers.Work, len(rows))
	for _, r := range rows {
		all[r.PersonID] = r.Work
	}
	return all, nil
}

// handBack writes that a review is handed back. The caller holds its lock.
func handBack(ctx context.Context, tx *tenants.Tx, r *Review) error {
	var loan ids.Loan
	err := tx.NewRaw("UPDATE reviews AS r SET state = ?, handed_back_at = ?, handed_back_reason = ? WHERE id = ? RETURNING "+reviewers.LoanOf("r"), r.State, r.HandedBackAt, r.Reason, r.ID).Scan(ctx, &loan)
	if err != nil {
		return fmt.Errorf("selection: hand back: %w", err)
	}
	reviewers.TellLender(tx, loan)
	return nil
}

// StandingOfLoan tells a module that reports to the lending network where a loan to this one stands. In a call that is anonymous their
// work is not counted while a review has not been opened: whoever is lent may read the report at home. The caller has authorized.
func StandingOfLoan(ctx context.Context, db bun.IDB, loan ids.Loan, anonymous func(ids.Call) (bool, error)) (LoanStanding, error) {
	i, state, err := reviewers.FindLoan(ctx, db, loan)
	s := LoanStanding{State: state}
	if err != nil || i.Person.IsZero() {
		return s, err
	}
	unopened := 0
	err = db.NewRaw(`SELECT count(*) FILTER (WHERE state = 'submitted'), count(*), count(*) FILTER (WHERE state = 'assigned') FROM reviews
		WHERE person_id = ? AND call_id = ? AND state IN ('assigned', 'open', 'submitted')`, i.Person, i.Call).Scan(ctx, &s.Done, &s.Given, &unopened)
	if err != nil {
		return s, fmt.Errorf("selection: count the work of a loan: %w", err)
	}
	if unopened == 0 {
		return s, nil
	}
	veiled, err := anonymous(i.Call)
	if veiled {
		s.Done, s.Given = 0, 0
	}
	return s, err
}

// MayBeInvited reports whether reviewers can still be invited for a call. The caller has authorized.
func MayBeInvited(ctx context.Context, db bun.IDB, call ids.Call) (bool, error) {
	list, _, err := findList(ctx, db, call)
	return err == nil && list.May(Decide), err
}
