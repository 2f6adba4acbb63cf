package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Proposal is who could review an application whose totals are too far apart.
type Proposal struct {
	Row

	Reviewer Reviewer // with what they have to do if the proposals before are taken; without an ID: nobody is free
}

// Free reports whether somebody was found.
func (p *Proposal) Free() bool { return !p.Reviewer.ID.IsZero() }

// Propose finds for each application that needs a third review whoever has the fewest active reviews in the call, of those who
// may be assigned, never had to do with the application and have no conflict of interest; of several the first by name, as the
// board lists them. Who is proposed once has one review more from then on.
func Propose(b Board, may func(ids.Application, ids.Person) bool) []Proposal {
	var all []Proposal
	load := make([]int, len(b.Reviewers))
	for i, r := range b.Reviewers {
		load[i] = r.Assigned
	}
	for _, row := range b.Rows {
		if !row.Progress.Third() || !row.Undecided {
			continue
		}
		p, best := Proposal{Row: row}, -1
		for i, r := range b.Reviewers {
			if !may(row.ID, r.ID) || row.knows(r.ID) {
				continue
			}
			if best < 0 || load[i] < load[best] {
				best = i
			}
		}
		if best >= 0 {
			p.Reviewer = b.Reviewers[best]
			p.Reviewer.Assigned = load[best]
			load[best]++
		}
		all = append(all, p)
	}
	return all
}

// knows reports whether somebody reviews the application, did so, or must not.
func (r *Row) knows(person ids.Person) bool {
	return slices.ContainsFunc(r.Reviews, func(one Review) bool { return one.Person == person }) ||
		slices.ContainsFunc(r.Conflicts, func(c Conflict) bool { return c.Person == person })
}

// Proposals lists the applications of a call that need a third review, each with whoever could write it. Coordinators and
// officers may; applications in which they have a conflict of interest are left out. Fault: NotFound.
func (s *Service) Proposals(ctx context.Context, sc tenants.Scope, call ids.Call) (Board, []Proposal, error) {
	b, err := s.Board(ctx, sc, call)
	if err != nil {
		return b, nil, err
	}
	all := make([]Application, len(b.Rows))
	for i, row := range b.Rows {
		all[i] = row.Application
	}
	found, err := s.detect(ctx, sc, all)
	if err != nil {
		return b, nil, err
	}
	var ticked []Tie
	if b.Call.Review.Anonymous {
		if ticked, err = tickedIn(ctx, sc.Read(), call); err != nil {
			return b, nil, err
		}
	}
	barred := func(row *Row, person ids.Person) bool {
		return slices.ContainsFunc(ticked, func(t Tie) bool { return t.Person == person && row.applies(t.Organization) })
	}
	return b, Propose(b, func(a ids.Application, person ids.Person) bool {
		who, _ := b.Reviewer(person)
		at := slices.IndexFunc(b.Rows, func(r Row) bool { return r.ID == a })
		return who.May && !barred(&b.Rows[at], person) &&
			!slices.ContainsFunc(found, func(c Conflict) bool { return c.Application == a && c.Person == person })
	}), nil
}

// Pair is an application with whoever is to review it.
type Pair struct {
	Application ids.Application
	Reviewer    ids.Person
}

// AssignThirds gives applications that still need a third review to the reviewers, as Assign does, and tells how many it gave.
// A pair that cannot be assigned any more is left out. Coordinators and officers may. Faults: Invalid by field, Conflict when the
// decisions are closed, NotFound.
func (s *Service) AssignThirds(ctx context.Context, sc tenants.Scope, call ids.Call, pairs []Pair, due time.Time) (int, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return 0, err
	}
	if len(pairs) == 0 {
		return 0, fault.Invalid("fault.check_fields", fault.At("pair", "selection.thirds.tick"))
	}
	done := 0
	for _, pair := range pairs {
		b, err := s.Board(ctx, sc, call)
		if err != nil {
			return done, err
		}
		i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.ID == pair.Application })
		if i < 0 {
			return done, fault.NotFound()
		}
		if !b.Rows[i].Progress.Third() || b.Rows[i].knows(pair.Reviewer) {
			continue
		}
		refused, err := s.Assign(ctx, sc, call, Assignment{Applications: []ids.Application{pair.Application}, Reviewers: []ids.Person{pair.Reviewer}, DueAt: due, Skip: true})
		if err != nil {
			return done, err
		}
		if len(refused) == 0 {
			done++
		}
	}
	return done, nil
}
