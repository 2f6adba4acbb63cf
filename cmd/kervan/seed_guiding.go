package main

import (
	"context"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// guides are what those who accompany partnerships of the demonstration say of themselves, in the order of the team.
var guides = []partnerships.Profile{
	{
		Expertise: expertise.Expertise{Topics: []string{"volunteers", "people", "governance", "inclusion"}, Languages: []string{"tr", "en"}, Countries: []string{"TR", "DE"}},
		Least:     2, Most: 4, Note: "Cuma günleri yoldayım; görüşmeleri hafta başına koyalım.",
	},
	{
		Expertise: expertise.Expertise{Topics: []string{"fundraising", "finance", "strategy", "digital"}, Languages: []string{"tr", "en", "de"}, Countries: []string{"TR", "BG", "GR"}},
		Most:      3,
	},
	{
		Expertise: expertise.Expertise{Topics: []string{"communication", "networks", "advocacy", "program"}, Languages: []string{"de", "en", "fr"}, Countries: []string{"DE", "FR", "PL", "CZ"}},
		Least:     1, Most: 4, Note: "Ich reise gern mit der Bahn, auch länger.",
	},
}

// introduce lets those who accompany partnerships say what they know.
func (s *stage) introduce(at time.Time) {
	s.at(at, "introduce who accompanies", func(ctx context.Context, at time.Time) error {
		for i, who := range s.members[tenants.RoleFacilitator] {
			sc, err := s.as(at, who)
			if err != nil {
				return err
			}
			if err := s.app.partnerships.SaveOwnProfile(ctx, sc, guides[i%len(guides)]); err != nil {
				return err
			}
		}
		return nil
	})
}

// accompany gives the oldest partnerships whoever suits them best, one of whom hands one back again.
func (s *stage) accompany(at time.Time, n int, returned i18n.Text) {
	s.at(at, "accompany partnerships", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		all, _, err := s.app.partnerships.List(ctx, sc, partnerships.Query{Going: true, Desc: true})
		if err != nil {
			return err
		}
		var last ids.Person
		for i := range all[:min(n, len(all))] {
			g, err := s.app.partnerships.Guidance(ctx, sc, all[i].ID)
			if err != nil {
				return err
			}
			if len(g.Companions) == 0 {
				continue
			}
			last = g.Companions[0].ID
			if err := s.app.partnerships.Accompany(ctx, sc, g.ID, g.Version, last, ""); err != nil {
				return err
			}
		}
		for _, who := range s.members[tenants.RoleFacilitator] {
			if who.Person == last && n <= len(all) {
				return s.app.partnerships.HandBack(ctx, sc.As(who), all[n-1].ID, returned[who.Locale])
			}
		}
		return nil
	})
}
