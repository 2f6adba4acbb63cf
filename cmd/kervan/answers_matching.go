package main

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/matching"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// finders lets matching ask who organizations are and who has worked together.
type finders struct{}

// Organizations satisfies matching.Organizations.
func (finders) Organizations(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]matching.Organization, error) {
	known, err := organizations.Profiles(ctx, sc.Read(), wanted...)
	found := make(map[ids.Organization]matching.Organization, len(known))
	for i := range known {
		o := &known[i]
		found[o.ID] = matching.Organization{
			ID: o.ID, Name: o.Name, NameEnglish: o.NameEnglish, City: o.City, Country: o.Country, Form: string(o.Form), About: o.About,
			Fields: o.Fields, Languages: o.Languages, Staff: o.Staff,
		}
	}
	return found, err
}

// Together satisfies matching.Partnerships.
func (finders) Together(ctx context.Context, sc tenants.Scope, among []ids.Organization) (map[matching.Pair]bool, error) {
	pairs, err := partnerships.Together(ctx, sc.Read(), among)
	found := make(map[matching.Pair]bool, len(pairs))
	for _, p := range pairs {
		found[matching.PairOf(p[0], p[1])] = true
	}
	return found, err
}
