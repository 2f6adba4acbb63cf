package main

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/accounts"
	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/tenants"
)

// surroundings let applications ask the other modules about calls, organizations, people, documents and reviewers.
type surroundings struct {
	organizations *organizations.Service
	accounts      *accounts.Service
}

func callFor(c programs.Call, now time.Time) (applications.Call, error) {
	if c.State == programs.Draft {
		return applications.Call{}, fault.NotFound()
	}
	letters := make(map[string]blueprints.Letter, len(c.Letters))
	for _, l := range c.Letters {
		letters[l.Key] = l
	}
	return applications.Call{
		ID: c.ID, Title: c.Title, Locales: c.Locales, Zone: c.Zone, ClosesAt: c.ClosesAt, Open: c.State == programs.Published && !now.Before(c.OpensAt),
		FormVersion: c.FormVersion, Composition: c.Composition, Eligibility: c.Eligibility, PapersHours: c.Review.PapersHours, Letters: letters,
	}, nil
}

// Call satisfies applications.Calls.
func (surroundings) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (applications.Call, error) {
	c, err := programs.Find(ctx, sc.Read(), id)
	if err != nil {
		return applications.Call{}, err
	}
	return callFor(c, time.Now())
}

// CallIn satisfies applications.Calls.
func (surroundings) CallIn(ctx context.Context, tx *tenants.Tx, id ids.Call) (applications.Call, error) {
	c, err := programs.Held(ctx, tx, id)
	if err != nil {
		return applications.Call{}, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return applications.Call{}, err
	}
	return callFor(c, now)
}

// UntilIn satisfies applications.Calls.
func (surroundings) UntilIn(ctx context.Context, tx *tenants.Tx, id ids.Call, organizations []ids.Organization) (time.Time, error) {
	return until(ctx, tx, id, organizations)
}

// Until satisfies applications.Calls.
func (surroundings) Until(ctx context.Context, sc tenants.Scope, id ids.Call, organizations []ids.Organization) (time.Time, error) {
	return until(ctx, sc.Read(), id, organizations)
}

func until(ctx context.Context, db bun.IDB, id ids.Call, organizations []ids.Organization) (time.Time, error) {
	c, err := programs.Find(ctx, db, id)
	if err != nil {
		return time.Time{}, err
	}
	return programs.Until(ctx, db, c, organizations...)
}

// Published satisfies applications.Calls.
func (surroundings) Published(ctx context.Context, sc tenants.Scope) ([]applications.Call, error) {
	all, err := programs.All(ctx, sc.Read(), false)
	if err != nil {
		return nil, err
	}
	calls := make([]applications.Call, len(all))
	for i, c := range all {
		if calls[i], err = callFor(c, time.Now()); err != nil {
			return nil, err
		}
	}
	return calls, nil
}

func applicant(c organizations.Card) applications.Applicant {
	return applications.Applicant{ID: c.ID, Name: c.Name, City: c.City, Country: string(c.Country), Kind: string(c.Form)}
}

func (s surroundings) applicants(ctx context.Context, db bun.IDB, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	wanted = slices.DeleteFunc(slices.Clone(wanted), ids.Organization.IsZero)
	cards, err := s.organizations.Cards(ctx, db, wanted)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Organization]applications.Applicant, len(cards))
	for id, c := range cards {
		found[id] = applicant(c)
	}
	return found, nil
}

// Applicants satisfies applications.Organizations.
func (s surroundings) Applicants(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	return s.applicants(ctx, sc.Read(), wanted)
}

// ApplicantsIn satisfies applications.Organizations.
func (s surroundings) ApplicantsIn(ctx context.Context, tx *tenants.Tx, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	return s.applicants(ctx, tx, wanted)
}

// All satisfies applications.Organizations.
func (s surroundings) All(ctx context.Context, sc tenants.Scope) ([]applications.Applicant, error) {
	cards, err := s.organizations.AllCards(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	all := make([]applications.Applicant, len(cards))
	for i, c := range cards {
		all[i] = applicant(c)
	}
	return all, nil
}

// Names satisfies applications.People.
func (s surroundings) Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	cards, err := s.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	names := make(map[ids.Person]string, len(cards))
	for id, c := range cards {
		names[id] = c.Name
	}
	return names, nil
}

// nobody stands to applications in any way before reviewers are assigned.
type nobody struct{}

// Standings satisfies applications.Standings.
func (nobody) Standings(context.Context, tenants.Scope, []ids.Application) (map[ids.Application]applications.Standing, error) {
	return nil, nil
}

// Conflicted satisfies applications.Standings.
func (nobody) Conflicted(context.Context, tenants.Scope) ([]ids.Application, error) { return nil, nil }

// Documents satisfies applications.Documents.
func (nobody) Documents(context.Context, tenants.Scope, []ids.Document) (map[ids.Document]forms.Document, error) {
	return nil, nil
}
