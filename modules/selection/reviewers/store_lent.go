package reviewers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/tenants"
)

// LoanOf is the loan by which the reviewer of a row of reviews reviews, NULL for most of them. The row is called as in the statement,
// which may be one of another store of the same tenant.
func LoanOf(row string) string {
	return `(SELECT l.loan_id FROM reviewer_invitations AS l WHERE l.person_id = ` + row + `.person_id AND l.call_id = ` + row + `.call_id
		AND l.loan_id IS NOT NULL AND l.ended_at IS NULL LIMIT 1)`
}

// TellLender tells that the work of somebody who is lent has changed.
func TellLender(tx *tenants.Tx, loan ids.Loan) {
	if !loan.IsZero() {
		tx.Announce(events.LoanMoved{Loan: loan})
	}
}

// overLoan reports whether a loan was ended, which nobody does until the transaction ends.
func overLoan(ctx context.Context, tx *tenants.Tx, loan ids.Loan) (bool, error) {
	var over bool
	err := tx.NewRaw(`INSERT INTO received_loans (loan_id) VALUES (?)
		ON CONFLICT (loan_id) DO UPDATE SET loan_id = EXCLUDED.loan_id RETURNING ended_at IS NOT NULL`, loan).Scan(ctx, &over)
	if err != nil {
		return false, fmt.Errorf("reviewers: look whether a loan is over: %w", err)
	}
	return over, nil
}

// closeLoan writes down that a loan is over, whether anybody was invited for it or not.
func closeLoan(ctx context.Context, tx *tenants.Tx, loan ids.Loan) error {
	_, err := tx.NewRaw(`INSERT INTO received_loans AS l (loan_id, ended_at) VALUES (?, ?)
		ON CONFLICT (loan_id) DO UPDATE SET ended_at = coalesce(l.ended_at, EXCLUDED.ended_at)`, loan, tx.Moment()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("reviewers: close loan: %w", err)
	}
	return nil
}

// loansIn are the invitations that came of a loan: one or none.
func loansIn(ctx context.Context, db bun.IDB, loan ids.Loan) ([]Invitation, error) {
	return invitations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("i.loan_id = ?", loan) })
}

// lentTo are the accepted invitations by which somebody is lent, the newest first.
func lentTo(ctx context.Context, db bun.IDB, person ids.Person) ([]Invitation, error) {
	return invitations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("i.person_id = ?", person).Where("i.loan_id IS NOT NULL").Where("i.ended_at IS NULL").OrderExpr("i.answered_at DESC, i.id")
	})
}

// acceptedBy are all invitations that somebody has accepted.
func acceptedBy(ctx context.Context, db bun.IDB, person ids.Person) ([]Invitation, error) {
	return invitations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("i.person_id = ?", person).OrderExpr("i.id") })
}

// BoundTo are the calls for which somebody may review who is a reviewer only because they are lent. Nobody else is in it. The
// caller has authorized.
func BoundTo(ctx context.Context, db bun.IDB, held []tenants.Membership) (map[ids.Person][]ids.Call, error) {
	all, err := invitations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("i.state = 'accepted'").OrderExpr("i.id").
			Where("i.person_id IN (SELECT l.person_id FROM reviewer_invitations AS l WHERE l.loan_id IS NOT NULL AND l.person_id IS NOT NULL)")
	})
	if err != nil {
		return nil, err
	}
	accepted := map[ids.Person][]Invitation{}
	for _, i := range all {
		accepted[i.Person] = append(accepted[i.Person], i)
	}
	bound := map[ids.Person][]ids.Call{}
	for _, m := range held {
		if m.Role == tenants.RoleReviewer && onlyLent(m, accepted[m.Person]) {
			bound[m.Person] = []ids.Call{}
			for _, i := range accepted[m.Person] {
				if i.EndedAt.IsZero() {
					bound[m.Person] = append(bound[m.Person], i.Call)
				}
			}
		}
	}
	return bound, nil
}

// Eligible are those who may be given reviews of a call: reviewers and the chair, but for whoever is lent for other calls only and, in
// an anonymous call, whoever sees who applies by another role. The caller has authorized.
func Eligible(ctx context.Context, db bun.IDB, call ids.Call, anonymous bool) ([]tenants.Membership, error) {
	held, err := For(ctx, db, call)
	if err != nil || !anonymous {
		return held, err
	}
	knows, err := Knowing(ctx, db)
	return slices.DeleteFunc(held, func(m tenants.Membership) bool { return knows[m.Person] }), err
}

// For are reviewers and the chair, but for whoever is lent for other calls only: Eligible with those who see who applies, whatever the
// call says. The caller has authorized.
func For(ctx context.Context, db bun.IDB, call ids.Call) ([]tenants.Membership, error) {
	held, err := tenants.Holders(ctx, db, tenants.RoleReviewer, tenants.RoleChair)
	if err != nil {
		return nil, err
	}
	bound, err := BoundTo(ctx, db, held)
	return slices.DeleteFunc(held, func(m tenants.Membership) bool {
		calls, lent := bound[m.Person]
		return lent && m.Role == tenants.RoleReviewer && !slices.Contains(calls, call)
	}), err
}

// Namers are the roles that know who applies, whatever reviewers see.
var Namers = []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleFinance, tenants.RoleChair}

// Knowing are those who see by their roles who applies, in anonymous calls too. The caller has authorized.
func Knowing(ctx context.Context, db bun.IDB) (map[ids.Person]bool, error) {
	held, err := tenants.Holders(ctx, db, Namers...)
	knows := make(map[ids.Person]bool, len(held))
	for _, m := range held {
		knows[m.Person] = true
	}
	return knows, err
}

// HomesOf are what the organizations at home of those of the people who are or were lent are recognized by. The caller has authorized.
func HomesOf(ctx context.Context, db bun.IDB, persons []ids.Person) (map[ids.Person][]Home, error) {
	homes := map[ids.Person][]Home{}
	if len(persons) == 0 {
		return homes, nil
	}
	lent, err := invitations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("i.loan_id IS NOT NULL").Where("i.person_id IN (?)", bun.List(persons)).OrderExpr("i.id")
	})
	for _, i := range lent {
		homes[i.Person] = append(homes[i.Person], Home{Loan: i.Loan, Own: i.Lent.Own, Partners: i.Lent.Partners})
	}
	return homes, err
}

// FindLoan is where a loan to this network stands, and the invitation that came of it; withdrawn where none did. The caller has authorized.
func FindLoan(ctx context.Context, db bun.IDB, loan ids.Loan) (Invitation, LoanState, error) {
	found, err := loansIn(ctx, db, loan)
	if err != nil || len(found) == 0 {
		return Invitation{}, LoanWithdrawn, err
	}
	i := found[0]
	if !i.EndedAt.IsZero() {
		return i, LoanEnded, nil
	}
	return i, loanStates[i.At(time.Now())], nil
}

// StillLendable are those of the people who may be lent, of whom none can take that back until the transaction ends. It is for the
// module that lends them, which has authorized.
func StillLendable(ctx context.Context, tx *tenants.Tx, persons []ids.Person) ([]ids.Person, error) {
	var found []ids.Person
	if len(persons) == 0 {
		return found, nil
	}
	err := tx.NewRaw("SELECT person_id FROM reviewer_profiles WHERE lendable AND person_id IN (?) ORDER BY person_id FOR SHARE", bun.List(persons)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("reviewers: look who may be lent: %w", err)
	}
	return found, nil
}
