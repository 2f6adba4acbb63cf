package main

import (
	"context"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// login is somebody to try the demonstration as.
type login struct{ who, email string }

// demoLogins are the people of a network to try it as: one for each role of its team, those who write applications just
// now, and the leads of its newest partnership. Of networks outside the demonstration there are none.
func demoLogins(ctx context.Context, app *App, tenant tenants.Tenant) ([]login, error) {
	for _, c := range casts() {
		if c.Slug != tenant.Slug || c.Name != tenant.Name {
			continue
		}
		logins := c.teamLogins()
		if c.logins == nil {
			return logins, nil
		}
		world, err := demo.NewWorld(c.seed)
		if err != nil {
			return nil, err
		}
		logins = append(logins, c.logins(world.Organizations(c.mix...))...)
		partners, err := partnerLogins(ctx, app, tenant)
		return append(logins, partners...), err
	}
	return nil, nil
}

func (c *cast) teamLogins() []login {
	var logins []login
	seen := map[tenants.Role]bool{}
	for _, p := range c.team {
		for _, r := range p.roles {
			if !seen[r] || r == tenants.RoleCoreTeam {
				logins = append(logins, login{string(r), p.email})
			}
			seen[r] = true
		}
	}
	return logins
}

// partnerLogins are the leads of the network's newest partnership.
func partnerLogins(ctx context.Context, app *App, tenant tenants.Tenant) ([]login, error) {
	sc := app.tenants.Bind(tenant, tenants.SystemActor("demo"))
	all, _, err := app.partnerships.List(ctx, sc, partnerships.Query{Limit: 1})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	leads, err := tenants.LeadsOf(ctx, sc.Read(), all[0].Organizations()...)
	if err != nil {
		return nil, err
	}
	var persons []ids.Person
	for _, o := range all[0].Organizations() {
		persons = append(persons, leads[o]...)
	}
	cards, err := app.accounts.Cards(ctx, sc.Read(), persons)
	logins := make([]login, len(persons))
	for i, id := range persons {
		logins[i] = login{"lead, in a partnership", cards[id].Email}
	}
	return logins, err
}
