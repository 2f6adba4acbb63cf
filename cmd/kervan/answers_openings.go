package main

import (
	"context"
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/ui"
	"kervan/modules/openings"
	"kervan/modules/pages"
	"kervan/modules/programs"
	"kervan/modules/rehearsal"
	"kervan/modules/site"
	"kervan/tenants"
)

// opening lets openings ask the other modules what a call opens with, and what is in place around it.
type opening struct{ app *App }

// Case satisfies openings.Calls.
func (o opening) Case(ctx context.Context, sc tenants.Scope, id ids.Call) (openings.Case, error) {
	about, err := o.app.programs.Opening(ctx, sc, id)
	if err != nil {
		return openings.Case{}, err
	}
	c := about.Call
	from, err := o.app.blueprints.Version(ctx, c.Blueprint, c.FromVersion)
	if err != nil {
		return openings.Case{}, err
	}
	found := openings.Case{
		Call: id, Draft: c.State == programs.Draft, First: about.First, Content: about.Content, Reviews: c.Review.Reviews, Kept: about.Kept,
		Facts: openings.Facts{
			Title: c.Title, Locales: c.Locales, OpensAt: c.OpensAt, ClosesAt: c.ClosesAt, Zone: c.Zone, Places: c.Places, GrantMinor: c.GrantMinor,
			GrantCurrency: c.GrantCurrency, Blueprint: c.Blueprint, Number: c.FromVersion, Model: from.Name, Composition: c.Composition.Key,
		},
	}
	for _, n := range about.Needs {
		found.Musts = append(found.Musts, openings.Line{Key: "programs.need." + n.Key, Args: n.Args, Place: n.Place, Met: n.Met})
	}
	found.Program, err = about.Program.JSON()
	return found, err
}

// CameFrom satisfies openings.Calls.
func (o opening) CameFrom(ctx context.Context, f openings.Facts) (blueprints.Program, error) {
	return o.app.programs.CameFrom(ctx, f.Blueprint, f.Number, f.Composition)
}

// Surroundings satisfies openings.Around.
func (o opening) Surroundings(ctx context.Context, sc tenants.Scope, id ids.Call) (openings.Surroundings, error) {
	t := sc.Tenant()
	around := openings.Surroundings{
		Brand: t.Brand.Typeface != "", Sender: t.Brand.SenderName != "",
		Readable: !slices.ContainsFunc(site.BrandOf(t).Corrections(), func(c ui.Correction) bool { return c.Where == "primary_light" }),
	}
	readers, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer, tenants.RoleChair)
	if err != nil {
		return around, err
	}
	people := map[ids.Person]bool{}
	for _, one := range readers {
		people[one.Person] = true
	}
	around.Reviewers = len(people)
	written, err := pages.Written(ctx, sc.Read(), "privacy", "contact")
	if err != nil {
		return around, err
	}
	around.Notice, around.Contact = written["privacy"], written["contact"]
	if around.Address, err = o.app.domains.Sound(ctx, t.ID); err != nil {
		return around, err
	}
	around.Rehearsed, err = rehearsal.Tried(ctx, sc.Read(), id)
	return around, err
}

// CoreTeam satisfies openings.Around.
func (o opening) CoreTeam(ctx context.Context, core tenants.Scope) ([]ids.Person, error) {
	return o.app.accounts.Holders(ctx, core.Read(), tenants.RoleCoreTeam)
}

// Names satisfies openings.Around.
func (o opening) Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	return o.app.names(ctx, sc, persons)
}
