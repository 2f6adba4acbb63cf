package partnerships

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/solver/assignment"
	"kervan/policies"
	"kervan/tenants"
)

// Plan is a run with everything that its page shows.
type Plan struct {
	Run

	Rows   []PlannedRow // in the order of the run; none where it was not possible
	Loads  []PlannedLoad
	Names  map[ids.Person]string
	Titles map[int]string // of the partnerships that exist, in the order of the run
}

// PlannedRow is one partnership of a run.
type PlannedRow struct {
	Listed // without an ID when it does not exist any more

	Chosen       int       // of the people; nobody: -1
	Alternatives []Planned // who could accompany it, the chosen one too, the best first
}

// Planned is somebody who could accompany a partnership.
type Planned struct {
	Index  int // of the people
	Person ids.Person
	Fit
}

// PlannedLoad is what somebody gets by what is chosen.
type PlannedLoad struct {
	Person ids.Person
	New    int
	Bounds assignment.Bounds // for the new ones
}

// Plan shows a run. Coordinators may, unless they have a conflict of interest in one of its partnerships. Faults: Forbidden, NotFound.
func (s *Service) Plan(ctx context.Context, sc tenants.Scope, id ids.Run) (Plan, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return Plan{}, err
	}
	run, err := findRun(ctx, sc.Read(), id)
	if err != nil {
		return Plan{}, err
	}
	all, err := those(ctx, sc.Read(), run.Partnerships)
	if err != nil {
		return Plan{}, err
	}
	if err := s.impartial(ctx, sc, all...); err != nil {
		return Plan{}, err
	}
	listed, err := s.listed(ctx, sc, all)
	if err != nil {
		return Plan{}, err
	}
	known, err := s.people.Persons(ctx, sc, append(slices.Clone(run.People), run.By, run.Settings.Instead))
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Run: run, Names: make(map[ids.Person]string, len(known)), Titles: map[int]string{}}
	for person, one := range known {
		p.Names[person] = one.Name
	}
	p.lay(listed)
	return p, nil
}

// lay puts what is chosen beside partnerships and people.
func (p *Plan) lay(listed []Listed) {
	p.Loads = make([]PlannedLoad, len(p.People))
	for k, person := range p.People {
		p.Loads[k] = PlannedLoad{Person: person, Bounds: p.Instance.Load[k]}
	}
	for _, l := range listed {
		p.Titles[slices.Index(p.Partnerships, l.ID)] = l.Title
	}
	for i, chosen := range p.Chosen {
		row := PlannedRow{Chosen: chosen}
		if k := slices.IndexFunc(listed, func(l Listed) bool { return l.ID == p.Partnerships[i] }); k >= 0 {
			row.Listed = listed[k]
		}
		for k, person := range p.People {
			if p.Instance.Conflict[i][k] == 0 {
				row.Alternatives = append(row.Alternatives, Planned{Index: k, Person: person, Fit: p.fit(i, k)})
			}
		}
		slices.SortStableFunc(row.Alternatives, func(a, b Planned) int { return b.Affinity - a.Affinity })
		if chosen != nobody {
			p.Loads[chosen].New++
		}
		p.Rows = append(p.Rows, row)
	}
}

// Problem is why a partnership cannot be given to somebody any more.
type Problem struct {
	Partnership ids.Partnership
	Person      ids.Person
	Key         string // of the words
}

// possible are the partnerships with whoever is chosen, and what of it is not possible any more.
func (p *Plan) possible(held []tenants.Membership, clashes map[pair]ConflictKind) (chosen []given, problems []Problem) {
	for i, row := range p.Rows {
		if row.Chosen == nobody {
			continue
		}
		person := p.People[row.Chosen]
		_, clash := clashes[pair{row.ID, person}]
		key := ""
		switch {
		case row.ID.IsZero() || !row.Going():
			key = "gone"
		case row.Facilitator != p.Settings.Instead:
			key = "taken"
		case !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == person }):
			key = "no_guide"
		case clash:
			key = "conflict"
		}
		if key != "" {
			problems = append(problems, Problem{Partnership: p.Partnerships[i], Person: person, Key: "partnerships.problem." + key})
		}
		chosen = append(chosen, given{row.Listed, person})
	}
	return chosen, problems
}
