package main

import (
	"context"
	"slices"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/matching"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/selection"
	"kervan/tenants"
)

// guiding lets partnerships ask what they need from whoever accompanies them.
type guiding struct{ jury }

// Topics satisfies partnerships.Needs.
func (g guiding) Topics(ctx context.Context, sc tenants.Scope, wanted []ids.Application) (map[ids.Application][][]string, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	all, err := applications.Several(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	return g.ranked(ctx, sc, all, "")
}

// Wants satisfies partnerships.Needs: the languages of an organization's profile and, while its card is in the pool, those of the card and
// what that says it needs.
func (guiding) Wants(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]partnerships.Want, error) {
	profiles, err := organizations.Profiles(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	cards, err := matching.Needs(ctx, sc.Read(), wanted)
	found := make(map[ids.Organization]partnerships.Want, len(profiles))
	for i := range profiles {
		o := &profiles[i]
		card := cards[o.ID]
		want := partnerships.Want{Languages: merged(o.Languages, card.Languages)}
		for _, t := range card.Topics {
			want.Topics = append(want.Topics, string(t))
		}
		found[o.ID] = want
	}
	return found, err
}

// Barred satisfies partnerships.Needs.
func (guiding) Barred(ctx context.Context, sc tenants.Scope, wanted []ids.Application) (map[ids.Application][]ids.Person, error) {
	return selection.Barred(ctx, sc.Read(), wanted...)
}

func merged(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}
