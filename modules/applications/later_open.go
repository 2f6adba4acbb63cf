package applications

import (
	"context"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// LaterOpen is what somebody still has to send for an accepted application.
type LaterOpen struct {
	Questions int
	Due       time.Time // zero: no end is set
}

// LaterOpen tells of which of their applications the actor has to answer what only accepted applicants are asked, in as many
// queries for many as for one. Their people may.
func (s *Service) LaterOpen(ctx context.Context, sc tenants.Scope, all []Overview) (map[ids.Application]LaterOpen, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return nil, err
	}
	whole, asking := map[ids.Application]*forms.Definition{}, []Application{}
	for i := range all {
		a := &all[i].Application
		if a.State != Accepted || s.own(sc, policies.LaterSend, a) != nil {
			continue
		}
		version, err := s.forms.Version(ctx, sc, a.FormVersion)
		if err != nil {
			return nil, err
		}
		if version.Whole.AsksLater() {
			whole[a.ID], asking = version.Whole, append(asking, *a)
		}
	}
	if len(asking) == 0 {
		return nil, nil
	}
	of, calls := make([]ids.Application, len(asking)), make([]ids.Call, len(asking))
	for i := range asking {
		of[i], calls[i] = asking[i].ID, asking[i].Call
	}
	sent, err := sendings(ctx, sc.Read(), of...)
	if err != nil {
		return nil, err
	}
	dues, err := laterDues(ctx, sc.Read(), calls...)
	if err != nil {
		return nil, err
	}
	over, err := s.Partnerships.Over(ctx, sc.Read(), of...)
	if err != nil {
		return nil, err
	}
	open, now := map[ids.Application]LaterOpen{}, time.Now()
	for i := range asking {
		a := &asking[i]
		n := 0
		if _, done := sent[a.Joint]; !done {
			n += questions(whole[a.ID], forms.ScopeJoint)
		}
		for _, p := range mineOf(sc, a) {
			if _, done := sent[p.Sheet]; !done {
				n += questions(whole[a.ID], forms.ScopePart)
			}
		}
		if n > 0 && !over[a.ID] && a.Answers(now, dues[a.Call]) {
			open[a.ID] = LaterOpen{n, dues[a.Call]}
		}
	}
	return open, nil
}

// questions counts what is asked later in a scope, conditions or not.
func questions(whole *forms.Definition, scope forms.Scope) int {
	n := 0
	for _, section := range whole.Later().Scoped(scope) {
		for i := range section.Questions {
			if section.Questions[i].Type.Typed() {
				n++
			}
		}
	}
	return n
}
