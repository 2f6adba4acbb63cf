package selection

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// Ties tell what binds organizations to each other and to applications, each in a fixed number of queries. The partnerships and
// the applications modules satisfy it.
type Ties interface {
	// Together are the pairs among the organizations that are or were in one partnership.
	Together(ctx context.Context, sc tenants.Scope, among []ids.Organization) ([][2]ids.Organization, error)
	// Guests are who was invited to each of the applications, whatever they answered.
	Guests(ctx context.Context, sc tenants.Scope, applications []ids.Application) (map[ids.Application][]Guest, error)
	// Recognized is what organizations can be recognized by in another network, but for the domains of their people.
	Recognized(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Organization]events.Affiliation, error)
}

// detect looks for conflicts of interest between the people who review or decide (all of them, or the given ones) and
// applications, in a fixed number of queries.
func (s *Service) detect(ctx context.Context, sc tenants.Scope, applications []Application, who ...ids.Person) ([]Conflict, error) {
	held, err := tenants.Holders(ctx, sc.Read(), judging...)
	if err != nil {
		return nil, err
	}
	judges := map[ids.Person]*Judge{}
	var persons []ids.Person
	for _, m := range held {
		if len(who) > 0 && !slices.Contains(who, m.Person) {
			continue
		}
		if judges[m.Person] == nil {
			judges[m.Person] = &Judge{Person: m.Person}
			persons = append(persons, m.Person)
		}
		judges[m.Person].Reviews = judges[m.Person].Reviews || m.Role == tenants.RoleReviewer || m.Role == tenants.RoleChair
	}
	own, err := tenants.MembershipsOf(ctx, sc.Read(), persons...)
	if err != nil {
		return nil, err
	}
	for _, m := range own {
		judges[m.Person].Organizations = append(judges[m.Person].Organizations, m.Organization)
	}
	traces, err := s.trace(ctx, sc, judges, persons, applications)
	if err != nil {
		return nil, err
	}
	all := make([]Judge, len(persons))
	for i, p := range persons {
		all[i] = *judges[p]
	}
	return Detect(all, applications, traces), nil
}

func callsOf(applications []Application) []ids.Call {
	var calls []ids.Call
	for _, a := range applications {
		if !slices.Contains(calls, a.Call) {
			calls = append(calls, a.Call)
		}
	}
	return calls
}

// trace finds what could tie judges to applications, and completes the judges by it.
func (s *Service) trace(ctx context.Context, sc tenants.Scope, judges map[ids.Person]*Judge, persons []ids.Person, applications []Application) (Traces, error) {
	var applying, theirs []ids.Organization
	wanted := make([]ids.Application, len(applications))
	for i, a := range applications {
		wanted[i] = a.ID
		for _, o := range a.Organizations {
			applying = append(applying, o.ID)
		}
	}
	for _, p := range persons {
		theirs = append(theirs, judges[p].Organizations...)
	}
	traces := Traces{Emails: map[ids.Organization][]string{}}
	members, err := tenants.MembersOf(ctx, sc.Read(), slices.Concat(applying, theirs)...)
	if err != nil {
		return traces, err
	}
	everybody := slices.Clone(persons)
	seats := map[ids.Person][]ids.Organization{}
	for _, m := range members {
		everybody = append(everybody, m.Person)
		seats[m.Person] = append(seats[m.Person], m.Organization)
	}
	known, err := s.People.Persons(ctx, sc, everybody)
	if err != nil {
		return traces, err
	}
	for _, m := range members {
		traces.Emails[m.Organization] = append(traces.Emails[m.Organization], known[m.Person].Email)
	}
	pairs, err := s.Ties.Together(ctx, sc, slices.Concat(applying, theirs))
	if err != nil {
		return traces, err
	}
	partners := map[ids.Organization][]ids.Organization{}
	for _, p := range pairs {
		partners[p[0]], partners[p[1]] = append(partners[p[0]], p[1]), append(partners[p[1]], p[0])
	}
	colleagues := map[ids.Organization][]ids.Organization{} // organizations that share somebody
	for _, all := range seats {
		for _, o := range all {
			colleagues[o] = append(colleagues[o], all...)
		}
	}
	for _, p := range persons {
		j := judges[p]
		j.Email = known[p].Email
		for _, o := range j.Organizations {
			j.Partners, j.Sharing = append(j.Partners, partners[o]...), append(j.Sharing, colleagues[o]...)
		}
	}
	if traces.Guests, err = s.Ties.Guests(ctx, sc, wanted); err != nil {
		return traces, err
	}
	if traces.Said, err = tiedBy(ctx, sc.Read(), callsOf(applications), persons); err != nil {
		return traces, err
	}
	homes, err := reviewers.HomesOf(ctx, sc.Read(), persons)
	if err != nil || len(homes) == 0 {
		return traces, err
	}
	recognized, err := s.Ties.Recognized(ctx, sc, applying)
	traces.Signs = make(map[ids.Organization][]string, len(recognized))
	for id, a := range recognized {
		traces.Signs[id] = reviewers.SignsOf(a)
	}
	for _, p := range persons {
		judges[p].Home = homes[p]
	}
	return traces, err
}
