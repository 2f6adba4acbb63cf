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

// propose has somebody proposed for all partnerships that nobody accompanies, as the form usually asks.
func (s *stage) propose(ctx context.Context, sc tenants.Scope) (partnerships.Plan, error) {
	v, err := s.app.partnerships.Planning(ctx, sc, ids.Person{})
	if err != nil {
		return partnerships.Plan{}, err
	}
	id, err := s.app.partnerships.StartRun(ctx, sc, v.Usual, "")
	if err != nil {
		return partnerships.Plan{}, err
	}
	if err := s.app.partnerships.Compute(ctx, sc.As(tenants.SystemActor("demo")), partnerships.Computing{Run: id}); err != nil {
		return partnerships.Plan{}, err
	}
	return s.app.partnerships.Plan(ctx, sc, id)
}

// accompany gives all partnerships but the last ones somebody, by a proposal that the coordinator changes so. One of them hands one back.
func (s *stage) accompany(at time.Time, but int, returned i18n.Text) {
	s.at(at, "accompany partnerships", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		p, err := s.propose(ctx, sc)
		if err != nil || len(p.Chosen) <= but {
			return err
		}
		last := len(p.Chosen) - but
		for i := range but {
			p.Chosen[last+i] = -1
		}
		if err := s.app.partnerships.Change(ctx, sc, p.ID, p.Chosen); err != nil {
			return err
		}
		if _, _, err := s.app.partnerships.ApplyRun(ctx, sc, p.ID); err != nil {
			return err
		}
		for _, who := range s.members[tenants.RoleFacilitator] {
			if who.Person == p.People[p.Chosen[last-1]] {
				return s.app.partnerships.HandBack(ctx, sc.As(who), p.Partnerships[last-1], returned[who.Locale])
			}
		}
		return nil
	})
}

// proposeAgain leaves a proposal open for those that nobody accompanies.
func (s *stage) proposeAgain(at time.Time) {
	s.at(at, "propose who accompanies the others", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		_, err = s.propose(ctx, sc)
		return err
	})
}
