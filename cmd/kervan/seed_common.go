package main

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/matching"
	"kervan/tenants"
)

// introduce has the core put together organizations of several networks, unless it has.
func (b *together) introduce(ctx context.Context) error {
	core, found, err := b.app.tenants.ByHost(ctx, b.app.config.hosts("core")[0])
	if err != nil || !found {
		return err
	}
	b.networks["core"] = core
	team, err := b.as(ctx, "core", tenants.RoleCoreTeam, "")
	if err != nil {
		return err
	}
	if all, err := b.app.matching.Rounds(ctx, team); err != nil || len(all.All) > 0 {
		return err
	}
	if err := b.works(ctx); err != nil { // the cards are copied
		return err
	}
	_, _, err = b.across(ctx, team)
	return err
}

// across makes a round of the common pool and has it solved.
func (b *together) across(ctx context.Context, team tenants.Scope) (ids.Round, ids.Run, error) {
	round, err := b.app.matching.BeginRound(ctx, team, matching.Round{Title: "First steps across networks", Pool: matching.SharedPool, Rules: matching.CommonRules()})
	if err != nil {
		return round, ids.Run{}, err
	}
	run, err := b.app.matching.StartRun(ctx, team, round)
	if err != nil {
		return round, run, err
	}
	return round, run, b.app.matching.Compute(ctx, team.As(tenants.SystemActor("demo")), matching.Computing{Run: run})
}
