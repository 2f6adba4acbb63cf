package reviewers

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Reach is how far a reviewer sees: somebody who is one only because they are lent sees nothing of calls for which they are not, or
// not any more, whatever they have submitted there.
type Reach struct {
	bound bool
	calls []ids.Call
}

// Bound reports whether there are calls of which the reviewer sees nothing.
func (r Reach) Bound() bool { return r.bound }

// To reports whether the reviewer sees anything of a call.
func (r Reach) To(call ids.Call) bool { return !r.bound || slices.Contains(r.calls, call) }

// ReachOf is how far the actor sees as a reviewer, with one question for whoever is not lent. The caller has authorized.
func ReachOf(ctx context.Context, sc tenants.Scope) (Reach, error) {
	actor := sc.Actor()
	if actor.Has(tenants.RoleChair) || !actor.Has(tenants.RoleReviewer) {
		return Reach{}, nil
	}
	lent, err := lentTo(ctx, sc.Read(), actor.Person)
	if err != nil || len(lent) == 0 {
		return Reach{}, err
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer)
	if err != nil {
		return Reach{}, err
	}
	bound, err := BoundTo(ctx, sc.Read(), held)
	calls, only := bound[actor.Person]
	return Reach{bound: only, calls: calls}, err
}
