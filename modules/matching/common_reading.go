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

// Abroad lists organizations of other networks that share their cards, the best fit first, and reports whether the organization for
// which somebody looks does so itself: one that does not finds nobody. Those of its own network are not among them. Its people may.
// Fault: NotFound when its network does not take part.
func (s *Service) Abroad(ctx context.Context, sc tenants.Scope, q Query) (CommonPool, bool, error) {
	us, in, err := s.ours(ctx, sc, q.For)
	if err != nil || !in {
		return CommonPool{}, false, err
	}
	all, err := copies(ctx, s.tenants.Platform().Read(), sc.Tenant().ID)
	if err != nil {
		return CommonPool{}, false, err
	}
	return pooling(all, sc.Actor().Locale, &q, &us), true, nil
}

// pooling is what of the common pool is looked for, by an organization or by the core team, with all networks that have cards there.
func pooling(all []Copy, locale i18n.Locale, q *Query, us *Listed) CommonPool {
	pool := CommonPool{Cards: len(all), Networks: partaking(all, locale)}
	if q.Network != "" {
		all = slices.DeleteFunc(all, func(c Copy) bool { return c.Slug != q.Network })
	}
	listed := make([]Listed, len(all))
	for i := range all {
		listed[i] = all[i].Listed()
		if us != nil {
			listed[i].Fit = fitOf(us, &listed[i])
		}
	}
	pool.Found = q.find(listed)
	return pool
}

// partaking are the networks of the cards, by name, with how many there are of each.
func partaking(all []Copy, locale i18n.Locale) []Partaking {
	at := map[ids.Tenant]int{}
	var networks []Partaking
	for i := range all {
		n, ok := at[all[i].Network]
		if !ok {
			n, networks = len(networks), append(networks, Partaking{Network: all[i].Network, Slug: all[i].Slug, Name: all[i].Of})
			at[all[i].Network] = n
		}
		networks[n].Cards++
	}
	i18n.Sort(locale, networks, func(n Partaking) string { return n.Name })
	return networks
}

// ours is an organization as others see it, and whether it shares its card.
func (s *Service) ours(ctx context.Context, sc tenants.Scope, own ids.Organization) (Listed, bool, error) {
	if err := s.policies.May(sc, policies.CommonLook, of(own)); err != nil {
		return Listed{}, false, err
	}
	v, err := sharingOf(ctx, sc.Read(), own)
	if err != nil {
		return Listed{}, false, err
	}
	if !v.Open || !sc.Tenant().Status.Writable() {
		return Listed{}, false, fault.NotFound()
	}
	if v.Since.IsZero() {
		return Listed{}, false, nil
	}
	c, _, err := findCard(ctx, sc.Read(), own)
	if err != nil {
		return Listed{}, false, err
	}
	o, err := s.profile(ctx, sc, own)
	return Listed{Organization: o, Card: c}, true, err
}

// MeetAbroad shows an organization of another network. The people of one that shares its own card may. Fault: NotFound.
func (s *Service) MeetAbroad(ctx context.Context, sc tenants.Scope, own ids.Organization, id ids.CommonCard) (Meeting, error) {
	us, in, err := s.ours(ctx, sc, own)
	if err != nil {
		return Meeting{}, err
	}
	c, found, err := findCopy(ctx, s.tenants.Platform().Read(), id)
	if err != nil {
		return Meeting{}, err
	}
	if !in || !found || c.Network == sc.Tenant().ID {
		return Meeting{}, fault.NotFound()
	}
	m := Meeting{Own: us, Other: c.Listed()}
	m.Other.Fit = fitOf(&m.Own, &m.Other)
	return m, nil
}

// takesPart reports whether organizations of the network may see those of others.
func (s *Service) takesPart(ctx context.Context, sc tenants.Scope) (bool, error) {
	if !sc.Tenant().Status.Writable() {
		return false, nil
	}
	p, _, err := participation(ctx, sc.Read())
	return p.On(), err
}

// CommonPool lists the organizations of all networks that share their cards. The core team may; nothing but the cards is there.
func (s *Service) CommonPool(ctx context.Context, sc tenants.Scope, q Query) (CommonPool, error) {
	if err := s.policies.May(sc, policies.CommonList, policies.On{}); err != nil {
		return CommonPool{}, err
	}
	all, err := copies(ctx, s.tenants.Platform().Read(), ids.Tenant{})
	if err != nil {
		return CommonPool{}, err
	}
	pool := pooling(all, sc.Actor().Locale, &q, nil)
	pool.Networks, err = s.everyPartaking(ctx, sc, pool.Networks)
	return pool, err
}

// everyPartaking are the networks that take part, those of which nobody shares a card among them, by name; not those in which nothing
// can be changed, whose cards nobody is shown.
func (s *Service) everyPartaking(ctx context.Context, sc tenants.Scope, sharing []Partaking) ([]Partaking, error) {
	since, err := partakings(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	everybody, err := s.tenants.All(ctx)
	if err != nil {
		return nil, err
	}
	for i := range sharing {
		sharing[i].Since = since[sharing[i].Network]
		delete(since, sharing[i].Network)
	}
	for _, t := range everybody {
		if at, ok := since[t.ID]; ok && t.Status.Writable() {
			sharing = append(sharing, Partaking{Network: t.ID, Slug: t.Slug, Name: t.Name, Since: at})
		}
	}
	i18n.Sort(sc.Actor().Locale, sharing, func(n Partaking) string { return n.Name })
	return sharing, nil
}

// CommonCard shows an organization that shares its card. The core team may. Fault: NotFound.
func (s *Service) CommonCard(ctx context.Context, sc tenants.Scope, id ids.CommonCard) (Copy, error) {
	if err := s.policies.May(sc, policies.CommonList, policies.On{}); err != nil {
		return Copy{}, err
	}
	c, found, err := findCopy(ctx, s.tenants.Platform().Read(), id)
	if err == nil && !found {
		err = fault.NotFound()
	}
	return c, err
}
