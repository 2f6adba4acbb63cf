package main

import (
	"context"
	"maps"
	"slices"

	"kervan/modules/accounts"
	"kervan/modules/applications"
	"kervan/modules/correspondence"
	"kervan/modules/ids"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

// recipients lets correspondence ask accounts where to reach people.
type recipients struct{ accounts *accounts.Service }

// Recipients satisfies correspondence.People.
func (r recipients) Recipients(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]correspondence.Recipient, error) {
	cards, err := r.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Person]correspondence.Recipient, len(cards))
	for id, c := range cards {
		found[id] = correspondence.Recipient{Person: id, Name: c.Name, Address: c.Email, Locale: c.Locale}
	}
	return found, nil
}

// coordinators lets domains ask accounts whom to warn.
type coordinators struct{ accounts *accounts.Service }

// Coordinators satisfies domains.Coordinators.
func (c coordinators) Coordinators(ctx context.Context, sc tenants.Scope) ([]ids.Person, error) {
	return c.accounts.Holders(ctx, sc.Read(), tenants.RoleCoordinator)
}

// members lets organizations ask accounts who people are and who is invited.
type members struct{ accounts *accounts.Service }

// Persons satisfies organizations.People.
func (m members) Persons(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]organizations.Person, error) {
	cards, err := m.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Person]organizations.Person, len(cards))
	for id, c := range cards {
		found[id] = organizations.Person{Name: c.Name, Email: c.Email, Locale: c.Locale}
	}
	return found, nil
}

// Invited satisfies organizations.People.
func (m members) Invited(ctx context.Context, sc tenants.Scope, organization ids.Organization) ([]organizations.Pending, error) {
	open, err := m.accounts.Invited(ctx, sc.Read(), organization)
	if err != nil {
		return nil, err
	}
	pending := make([]organizations.Pending, len(open))
	for i, p := range open {
		pending[i] = organizations.Pending{ID: p.ID, Name: p.Name, Email: p.Email, Role: p.Role}
	}
	return pending, nil
}

// names lets the trail ask accounts what people are called.
func (a *App) names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	cards, err := a.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Person]string, len(cards))
	for id, c := range cards {
		found[id] = c.Name
	}
	return found, nil
}

// applicants lets programs ask organizations which there are and who leads them.
type applicants struct{ organizations *organizations.Service }

// Applicants satisfies programs.Organizations.
func (a applicants) Applicants(ctx context.Context, sc tenants.Scope, wanted ...ids.Organization) (map[ids.Organization]programs.Applicant, error) {
	names, err := a.organizations.Names(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Organization]programs.Applicant, len(names))
	for id, name := range names {
		found[id] = programs.Applicant{Name: name}
	}
	if len(wanted) == 0 {
		return found, nil
	}
	leads, err := tenants.LeadsOf(ctx, sc.Read(), wanted...)
	for id, people := range leads {
		if one, ok := found[id]; ok {
			one.Leads = people
			found[id] = one
		}
	}
	return found, err
}

// writers lets programs ask applications who is writing.
type writers struct{}

// Applying satisfies programs.Applications.
func (writers) Applying(ctx context.Context, sc tenants.Scope, call ids.Call) ([]ids.Person, error) {
	return applications.Applying(ctx, sc.Read(), call)
}

// Writing satisfies programs.Applications.
func (writers) Writing(ctx context.Context, sc tenants.Scope, call ids.Call) (drafts, handedIn int, err error) {
	return applications.Writing(ctx, sc.Read(), call)
}

// HandedIn satisfies programs.Applications.
func (writers) HandedIn(ctx context.Context, sc tenants.Scope, call ids.Call) (bool, error) {
	return applications.EverHandedIn(ctx, sc.Read(), call)
}

// HandedInBy satisfies programs.Applications.
func (writers) HandedInBy(ctx context.Context, tx *tenants.Tx, call ids.Call) (bool, error) {
	return applications.EverHandedIn(ctx, tx, call)
}

// Accepted satisfies programs.Applications.
func (writers) Accepted(ctx context.Context, sc tenants.Scope, call ids.Call) (bool, error) {
	return applications.AcceptedFrom(ctx, sc.Read(), call, sc.Actor().OrganizationsAs())
}

// winners lets partnerships ask the other modules what an accepted application brings, what its call promised, and who
// takes part.
type winners struct {
	programs      *programs.Service
	organizations *organizations.Service
	accounts      *accounts.Service
}

// Joint satisfies partnerships.Applications. A partnership is called what its organizations are called: those that hold the place by
// now.
func (w winners) Joint(ctx context.Context, sc tenants.Scope, application ids.Application) (partnerships.Joint, error) {
	a, err := applications.Find(ctx, sc.Read(), application)
	if err != nil {
		return partnerships.Joint{}, err
	}
	call, err := programs.Find(ctx, sc.Read(), a.Call)
	if err != nil {
		return partnerships.Joint{}, err
	}
	came, err := selection.Reseated(ctx, sc.Read(), application)
	if err != nil {
		return partnerships.Joint{}, err
	}
	names, err := w.organizations.Names(ctx, sc.Read(), slices.Concat(a.Organizations(), []ids.Organization{a.Organization}, slices.Collect(maps.Values(came)))...)
	if err != nil {
		return partnerships.Joint{}, err
	}
	rule := call.Composition.Spread()
	held, err := selection.OnConditions(ctx, sc.Read(), application)
	if err != nil {
		return partnerships.Joint{}, err
	}
	joint := partnerships.Joint{Number: a.Number, Call: a.Call, Won: a.State == applications.Accepted && !held[application]}
	for _, p := range a.Parts {
		if p.Organization.IsZero() {
			continue
		}
		seat := partnerships.Seat{Key: p.Seat, Organization: p.Organization}
		if one, changed := came[p.Seat]; changed {
			seat.Organization = one
		}
		if s, ok := rule.Seat(p.Seat); ok {
			seat.Title = s.Name
		}
		joint.Seats = append(joint.Seats, seat)
		if joint.Title != "" {
			joint.Title += " + "
		}
		joint.Title += names[seat.Organization]
	}
	return joint, nil
}

// Won satisfies partnerships.Applications.
func (winners) Won(ctx context.Context, tx *tenants.Tx, among []ids.Application) (bool, error) {
	all, err := applications.Hold(ctx, tx, among...)
	if err != nil || len(all) != len(among) || slices.ContainsFunc(all, func(a applications.Application) bool { return a.State != applications.Accepted }) {
		return false, err
	}
	held, err := selection.OnConditions(ctx, tx, among...)
	return len(held) == 0, err
}

// Promise satisfies partnerships.Calls.
func (w winners) Promise(ctx context.Context, sc tenants.Scope, call ids.Call) (partnerships.Call, error) {
	c, err := w.programs.Call(ctx, sc, call)
	return partnerships.Call{Title: c.Title, GrantMinor: c.GrantMinor, GrantCurrency: c.GrantCurrency}, err
}

// Seatable satisfies partnerships.Calls.
func (w winners) Seatable(ctx context.Context, sc tenants.Scope, call ids.Call, key string) (map[ids.Organization]partnerships.Organization, error) {
	c, err := programs.Find(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	seat, ok := c.Composition.Spread().Seat(key)
	if !ok {
		return nil, nil
	}
	all, _, err := w.organizations.Directory(ctx, sc, organizations.Query{})
	found := make(map[ids.Organization]partnerships.Organization, len(all))
	for _, o := range all {
		if seat.Fits(string(o.Form), string(o.Country)) {
			found[o.ID] = partnerships.Organization{Name: o.Name, NameEnglish: o.NameEnglish, City: o.City, Country: o.Country}
		}
	}
	return found, err
}

// Cards satisfies partnerships.Organizations.
func (w winners) Cards(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]partnerships.Organization, error) {
	cards, err := w.organizations.Cards(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Organization]partnerships.Organization, len(cards))
	for id, c := range cards {
		found[id] = partnerships.Organization{Name: c.Name, NameEnglish: c.NameEnglish, City: c.City, Country: c.Country}
	}
	return found, nil
}

// Persons satisfies partnerships.People.
func (w winners) Persons(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]partnerships.Person, error) {
	cards, err := w.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Person]partnerships.Person, len(cards))
	for id, c := range cards {
		found[id] = partnerships.Person{Name: c.Name, Email: c.Email}
	}
	return found, nil
}
