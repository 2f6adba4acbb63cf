package matching

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Mine are the organizations for which the actor may look for partners, by name. Leads and participants may; of the network's
// team who belongs to none has none.
func (s *Service) Mine(ctx context.Context, sc tenants.Scope) ([]Organization, error) {
	if err := s.policies.Ever(sc, policies.PartnerDirectory); err != nil {
		return nil, err
	}
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead, tenants.RoleParticipant)
	if len(mine) == 0 {
		return nil, nil
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, mine)
	if err != nil {
		return nil, err
	}
	all := make([]Organization, 0, len(mine))
	for _, id := range mine {
		if o, ok := known[id]; ok {
			all = append(all, o)
		}
	}
	i18n.Sort(sc.Actor().Locale, all, func(o Organization) string { return o.Name })
	return all, nil
}

// looks decides whether the actor may look for partners for the organization, or, without one, for the network.
func (s *Service) looks(sc tenants.Scope, own ids.Organization) error {
	if err := s.policies.May(sc, policies.PartnerDirectory, policies.On{}); err != nil {
		return err
	}
	if own.IsZero() {
		if !sc.Actor().Has(tenants.RoleCoordinator, tenants.RoleOfficer) && sc.Actor().System == "" {
			return fault.NotFound()
		}
		return nil
	}
	return s.policies.May(sc, policies.CardRead, of(own))
}

// pool is everybody who lets others find them, and how they fit to the organization, which is among them.
func (s *Service) pool(ctx context.Context, sc tenants.Scope, own ids.Organization) ([]Listed, error) {
	cards, err := cardsIn(ctx, sc.Read())
	if err != nil || len(cards) == 0 {
		return nil, err
	}
	wanted := make([]ids.Organization, len(cards))
	for i := range cards {
		wanted[i] = cards[i].Organization
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	all := make([]Listed, 0, len(cards))
	for i := range cards {
		if o, ok := known[cards[i].Organization]; ok {
			all = append(all, Listed{Organization: o, Card: cards[i]})
		}
	}
	if at := slices.IndexFunc(all, func(l Listed) bool { return l.ID == own }); at >= 0 {
		us := all[at]
		for i := range all {
			all[i].Fit = fitOf(&us, &all[i])
		}
	}
	return all, nil
}

// Directory lists who lets others find them, and reports whether the organization for which somebody looks does so itself:
// one that does not finds nobody. Its people may, and the network's coordinators and officers, for no organization.
func (s *Service) Directory(ctx context.Context, sc tenants.Scope, q Query) (Found, bool, error) {
	if err := s.looks(sc, q.For); err != nil {
		return Found{}, false, err
	}
	all, err := s.pool(ctx, sc, q.For)
	if err != nil {
		return Found{}, false, err
	}
	if !q.For.IsZero() && !slices.ContainsFunc(all, func(l Listed) bool { return l.ID == q.For }) {
		return Found{}, false, nil
	}
	return q.find(all), true, nil
}

// Meeting is an organization as another one sees it.
type Meeting struct {
	Other    Listed
	Own      Listed // who looks; nobody when the network's team does
	Together bool   // they are or were in one partnership
	Preview  bool   // it is their own card, as others see it or would see it
}

// Meet shows an organization to another one, or to the network's team; to itself as others would see it. Those that let others
// find them see those that do. Fault: NotFound for all others.
func (s *Service) Meet(ctx context.Context, sc tenants.Scope, own, other ids.Organization) (Meeting, error) {
	if err := s.looks(sc, own); err != nil {
		return Meeting{}, err
	}
	both := []ids.Organization{other}
	if !own.IsZero() && own != other {
		both = append(both, own)
	}
	cards, err := cardsOf(ctx, sc.Read(), both)
	if err != nil {
		return Meeting{}, err
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, both)
	if err != nil {
		return Meeting{}, err
	}
	listed := func(id ids.Organization) Listed { return Listed{Organization: known[id], Card: cards[id]} }
	m := Meeting{Other: listed(other), Preview: own == other}
	if m.Preview {
		return m, nil
	}
	if !m.Other.Card.InPool || !own.IsZero() && !cards[own].InPool {
		return Meeting{}, fault.NotFound()
	}
	if own.IsZero() {
		return m, nil
	}
	m.Own = listed(own)
	m.Other.Fit = fitOf(&m.Own, &m.Other)
	together, err := s.around.Partnerships.Together(ctx, sc, both)
	m.Together = together[PairOf(own, other)]
	return m, err
}
