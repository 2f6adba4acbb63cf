package applications

import (
	"context"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Reading is how somebody may read what stands in a sheet: what policies must know, which answers are not for them all the
// same, and which documents are not for them yet.
type Reading struct {
	On       policies.On
	Hides    func(ref string) bool
	Withheld func(ref string, document ids.Document) bool
	Veiled   bool // the reader is not to know who applies, nor how a file is called
}

// Readers is what policies must know of who may read what stands in each sheet: of what was handed in, all organizations of
// the application and the network's side; before that, the organization whose part it is, or all of them the joint part.
// What only accepted applicants give is read by the network's side once it was sent, and as long as the last sending has it.
// Left out are sheets of no application and, for the network's side, of one that is a draft.
func (s *Service) Readers(ctx context.Context, sc tenants.Scope, sheets []ids.Sheet) (map[ids.Sheet]Reading, error) {
	if err := s.policies.Ever(sc, policies.ApplicationRead); err != nil {
		return nil, err
	}
	all, err := bySheets(ctx, sc.Read(), sheets)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	found := make([]ids.Application, len(all))
	for i := range all {
		found[i] = all[i].ID
	}
	standings, err := s.Standings.Standings(ctx, sc, found)
	if err != nil {
		return nil, err
	}
	sent, err := s.sentDocuments(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	veiled, err := s.veils(ctx, sc, all, standings)
	if err != nil {
		return nil, err
	}
	readers := map[ids.Sheet]Reading{}
	for i := range all {
		a := &all[i]
		handedIn := a.State != Draft && !a.SubmittedAt.IsZero()
		if !handedIn && len(mineOf(sc, a)) == 0 && sc.Actor().System == "" {
			continue
		}
		whole := on(a, standings[a.ID])
		asked, err := s.asked(ctx, sc, a)
		if err != nil {
			return nil, err
		}
		call, blind := veiled[a.ID]
		if blind {
			for i := range asked {
				asked[i] = call.veiled(asked[i])
			}
		}
		later, err := s.laterReading(ctx, sc, a, whole, asked, sent, blind)
		if err != nil {
			return nil, err
		}
		readers[a.Joint] = later(whole, a.Organizations()...)
		for _, part := range a.Parts {
			own := whole
			if !handedIn {
				own.Organizations = []ids.Organization{part.Organization}
			}
			readers[part.Sheet] = later(own, part.Organization)
		}
	}
	return readers, nil
}

// veils are the calls of the applications whose applicants the actor is not to know.
func (s *Service) veils(ctx context.Context, sc tenants.Scope, all []Application, standings map[ids.Application]Standing) (map[ids.Application]Call, error) {
	var wanted []ids.Call
	for i := range all {
		if standings[all[i].ID].Assigned && !slices.Contains(wanted, all[i].Call) {
			wanted = append(wanted, all[i].Call)
		}
	}
	calls, err := s.Calls.Calls(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	veiled := map[ids.Application]Call{}
	for i := range all {
		call := calls[all[i].Call]
		if s.blind(sc, &call, on(&all[i], standings[all[i].ID])) {
			veiled[all[i].ID] = call
		}
	}
	return veiled, nil
}

// asked is what all who applied are asked: by the form that was handed in, and by the one that the application has moved on to.
func (s *Service) asked(ctx context.Context, sc tenants.Scope, a *Application) ([]*forms.Definition, error) {
	var asked []*forms.Definition
	for _, id := range []ids.FormVersion{a.HandedVersion(), a.FormVersion} {
		version, err := s.forms.Version(ctx, sc, id)
		if err != nil {
			return nil, err
		}
		asked = append(asked, version.Definition)
	}
	return asked, nil
}

// laterReading makes the reading of a sheet that organizations fill. What all are asked is hidden by the look of the actor;
// what an organization answers once it was accepted is for its own people and, when it was sent, for those who may read it on the
// network's side. A document for a question that was taken away meanwhile is read by its own people.
func (s *Service) laterReading(ctx context.Context, sc tenants.Scope, a *Application, whole policies.On, asked []*forms.Definition, sent map[ids.Document]bool, blind bool) (func(on policies.On, of ...ids.Organization) Reading, error) {
	version, err := s.forms.Version(ctx, sc, a.FormVersion)
	if err != nil {
		return nil, err
	}
	team, checks := s.policies.May(sc, policies.LaterRead, whole) == nil, s.policies.May(sc, policies.ApplicationCheck, whole) == nil
	look, later := lookOf(sc, len(mineOf(sc, a)) > 0, checks), lookOf(sc, false, checks)
	look.Blind = blind
	mine := sc.Actor().OrganizationsAs()
	return func(on policies.On, of ...ids.Organization) Reading {
		own := slices.ContainsFunc(of, func(o ids.Organization) bool { return slices.Contains(mine, o) })
		return Reading{
			On: on, Veiled: blind,
			Hides: func(ref string) bool {
				if !version.Whole.IsLater(ref) {
					return slices.ContainsFunc(asked, func(d *forms.Definition) bool { return look.Hides(d, ref) })
				}
				return !own && (!team || later.Hides(version.Whole, ref))
			},
			Withheld: func(ref string, document ids.Document) bool {
				all := slices.ContainsFunc(asked, func(d *forms.Definition) bool { _, _, ok := d.Question(ref); return ok })
				return !own && (!all || version.Whole.IsLater(ref)) && !sent[document]
			},
		}
	}, nil
}

// sentDocuments are those that the last sendings of applications name, or what they handed in does, in as many queries for
// many as for one. Applications whose forms ask nothing later are left out.
func (s *Service) sentDocuments(ctx context.Context, sc tenants.Scope, all []Application) (map[ids.Document]bool, error) {
	whole := map[ids.Sheet]*forms.Definition{}
	var asking []Application
	var of []ids.Application
	for i := range all {
		version, err := s.forms.Version(ctx, sc, all[i].FormVersion)
		if err != nil {
			return nil, err
		}
		if !version.Whole.AsksLater() {
			continue
		}
		asking, of = append(asking, all[i]), append(of, all[i].ID)
		for _, sheet := range sheetsOf(&all[i]) {
			whole[sheet] = version.Whole
		}
	}
	if len(asking) == 0 {
		return nil, nil
	}
	copies, err := copiesOf(ctx, sc.Read(), asking)
	if err != nil {
		return nil, err
	}
	last, err := sendings(ctx, sc.Read(), of...)
	if err != nil {
		return nil, err
	}
	var wanted []ids.Sheet
	by := map[ids.Sheet]*forms.Definition{}
	for sheet, d := range whole {
		for _, copied := range []ids.Sheet{copies[sheet], last[sheet].Copy} {
			if !copied.IsZero() {
				wanted, by[copied] = append(wanted, copied), d
			}
		}
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	sent := map[ids.Document]bool{}
	for copied, d := range by {
		for _, document := range documentsIn(d, filled[copied].Answers) {
			sent[document] = true
		}
	}
	return sent, nil
}
