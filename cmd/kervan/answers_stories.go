package main

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/stories"
	"kervan/tenants"
)

// tellers lets stories ask partnerships who writes, and how they want to be shown.
type tellers struct {
	partnerships  *partnerships.Service
	organizations *organizations.Service
}

// Partnerships satisfies stories.Partnerships.
func (t tellers) Partnerships(ctx context.Context, sc tenants.Scope, wanted []ids.Partnership) (map[ids.Partnership]stories.Partnership, error) {
	known, err := t.partnerships.Some(ctx, sc, wanted)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	var of []ids.Organization
	for i := range known {
		of = append(of, known[i].Organizations()...)
	}
	cards, err := t.organizations.Cards(ctx, sc.Read(), of)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Partnership]stories.Partnership, len(known))
	for i := range known {
		k := &known[i]
		p := stories.Partnership{ID: k.ID, Title: k.Title, Writes: k.Writes, Pseudonym: k.Pseudonym, Willing: k.Willing}
		for _, o := range k.Organizations() {
			p.Organizations = append(p.Organizations, stories.Organization{ID: o, Name: cards[o].Name, NameEnglish: cards[o].NameEnglish})
		}
		found[k.ID] = p
	}
	return found, nil
}

// Bylines satisfies stories.Partnerships.
func (t tellers) Bylines(ctx context.Context, sc tenants.Scope, wanted []ids.Partnership) (map[ids.Partnership]stories.Byline, error) {
	shown, err := t.partnerships.ShownOf(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Partnership]stories.Byline, len(shown))
	for id, s := range shown {
		line := stories.Byline{Title: s.Title, Veiled: s.Veiled, Secret: s.Names}
		for _, m := range s.Members {
			line.Places = append(line.Places, stories.Place{Name: m.Name, City: m.City, Country: m.Country})
		}
		found[id] = line
	}
	return found, nil
}
