package selection

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// LoanStanding is all that a lending network may know of what a reviewer does here.
type LoanStanding struct {
	State reviewers.LoanState
	Done  int // reviews of the call that they have submitted …
	Given int // … of those that they were given and have not given back
}

// mine are the actor's own reviews, as far as they see.
func (s *Service) mine(ctx context.Context, sc tenants.Scope) ([]Review, error) {
	all, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	seen, err := reviewers.ReachOf(ctx, sc)
	return slices.DeleteFunc(all, func(r Review) bool { return !seen.To(r.Call) }), err
}

// ofOwn is the application of a review of the actor's own, if nothing keeps them from it.
func (s *Service) ofOwn(ctx context.Context, sc tenants.Scope, action policies.Action, r Review) (Application, error) {
	if r.Person != sc.Actor().Person || !r.State.Active() {
		return Application{}, fault.NotFound()
	}
	if seen, err := reviewers.ReachOf(ctx, sc); err != nil || !seen.To(r.Call) {
		return Application{}, orNotFound(err)
	}
	return s.permitted(ctx, sc, action, r.Application)
}

// beyond takes from standings what the actor was given to review in calls that they do not see.
func beyond(ctx context.Context, sc tenants.Scope, found map[ids.Application]Standing) error {
	seen, err := reviewers.ReachOf(ctx, sc)
	if err != nil || !seen.Bound() {
		return err
	}
	all, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	for _, r := range all {
		if one, ok := found[r.Application]; ok && !seen.To(r.Call) {
			one.Assigned = false
			found[r.Application] = one
		}
	}
	return err
}

func orNotFound(err error) error {
	if err == nil {
		return fault.NotFound()
	}
	return err
}

// TakeBack hands back what a reviewer owes who reviews no more, from an instant on, in the locks of the calls: of the call, or of all.
// It satisfies reviewers.Selection. The caller has authorized.
func (s *Service) TakeBack(ctx context.Context, tx *tenants.Tx, person ids.Person, call ids.Call, all bool, at time.Time) error {
	owed, err := s.owedBy(ctx, tx, person, call, all)
	if err != nil {
		return err
	}
	for _, one := range owed {
		r, err := lockReview(ctx, tx, one.ID)
		if err != nil {
			return err
		}
		after, ok := r.State.After(HandBack)
		if !ok {
			continue
		}
		r.State, r.HandedBackAt = after, at
		if err := handBack(ctx, tx, &r); err != nil {
			return err
		}
		tx.Audit(entry("review.handed_back", r.Application))
	}
	return nil
}

// owedBy are the reviews that somebody owes, in the locks of their calls.
func (s *Service) owedBy(ctx context.Context, tx *tenants.Tx, person ids.Person, call ids.Call, all bool) ([]Review, error) {
	read := func() ([]Review, error) {
		owed, err := reviewsBy(ctx, tx, person)
		return slices.DeleteFunc(owed, func(r Review) bool { return !r.State.Owed() || !all && r.Call != call }), err
	}
	before, err := read()
	if err != nil {
		return nil, err
	}
	calls := []ids.Call{call}
	for _, r := range before {
		calls = append(calls, r.Call)
	}
	slices.SortFunc(calls, func(a, b ids.Call) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range slices.Compact(calls) {
		c, err := s.Calls.Within(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if _, err := lockSelection(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	return read()
}
