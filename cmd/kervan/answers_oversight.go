package main

import (
	"context"

	"kervan/modules/applications"
	"kervan/modules/organizations"
	"kervan/modules/oversight"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

// countings lets oversight ask the other modules how many there are of what they own, as far as whoever asks may know of it.
type countings struct{ selection *selection.Service }

// Organizations satisfies oversight.Sources.
func (countings) Organizations(ctx context.Context, sc tenants.Scope) (int, error) {
	return organizations.Count(ctx, sc.Read())
}

// Calls satisfies oversight.Sources.
func (countings) Calls(ctx context.Context, sc tenants.Scope) ([]oversight.Call, error) {
	all, err := programs.All(ctx, sc.Read(), true)
	if err != nil {
		return nil, err
	}
	calls := make([]oversight.Call, len(all))
	for i := range all {
		c := &all[i]
		calls[i] = oversight.Call{Draft: c.State == programs.Draft, Opens: c.OpensAt, Closes: c.ClosesAt, Zone: c.Zone}
		if c.State == programs.Closed {
			calls[i].Closes = c.ClosedAt
		}
	}
	return calls, nil
}

// Applications satisfies oversight.Sources.
func (c countings) Applications(ctx context.Context, sc tenants.Scope) (byState map[string]int, needed, done int, err error) {
	hidden, err := c.selection.Conflicted(ctx, sc)
	if err != nil {
		return nil, 0, 0, err
	}
	counts, err := applications.CountByState(ctx, sc.Read(), hidden...)
	if err != nil {
		return nil, 0, 0, err
	}
	needed, done, err = selection.CountReviews(ctx, sc.Read(), hidden...)
	return named(counts), needed, done, err
}

// Partnerships satisfies oversight.Sources.
func (countings) Partnerships(ctx context.Context, sc tenants.Scope) (map[string]int, error) {
	counts, err := partnerships.CountByState(ctx, sc.Read())
	return named(counts), err
}

func named[S ~string](counts map[S]int) map[string]int {
	plain := make(map[string]int, len(counts))
	for state, n := range counts {
		plain[string(state)] = n
	}
	return plain
}
