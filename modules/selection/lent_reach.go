package selection

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// reach is how far a reviewer sees: somebody who is one only because they are lent sees nothing of calls for which they are not, or
// not any more, whatever they have submitted there.
type reach struct {
	bound bool
	calls []ids.Call
}

func (r reach) to(call ids.Call) bool { return !r.bound || slices.Contains(r.calls, call) }

// reachOf is how far the actor sees as a reviewer, with one question for whoever is not lent.
func reachOf(ctx context.Context, sc tenants.Scope) (reach, error) {
	actor := sc.Actor()
	if actor.Has(tenants.RoleChair) || !actor.Has(tenants.RoleReviewer) {
		return reach{}, nil
	}
	lent, err := lentTo(ctx, sc.Read(), actor.Person)
	if err != nil || len(lent) == 0 {
		return reach{}, err
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer)
	if err != nil {
		return reach{}, err
	}
	bound, err := boundTo(ctx, sc.Read(), held)
	calls, only := bound[actor.Person]
	return reach{bound: only, calls: calls}, err
}

// mine are the actor's own reviews, as far as they see.
func (s *Service) mine(ctx context.Context, sc tenants.Scope) ([]Review, error) {
	all, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	seen, err := reachOf(ctx, sc)
	return slices.DeleteFunc(all, func(r Review) bool { return !seen.to(r.Call) }), err
}

// ofOwn is the application of a review of the actor's own, if nothing keeps them from it.
func (s *Service) ofOwn(ctx context.Context, sc tenants.Scope, action policies.Action, r Review) (Application, error) {
	if r.Person != sc.Actor().Person || !r.State.Active() {
		return Application{}, fault.NotFound()
	}
	if seen, err := reachOf(ctx, sc); err != nil || !seen.to(r.Call) {
		return Application{}, orNotFound(err)
	}
	return s.permitted(ctx, sc, action, r.Application)
}

// beyond takes from standings what the actor was given to review in calls that they do not see.
func beyond(ctx context.Context, sc tenants.Scope, found map[ids.Application]Standing) error {
	seen, err := reachOf(ctx, sc)
	if err != nil || !seen.bound {
		return err
	}
	all, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	for _, r := range all {
		if one, ok := found[r.Application]; ok && !seen.to(r.Call) {
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
