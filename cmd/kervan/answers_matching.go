package main

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/matching"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

// finders lets matching ask who organizations are, who has worked together and who applied alone.
type finders struct {
	names        func(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)
	selection    *selection.Service
	applications *applications.Service
	partnerships *partnerships.Service
	asked        surroundings
}

// Names satisfies matching.People.
func (f finders) Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	return f.names(ctx, sc, persons)
}

// Organizations satisfies matching.Organizations.
func (finders) Organizations(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]matching.Organization, error) {
	known, err := organizations.Profiles(ctx, sc.Read(), wanted...)
	found := make(map[ids.Organization]matching.Organization, len(known))
	for i := range known {
		o := &known[i]
		found[o.ID] = matching.Organization{
			ID: o.ID, Name: o.Name, NameEnglish: o.NameEnglish, City: o.City, Country: o.Country, Region: o.Region(), Form: string(o.Form), About: o.About,
			Fields: o.Fields, Languages: o.Languages, Size: matching.SizeOf(o.Staff),
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

// Going satisfies matching.Partnerships.
func (finders) Going(ctx context.Context, sc tenants.Scope, among []ids.Organization) (map[ids.Organization]bool, error) {
	found, err := partnerships.Going(ctx, sc.Read(), among)
	return set(found), err
}

// Founded satisfies matching.Partnerships.
func (finders) Founded(ctx context.Context, tx *tenants.Tx, among []ids.Application) (bool, error) {
	founded, err := partnerships.Ends(ctx, tx, among...)
	return len(founded) > 0, err
}

// Team satisfies matching.Partnerships.
func (f finders) Team(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (matching.Team, error) {
	p, err := f.partnerships.Leavable(ctx, sc, id)
	if err != nil {
		return matching.Team{}, err
	}
	team := matching.Team{ID: p.ID, Title: p.Title, Call: p.Call}
	for _, s := range p.Seats {
		seat := matching.TeamSeat{Key: s.Key, Title: s.Title, Organization: s.Organization, Free: slices.Contains(free, s.Key)}
		if seat.Free {
			v, err := f.partnerships.Vacancy(ctx, sc, id, s.Key)
			if err != nil {
				return matching.Team{}, err
			}
			for _, c := range v.Candidates {
				seat.Admits = append(seat.Admits, c.ID)
			}
		}
		team.Seats = append(team.Seats, seat)
	}
	return team, nil
}

// Teams satisfies matching.Partnerships.
func (finders) Teams(ctx context.Context, sc tenants.Scope, call ids.Call) ([]matching.Team, error) {
	all, err := partnerships.OfCall(ctx, sc.Read(), call)
	teams := make([]matching.Team, len(all))
	for i := range all {
		teams[i] = matching.Team{ID: all[i].ID, Title: all[i].Title, Call: all[i].Call}
	}
	return teams, err
}

func set[I comparable](all []I) map[I]bool {
	found := make(map[I]bool, len(all))
	for _, id := range all {
		found[id] = true
	}
	return found
}

// Calls satisfies matching.Applications.
func (finders) Calls(ctx context.Context, sc tenants.Scope) ([]matching.Call, error) {
	all, err := programs.All(ctx, sc.Read(), false)
	calls := make([]matching.Call, len(all))
	for i, c := range all {
		calls[i] = matching.Call{ID: c.ID, Title: c.Title, Locales: c.Locales}
	}
	return calls, err
}

// Applicants satisfies matching.Applications.
func (finders) Applicants(ctx context.Context, sc tenants.Scope, call ids.Call, pool matching.PoolKind) ([]matching.Applicant, error) {
	all, err := applications.InSelection(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	return pooled(ctx, sc.Read(), call, all, pool)
}

// Held satisfies matching.Applications.
func (finders) Held(ctx context.Context, tx *tenants.Tx, call ids.Call, pool matching.PoolKind, among []ids.Application) (map[ids.Application]ids.Organization, error) {
	all, err := applications.Hold(ctx, tx, among...)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a applications.Application) bool { return a.Call != call })
	applicants, err := pooled(ctx, tx, call, all, pool)
	found := make(map[ids.Application]ids.Organization, len(applicants))
	for _, a := range applicants {
		found[a.Application] = a.Organization
	}
	return found, err
}

// pooled are the applications to a call that are where a pool wants them, of one organization each. One that leaves only seats empty that may
// stay empty looks for a partner if it has said so; others cannot be handed in without that.
func pooled(ctx context.Context, db bun.IDB, call ids.Call, all []applications.Application, pool matching.PoolKind) ([]matching.Applicant, error) {
	var found []matching.Applicant
	var wanted []ids.Application
	c, err := programs.Find(ctx, db, call)
	if err != nil {
		return nil, err
	}
	var whole []applications.Application
	for i := range all {
		a := &all[i]
		seated := a.Organizations()
		var there bool
		switch pool {
		case matching.EligiblePool:
			there = a.State.Undecided()
		case matching.AcceptedPool:
			there = a.State == applications.Accepted
		case matching.WaitingPool:
			there = a.State == applications.Waiting
		case matching.CardsPool:
		}
		if there && len(seated) == 1 {
			whole = append(whole, *a)
			found, wanted = append(found, matching.Applicant{Organization: seated[0], Application: a.ID}), append(wanted, a.ID)
		}
	}
	founded, err := partnerships.Ends(ctx, db, wanted...)
	if err != nil {
		return nil, err
	}
	content, err := contentOf(ctx, db, c.Composition.Spread(), whole)
	if err != nil {
		return nil, err
	}
	held, err := selection.OnConditions(ctx, db, wanted...)
	return slices.DeleteFunc(found, func(a matching.Applicant) bool {
		_, has := founded[a.Application]
		return has || held[a.Application] || slices.Contains(content, a.Application)
	}), err
}

// contentOf are those of a call's applications of one organization that look for no partner: they leave only seats empty that may stay
// empty, and have not said that they look for somebody.
func contentOf(ctx context.Context, db bun.IDB, rule blueprints.Composition, alone []applications.Application) ([]ids.Application, error) {
	var whole []ids.Application
	for i := range alone {
		if open := emptySeats(rule, &alone[i]); len(open) > 0 && !slices.ContainsFunc(open, func(s blueprints.Seat) bool { return !s.Optional }) {
			whole = append(whole, alone[i].ID)
		}
	}
	seeking, err := applications.Seeking(ctx, db, whole...)
	return slices.DeleteFunc(whole, func(id ids.Application) bool { return seeking[id] }), err
}

// emptySeats are those of an application's seats that nobody has taken.
func emptySeats(rule blueprints.Composition, a *applications.Application) []blueprints.Seat {
	var open []blueprints.Seat
	for _, p := range a.Parts {
		if p.Organization.IsZero() {
			seat, _ := rule.Seat(p.Seat)
			open = append(open, seat)
		}
	}
	return open
}

// Open satisfies matching.Applications.
func (finders) Open(ctx context.Context, sc tenants.Scope) ([]matching.Call, error) {
	return openCalls(ctx, sc, 1)
}

// Joint satisfies matching.Applications.
func (finders) Joint(ctx context.Context, sc tenants.Scope) ([]matching.Call, error) {
	return openCalls(ctx, sc, matching.FewestSeats)
}

// openCalls are those to which so many organizations can apply together just now.
func openCalls(ctx context.Context, sc tenants.Scope, together int) ([]matching.Call, error) {
	all, err := programs.All(ctx, sc.Read(), false)
	var calls []matching.Call
	for i := range all {
		if _, most := all[i].Composition.Size(); all[i].Phase(time.Now()) == programs.PhaseOpen && most >= together {
			calls = append(calls, matching.Call{ID: all[i].ID, Title: all[i].Title, Locales: all[i].Locales})
		}
	}
	return calls, err
}

// Jointly satisfies matching.Applications.
func (f finders) Jointly(ctx context.Context, sc tenants.Scope, call ids.Call, own ids.Organization, others []ids.Organization) (id ids.Application, met bool, err error) {
	b, err := f.applications.Beginning(ctx, sc, call)
	if err != nil {
		return id, false, err
	}
	if at := slices.IndexFunc(b.Choices, func(c applications.Choice) bool { return c.Organization.ID == own }); at >= 0 && !b.Choices[at].Has.IsZero() {
		return b.Choices[at].Has, true, nil
	}
	known, err := f.asked.Applicants(ctx, sc, append(slices.Clone(others), own))
	if err != nil {
		return id, false, err
	}
	seats := seating(b.Call.Composition, map[string]applications.Applicant{}, known, append([]ids.Organization{own}, others...))
	if seats == nil {
		return id, false, fault.Conflict("matching.joint.unfit")
	}
	if id, err = f.applications.Begin(ctx, sc, call, own, seats[0]); err != nil {
		return id, false, err
	}
	for n, other := range others {
		err := f.applications.Invite(ctx, sc, applications.Invitation{Application: id, Seat: seats[n+1], Organization: other}, sc.Actor().Locale)
		if err != nil && !fault.Is(err, fault.KindInvalid) { // it is seated already
			return id, false, err
		}
	}
	return id, false, nil
}

// seating is a seat for each of the organizations, in their order; nothing where there is none for all of them.
func seating(rule blueprints.Composition, taken map[string]applications.Applicant, known map[ids.Organization]applications.Applicant, wanted []ids.Organization) []string {
	if len(wanted) == 0 {
		return []string{}
	}
	for _, seat := range applications.OpenSeats(rule, taken, known[wanted[0]]) {
		taken[seat.Key] = known[wanted[0]]
		if rest := seating(rule, taken, known, wanted[1:]); rest != nil {
			return append([]string{seat.Key}, rest...)
		}
		delete(taken, seat.Key)
	}
	return nil
}

// Conflicting satisfies matching.Applications.
func (f finders) Conflicting(ctx context.Context, sc tenants.Scope) ([]ids.Organization, error) {
	hidden, err := f.selection.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	return applications.OrganizationsOf(ctx, sc.Read(), hidden)
}

// Concerned satisfies matching.Applications.
func (f finders) Concerned(ctx context.Context, sc tenants.Scope) (map[ids.Call]bool, error) {
	hidden, err := f.selection.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	calls, err := applications.CallsOf(ctx, sc.Read(), hidden)
	return set(calls), err
}
