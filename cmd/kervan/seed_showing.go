package main

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// visible is how partnerships of the demonstration let themselves be shown, the oldest first: some under their own names, one
// under another, one later, and of one only the first organization has agreed. All others are silent.
var visible = []struct {
	terms   partnerships.Terms
	later   int // days after today; 0: at once
	partial bool
}{
	{terms: partnerships.Terms{About: i18n.Text{
		i18n.TR: "Gönüllülerle yapılan ilk görüşmeyi birlikte yeniden yazıyorlar.", i18n.EN: "They rewrite together how the first talk with a volunteer goes.",
		i18n.DE: "Sie schreiben gemeinsam neu, wie das erste Gespräch mit Freiwilligen verläuft.",
	}}},
	{terms: partnerships.Terms{Pseudonym: "Fener", About: i18n.Text{
		i18n.TR: "Yeni gelenlere hukuki danışmanlığı mahallede, randevusuz veriyorlar.", i18n.EN: "They give legal advice to newcomers in the neighbourhood, without an appointment.",
	}}},
	{terms: partnerships.Terms{About: i18n.Text{
		i18n.TR: "Küçük dernekler için ortak bir bütçe okuma atölyesi kuruyorlar.", i18n.EN: "They set up a workshop in which small associations read budgets together.",
		i18n.DE: "Sie bauen eine Werkstatt auf, in der kleine Vereine gemeinsam Haushalte lesen.",
	}}},
	{partial: true},
	{later: 30},
	{terms: partnerships.Terms{About: i18n.Text{i18n.EN: "They compare how their towns listen to young people, and try one thing of the other's."}}},
}

// showing lets partnerships agree to be shown to everybody.
func (s *stage) showing(at time.Time) {
	s.at(at, "show partnerships", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		all, _, err := s.app.partnerships.List(ctx, sc, partnerships.Query{Limit: 50})
		if err != nil {
			return err
		}
		for i, v := range visible {
			if i >= len(all) {
				break
			}
			p, terms := all[len(all)-1-i], v.terms
			if v.later > 0 {
				terms.From = s.day(v.later, 0, 0)
			}
			if err := s.agree(ctx, sc, p.ID, p.Organizations(), terms, v.partial); err != nil {
				return err
			}
		}
		return nil
	})
}

// lead is who leads the organization.
func (s *stage) lead(o ids.Organization) tenants.Actor {
	for _, m := range s.orgs {
		if m.id == o {
			return m.actor
		}
	}
	return tenants.Actor{}
}

// agree lets the organizations of a partnership agree to how it is shown, or only the first of them.
func (s *stage) agree(ctx context.Context, sc tenants.Scope, id ids.Partnership, organizations []ids.Organization, terms partnerships.Terms, partial bool) error {
	for k, o := range organizations {
		var err error
		switch sc := sc.As(s.lead(o)); {
		case k == 0:
			err = s.app.partnerships.Propose(ctx, sc, id, 0, terms)
		case !partial:
			err = s.app.partnerships.Consent(ctx, sc, id, 1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// results lets the organizations of most accepted applications agree to be named, and the coordinator publish the results.
func (s *stage) results(at time.Time, call ids.Call) {
	s.at(at, "publish the results", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		all, _, err := s.app.partnerships.List(ctx, sc, partnerships.Query{Limit: 50})
		if err != nil {
			return err
		}
		for i, p := range all {
			if p.Call != call || i == 1 || i == 4 {
				continue
			}
			for _, m := range s.orgs {
				if slices.Contains(p.Organizations(), m.id) {
					if err := s.app.selection.Naming(ctx, sc.As(m.actor), p.Application, true); err != nil {
						return err
					}
				}
			}
		}
		return s.app.selection.PublishResults(ctx, sc, call)
	})
}
