package partnerships

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// partialIn are those of the partnerships behind which stands an application in which the actor has a conflict of interest, in a fixed
// number of queries. From what somebody needs who accompanies these, the actor could read what was applied with.
func (s *Service) partialIn(ctx context.Context, sc tenants.Scope, all []Partnership) (map[ids.Partnership]bool, error) {
	found := map[ids.Partnership]bool{}
	person := sc.Actor().Person
	if person.IsZero() || len(all) == 0 {
		return found, nil
	}
	brought, err := broughtBy(ctx, sc.Read(), all)
	if err != nil {
		return nil, err
	}
	var applications []ids.Application
	for i := range all {
		applications = append(applications, brought[all[i].ID]...)
	}
	barred, err := s.Needs.Barred(ctx, sc, applications)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if slices.ContainsFunc(brought[all[i].ID], func(a ids.Application) bool { return slices.Contains(barred[a], person) }) {
			found[all[i].ID] = true
		}
	}
	return found, nil
}

// impartial refuses an actor who has a conflict of interest in one of the partnerships. Fault: Forbidden.
func (s *Service) impartial(ctx context.Context, sc tenants.Scope, all ...Partnership) error {
	partial, err := s.partialIn(ctx, sc, all)
	if err == nil && len(partial) > 0 {
		f := fault.Forbidden()
		f.Key = "partnerships.partial"
		err = f
	}
	return err
}

// impartialRun finds a run, if the actor has no conflict of interest in one of its partnerships. Faults: Forbidden, NotFound.
func (s *Service) impartialRun(ctx context.Context, sc tenants.Scope, id ids.Run) (Run, error) {
	run, err := findRun(ctx, sc.Read(), id)
	if err != nil {
		return Run{}, err
	}
	all, err := those(ctx, sc.Read(), run.Partnerships)
	if err != nil {
		return Run{}, err
	}
	return run, s.impartial(ctx, sc, all...)
}

// openRuns are recentRuns without those in which the actor has a conflict of interest in a partnership.
func (s *Service) openRuns(ctx context.Context, sc tenants.Scope) ([]Run, error) {
	runs, err := recentRuns(ctx, sc.Read(), mostRecent)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	partial, err := s.partialRuns(ctx, sc, runs)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(runs, func(r Run) bool { return partial(&r) }), nil
}

// ConcealedRuns lists the assignments of which the actor must not know, because they have a conflict of interest in one of their
// partnerships. It is for other modules, which ask on behalf of whoever acts.
func (s *Service) ConcealedRuns(ctx context.Context, sc tenants.Scope) ([]ids.Run, error) {
	if sc.Actor().Person.IsZero() {
		return nil, nil
	}
	runs, err := recentRuns(ctx, sc.Read(), 0)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	partial, err := s.partialRuns(ctx, sc, runs)
	if err != nil {
		return nil, err
	}
	var barred []ids.Run
	for i := range runs {
		if partial(&runs[i]) {
			barred = append(barred, runs[i].ID)
		}
	}
	return barred, nil
}

// partialRuns tells of runs whether the actor has a conflict of interest in one of their partnerships.
func (s *Service) partialRuns(ctx context.Context, sc tenants.Scope, runs []Run) (func(r *Run) bool, error) {
	var wanted []ids.Partnership
	for i := range runs {
		wanted = append(wanted, runs[i].Partnerships...)
	}
	all, err := those(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	partial, err := s.partialIn(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	return func(r *Run) bool {
		return slices.ContainsFunc(r.Partnerships, func(id ids.Partnership) bool { return partial[id] })
	}, nil
}

// warn tells the coordinators that whoever accompanies a partnership that goes on has come to have a conflict of interest in it, if so.
func (s *Service) warn(ctx context.Context, tx *tenants.Tx, p *Partnership) error {
	if p.Facilitator.IsZero() || !p.Going() {
		return nil
	}
	clashes, err := s.clashes(ctx, tx.Scope(), []Partnership{*p}, []ids.Person{p.Facilitator})
	if err != nil || len(clashes) == 0 {
		return err
	}
	return s.tellConflicted(ctx, tx, []Partnership{*p}, p.Facilitator)
}

// warnOfDeclared does so for the partnerships with organizations with which somebody who accompanies them has declared a conflict of
// interest just now.
func (s *Service) warnOfDeclared(ctx context.Context, tx *tenants.Tx, person ids.Person, declared []ids.Organization) error {
	if len(declared) == 0 {
		return nil
	}
	all, err := list(ctx, tx, Query{Facilitator: person, Going: true})
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p Partnership) bool {
		return !slices.ContainsFunc(p.Organizations(), func(o ids.Organization) bool { return slices.Contains(declared, o) })
	})
	return s.tellConflicted(ctx, tx, all, person)
}

func (s *Service) tellConflicted(ctx context.Context, tx *tenants.Tx, all []Partnership, person ids.Person) error {
	if len(all) == 0 {
		return nil
	}
	known, err := s.people.Persons(ctx, tx.Scope(), []ids.Person{person})
	if err != nil {
		return err
	}
	for i := range all {
		if err := s.tellCoordinators(ctx, tx, &all[i], "guide_conflicted", known[person]); err != nil {
			return err
		}
	}
	return nil
}
