package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

func applicantOf(c organizations.Card) selection.Applicant {
	return selection.Applicant{ID: c.ID, Name: c.Name, City: c.City, Place: c.Place, Country: string(c.Country), Kind: string(c.Form)}
}

// settledIn is the organization where it sat when its application was handed in, which is not known of what was not.
func settledIn(t applications.Town, a selection.Applicant) selection.Applicant {
	if t.Country != "" {
		a.City, a.Place, a.Country = t.City, t.Place, t.Country
	}
	return a
}

func seatedAt(seat string, a selection.Applicant) selection.Applicant {
	a.Seat = seat
	return a
}

// Seatable satisfies selection.Seats.
func (j jury) Seatable(ctx context.Context, sc tenants.Scope, call ids.Call, seat string, staying []selection.Applicant) ([]selection.Applicant, error) {
	c, err := programs.Find(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	taken := map[string]applications.Applicant{}
	for _, o := range staying {
		taken[o.Seat] = applications.Applicant{ID: o.ID, Country: o.Country, Kind: o.Kind}
	}
	rule := c.Composition.Spread()
	all, _, err := j.organizations.Directory(ctx, sc, organizations.Query{})
	if err != nil {
		return nil, err
	}
	seated, err := partnerships.Seated(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	since := map[ids.Organization]time.Time{}
	for _, o := range all {
		for _, open := range applications.OpenSeats(rule, taken, applications.Applicant{ID: o.ID, Country: string(o.Country), Kind: string(o.Form)}) {
			if open.Key == seat && !slices.Contains(seated, o.ID) {
				since[o.ID] = time.Now()
			}
		}
	}
	found, err := j.Came(ctx, sc, since)
	return slices.Collect(maps.Values(found)), err
}

// Seated satisfies selection.Seats.
func (jury) Seated(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) (bool, error) {
	all, err := partnerships.Seated(ctx, tx, call)
	return slices.Contains(all, organization), err
}

// Applied satisfies selection.Seats.
func (jury) Applied(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization, others []ids.Application) ([]selection.Application, error) {
	all, err := applications.SeatedIn(ctx, tx, call, organization, others)
	found := make([]selection.Application, len(all))
	for i, a := range all {
		found[i] = selection.Application{ID: a.ID, Call: a.Call, Number: a.Number, Undecided: a.State.Undecided()}
		for _, o := range a.Organizations() {
			found[i].Organizations = append(found[i].Organizations, selection.Applicant{ID: o})
		}
	}
	return found, err
}

// Content satisfies selection.Seats.
func (jury) Content(ctx context.Context, sc tenants.Scope, call ids.Call, alone []ids.Application) ([]ids.Application, error) {
	return contentAmong(ctx, sc.Read(), call, alone)
}

// ContentIn satisfies selection.Seats.
func (jury) ContentIn(ctx context.Context, tx *tenants.Tx, call ids.Call, alone []ids.Application) ([]ids.Application, error) {
	return contentAmong(ctx, tx, call, alone)
}

func contentAmong(ctx context.Context, db bun.IDB, call ids.Call, alone []ids.Application) ([]ids.Application, error) {
	c, err := programs.Find(ctx, db, call)
	if err != nil {
		return nil, err
	}
	all, err := applications.Ever(ctx, db, alone)
	if err != nil {
		return nil, err
	}
	return contentOf(ctx, db, c.Composition.Spread(), all)
}

// Came satisfies selection.Seats.
func (j jury) Came(ctx context.Context, sc tenants.Scope, since map[ids.Organization]time.Time) (map[ids.Organization]selection.Applicant, error) {
	return j.came(ctx, sc.Read(), since)
}

// CameIn satisfies selection.Seats.
func (j jury) CameIn(ctx context.Context, tx *tenants.Tx, since map[ids.Organization]time.Time) (map[ids.Organization]selection.Applicant, error) {
	return j.came(ctx, tx, since)
}

func (j jury) came(ctx context.Context, db bun.IDB, since map[ids.Organization]time.Time) (map[ids.Organization]selection.Applicant, error) {
	wanted := slices.Collect(maps.Keys(since))
	cards, err := j.organizations.Cards(ctx, db, wanted)
	if err != nil {
		return nil, err
	}
	sat, err := partnerships.FirstSeats(ctx, db, wanted)
	found := make(map[ids.Organization]selection.Applicant, len(cards))
	for id, c := range cards {
		one := applicantOf(c)
		one.Region = c.Region()
		first, before := sat[id]
		one.First = !before || !first.Before(since[id])
		found[id] = one
	}
	return found, err
}
