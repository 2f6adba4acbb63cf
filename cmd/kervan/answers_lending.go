package main

import (
	"context"
	"slices"
	"strings"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/lending"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// lenders lets lending ask the other modules about reviewers and what they belong to.
type lenders struct{ app *App }

// Call satisfies lending.Reviewing.
func (lenders) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (lending.Call, error) {
	c, err := programs.Judging(ctx, sc, id)
	if err != nil {
		return lending.Call{}, err
	}
	open, err := selection.MayBeInvited(ctx, sc.Read(), id)
	return lending.Call{ID: c.ID, Title: c.Title, Zone: c.Zone, Open: open}, err
}

// Lendable satisfies lending.Reviewing.
func (l lenders) Lendable(ctx context.Context, sc tenants.Scope) ([]lending.Reviewer, error) {
	known, err := l.app.reviewers.KnownReviewers(ctx, sc)
	if err != nil {
		return nil, err
	}
	var found []lending.Reviewer
	var persons []ids.Person
	for _, k := range known {
		if !k.Lendable {
			continue
		}
		persons = append(persons, k.Profile.Person)
		found = append(found, lending.Reviewer{
			Person: k.Profile.Person, Name: k.Name, Email: k.Email, Topics: k.Topics, Languages: k.Languages, Countries: k.Countries, Owed: k.Owed,
		})
	}
	cards, err := l.app.accounts.Cards(ctx, sc.Read(), persons)
	for i := range found {
		found[i].Locale = cards[found[i].Person].Locale
	}
	return found, err
}

// Still satisfies lending.Reviewing.
func (lenders) Still(ctx context.Context, tx *tenants.Tx, persons []ids.Person) ([]ids.Person, error) {
	return reviewers.StillLendable(ctx, tx, persons)
}

// Progress satisfies lending.Reviewing.
func (lenders) Progress(ctx context.Context, sc tenants.Scope, loan ids.Loan) (lending.Progress, error) {
	s, err := selection.StandingOfLoan(ctx, sc.Read(), loan, func(call ids.Call) (bool, error) {
		c, err := programs.Judging(ctx, sc, call)
		return c.Review.Anonymous, err
	})
	return lending.Progress{Stage: lending.Stage(s.State), Done: s.Done, Given: s.Given}, err
}

// Homes satisfies lending.Homes: of each person their organizations, and those that are or were in one partnership with these.
func (l lenders) Homes(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]lending.Home, error) {
	seats, err := tenants.MembershipsOf(ctx, sc.Read(), persons...)
	if err != nil {
		return nil, err
	}
	var own []ids.Organization
	for _, m := range seats {
		own = append(own, m.Organization)
	}
	partners, err := partnerships.Partners(ctx, sc.Read(), own)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(own)
	for _, p := range partners {
		all = append(all, p[1])
	}
	known, err := recognized(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	if err := l.domains(ctx, sc, known, all); err != nil {
		return nil, err
	}
	homes := map[ids.Person]lending.Home{}
	for _, m := range seats {
		h := homes[m.Person]
		h.Own = append(h.Own, known[m.Organization])
		for _, p := range partners {
			if p[0] == m.Organization {
				h.Partners = append(h.Partners, known[p[1]])
			}
		}
		homes[m.Person] = h
	}
	return homes, nil
}

// domains adds those of the addresses of the organizations' people.
func (l lenders) domains(ctx context.Context, sc tenants.Scope, into map[ids.Organization]events.Affiliation, of []ids.Organization) error {
	members, err := tenants.MembersOf(ctx, sc.Read(), of...)
	if err != nil {
		return err
	}
	persons := make([]ids.Person, len(members))
	for i, m := range members {
		persons[i] = m.Person
	}
	cards, err := l.app.accounts.Cards(ctx, sc.Read(), persons)
	for _, m := range members {
		_, host, ok := strings.Cut(cards[m.Person].Email, "@")
		if a := into[m.Organization]; ok && !slices.Contains(a.Domains, host) {
			a.Domains = append(a.Domains, host)
			into[m.Organization] = a
		}
	}
	return err
}

// recognized is what organizations can be recognized by in another network.
func recognized(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]events.Affiliation, error) {
	all, err := organizations.Recognizable(ctx, sc.Read(), wanted...)
	found := make(map[ids.Organization]events.Affiliation, len(all))
	for _, o := range all {
		a := events.Affiliation{Country: string(o.Country), Names: []string{o.Name, o.NameEnglish}}
		if o.RegistryNumber != "" {
			a.Registry = o.Registry + " " + o.RegistryNumber
		}
		found[o.ID] = a
	}
	return found, err
}

// Recognized satisfies selection.Ties.
func (jury) Recognized(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]events.Affiliation, error) {
	return recognized(ctx, sc, wanted)
}
