package selection

import (
	"context"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Single is a submitted review as it leaves in a file. Its reviewer has a name, or a letter where the call names reviewers to each
// other by letters only.
type Single struct {
	Review

	Application Application
	Name        string
	Letter      string // A, B and so on among those of the application
}

// Singles are the submitted reviews of a call with their marks, by application and in the order in which they were assigned.
// Coordinators, officers and the chair may; those of applications that they must not know of, or of which they owe a review, are left
// out. Fault: NotFound.
func (s *Service) Singles(ctx context.Context, sc tenants.Scope, call ids.Call) (Call, []Single, error) {
	if err := s.policies.May(sc, policies.ReviewRead, policies.On{}); err != nil {
		return Call{}, nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Call{}, nil, err
	}
	all, err := reviewsOfCall(ctx, sc.Read(), call)
	if err != nil {
		return f.Call, nil, err
	}
	submitted := f.open(all, sc.Actor().Person)
	if err := mark(ctx, sc.Read(), submitted); err != nil {
		return f.Call, nil, err
	}
	w, err := waysOf(ctx, sc.Read(), call)
	if err != nil {
		return f.Call, nil, err
	}
	names, err := s.namesOf(ctx, sc, submitted)
	if err != nil {
		return f.Call, nil, err
	}
	letters := map[ids.Review]string{}
	for _, some := range byApplication(all) {
		for i := range some {
			letters[some[i].ID] = letterOf(i)
		}
	}
	found := make([]Single, len(submitted))
	for i, r := range submitted {
		found[i] = Single{Review: r}
		found[i].Application, _ = f.application(r.Application)
		if w.Talk.On && !w.Talk.Named {
			found[i].Letter = letters[r.ID]
		} else {
			found[i].Name = names[r.Person]
		}
	}
	return f.Call, found, nil
}
