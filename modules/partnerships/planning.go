package partnerships

import (
	"context"
	"slices"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/solver/assignment"
	"kervan/policies"
	"kervan/tenants"
)

// Planning is what an automatic assignment begins with.
type Planning struct {
	People  []Facilitator
	Absent  map[ids.Person]bool // not available today
	Calls   []CallAlone         // of partnerships that nobody accompanies
	Alone   int                 // partnerships that nobody accompanies
	Instead Facilitator         // whose partnerships are to be given to others; without an ID: nobody's
	Runs    []Run               // of the last ones those that the actor may see, without what they were computed from
	Usual   Settings
}

// CallAlone is a call with how many of its partnerships nobody accompanies.
type CallAlone struct {
	ID    ids.Call
	Title i18n.Text
	Alone int
}

// Planning shows what an automatic assignment begins with: of partnerships that nobody accompanies, or of those that somebody
// accompanies who is to be replaced. Coordinators may. Fault: NotFound when that somebody accompanies none.
func (s *Service) Planning(ctx context.Context, sc tenants.Scope, instead ids.Person) (Planning, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return Planning{}, err
	}
	all, err := s.facilitators(ctx, sc)
	if err != nil {
		return Planning{}, err
	}
	concerned, err := s.concerned(ctx, sc, &Settings{Instead: instead})
	if err != nil {
		return Planning{}, err
	}
	p := Planning{Absent: map[ids.Person]bool{}, Alone: len(concerned)}
	for i := range concerned {
		c := &concerned[i]
		k := slices.IndexFunc(p.Calls, func(one CallAlone) bool { return one.ID == c.Call })
		if k < 0 {
			k, p.Calls = len(p.Calls), append(p.Calls, CallAlone{ID: c.Call, Title: c.CallTitle})
		}
		p.Calls[k].Alone++
	}
	if p.Runs, err = s.openRuns(ctx, sc); err != nil {
		return p, err
	}
	p.Usual = Settings{Instead: instead, Own: map[ids.Person]assignment.Bounds{}, Fair: true, Weights: expertise.UsualWeights, Seed: 1}
	day, load := today(time.Now(), sc), len(concerned)
	for _, f := range all {
		if f.ID == instead {
			p.Instead = f
			continue
		}
		p.People = append(p.People, f)
		if f.Most > 0 || f.Least > 0 {
			p.Usual.Own[f.ID] = assignment.Bounds{Min: f.Least, Max: f.Most}
		}
		load += f.Now
		if p.Absent[f.ID] = !f.Available(day); !p.Absent[f.ID] {
			p.Usual.People = append(p.Usual.People, f.ID)
		}
	}
	if !instead.IsZero() && (p.Instead.ID.IsZero() || len(concerned) == 0) {
		return p, fault.NotFound()
	}
	// One more than an equal share, so that affinity has a choice; three or four are usual.
	p.Usual.Load.Max = min(MostAccompanied, max(4, 1+(load+len(p.People))/max(1, len(p.People))))
	for id, own := range p.Usual.Own {
		if own.Max == 0 {
			own.Max = max(own.Min, p.Usual.Load.Max)
			p.Usual.Own[id] = own
		}
	}
	return p, nil
}

// concerned are the partnerships of a run: those that go on and nobody accompanies, or that somebody accompanies who is to be
// replaced; the oldest first. Those in which the actor has a conflict of interest are left to others.
func (s *Service) concerned(ctx context.Context, sc tenants.Scope, g *Settings) ([]Partnership, error) {
	all, err := list(ctx, sc.Read(), Query{Call: g.Call, Facilitator: g.Instead, Unaccompanied: g.Instead.IsZero(), Going: true, Desc: true})
	if err != nil {
		return nil, err
	}
	partial, err := s.partialIn(ctx, sc, all)
	return slices.DeleteFunc(all, func(p Partnership) bool { return partial[p.ID] }), err
}
