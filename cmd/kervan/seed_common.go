package main

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
	"kervan/modules/selection"
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
	if err := b.long(ctx); err != nil {
		return err
	}
	round, run, err := b.across(ctx, team)
	if err != nil {
		return err
	}
	board, err := b.app.matching.Board(ctx, team, round, run)
	if err != nil {
		return err
	}
	var groups [][]ids.Organization
	for _, g := range board.Groups[:min(len(board.Groups), 4)] {
		var group []ids.Organization
		for _, at := range g.Members {
			group = append(group, board.Organizations[at])
		}
		groups = append(groups, group)
	}
	due := selection.DueAt(time.Now(), 14, i18n.Zone("Europe/Istanbul"))
	if err := b.app.matching.Propose(ctx, team, round, run, matching.Proposing{Groups: groups, Due: due, Note: "What one of you looks for, the other offers. Would you like to get to know each other?"}); err != nil {
		return err
	}
	if err := b.works(ctx); err != nil {
		return err
	}
	v, err := b.app.matching.Round(ctx, team, round)
	if err != nil {
		return err
	}
	for n, p := range v.Proposals[:min(len(v.Proposals), 3)] {
		if err := b.reply(ctx, p.ID, n); err != nil {
			return err
		}
	}
	return b.works(ctx)
}

// reply lets the organizations of a proposal answer: to the first both say yes, to the second one of them, to the third one says no.
func (b *together) reply(ctx context.Context, id ids.Match, n int) error {
	answered := 0
	for _, slug := range []string{"bosporus", "elbe"} {
		leads, err := b.leads(ctx, slug)
		if err != nil {
			return err
		}
		for _, lead := range leads {
			found, err := b.app.matching.Introductions(ctx, lead)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(found, func(v matching.Introduced) bool { return v.ID == id && v.MayAnswer })
			if at < 0 || n > 0 && answered > 0 {
				continue
			}
			answered++
			r := matching.Reply{Accepts: n < 2, Contact: lead.Actor().Name, Email: true}
			if n == 2 {
				r = matching.Reply{Reason: "Bu yıl yeni bir ortaklığa zamanımız yok."}
			}
			if err := b.app.matching.Reply(ctx, lead, id, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// leads are the leads of a network's organizations, each for one of them.
func (b *together) leads(ctx context.Context, slug string) ([]tenants.Scope, error) {
	system := b.app.tenants.Bind(b.networks[slug], tenants.SystemActor("demo"))
	held, err := tenants.Holders(ctx, system.Read(), tenants.RoleLead)
	if err != nil {
		return nil, err
	}
	persons := make([]ids.Person, len(held))
	for i, m := range held {
		persons[i] = m.Person
	}
	cards, err := b.app.accounts.Cards(ctx, system.Read(), persons)
	if err != nil {
		return nil, err
	}
	all := make([]tenants.Scope, len(held))
	for i, m := range held {
		c := cards[m.Person]
		all[i] = system.As(tenants.Actor{Person: m.Person, Name: c.Name, Email: c.Email, Locale: c.Locale, Grants: []tenants.Grant{{Role: m.Role, Organization: m.Organization}}})
	}
	return all, nil
}

// long lets organizations that show their cards wish for two of another network each, which fit best, and each third one rule one out.
func (b *together) long(ctx context.Context) error {
	leads, err := b.leads(ctx, "bosporus")
	if err != nil {
		return err
	}
	n := 0
	for _, lead := range leads {
		own := lead.Actor().Grants[0].Organization
		pool, shares, err := b.app.matching.Abroad(ctx, lead, matching.Query{For: own, Network: "elbe", Locale: lead.Actor().Locale})
		if err != nil {
			return err
		}
		if !shares || len(pool.All) < 3 {
			continue
		}
		for _, other := range pool.All[:2] {
			if err := b.app.matching.WishAbroad(ctx, lead, own, other.ID); err != nil {
				return err
			}
		}
		if n%3 == 0 {
			if err := b.app.matching.RuleOutAbroad(ctx, lead, own, pool.All[len(pool.All)-1].ID); err != nil {
				return err
			}
		}
		n++
	}
	return nil
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
