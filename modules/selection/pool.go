package selection

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Work is what everybody has done with the reviews that they were given. Coordinators and officers may; reviews of applications in
// which they have a conflict of interest are counted nowhere. It satisfies reviewers.Selection.
func (s *Service) Work(ctx context.Context, sc tenants.Scope) (map[ids.Person]reviewers.Work, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return nil, err
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	return work(ctx, sc.Read(), without)
}

// Reviewable is how many applications of a call there are to review, but for those in which the actor has a conflict of interest, and
// whether its decisions are open. Coordinators and officers may. It satisfies reviewers.Selection.
func (s *Service) Reviewable(ctx context.Context, sc tenants.Scope, call ids.Call) (applications int, open bool, err error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return 0, false, err
	}
	f, err := s.known(ctx, sc, Call{ID: call})
	if err != nil {
		return 0, false, err
	}
	open, err = MayBeInvited(ctx, sc.Read(), call)
	return len(f.Applications), open, err
}

// Open reports whether the decisions of a call are open, as that stands in a transaction. It satisfies reviewers.Selection. The caller
// has authorized.
func (s *Service) Open(ctx context.Context, tx *tenants.Tx, call ids.Call) (bool, error) {
	return MayBeInvited(ctx, tx, call)
}
