package trail

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// Names tells what people are called. The accounts module satisfies it.
type Names func(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)

// Thing is what an entry is about, by its kind.
type Thing struct{ Kind, ID string }

// Things tells what things are called, as far as they have a name. The modules that own them satisfy it.
type Things func(ctx context.Context, sc tenants.Scope, things []Thing) (map[Thing]string, error)

// Concealed lists the things of which the actor must not know, such as applications in which they have a conflict of
// interest: entries about them are not shown.
type Concealed func(ctx context.Context, sc tenants.Scope) ([]string, error)

// Service reads the trail.
type Service struct {
	policies  *policies.Authorizer
	names     Names
	things    Things
	concealed Concealed
}

// New makes the service.
func New(p *policies.Authorizer, names Names, things Things, concealed Concealed) *Service {
	return &Service{policies: p, names: names, things: things, concealed: concealed}
}

// Entry is a row of the trail with the name of who acted, as far as the person is still known.
type Entry struct {
	audit.Row

	Who   string
	About string // the name of the person or the thing that it is about
	Alone bool   // others are left out, whose number and hash the reader must not infer from its own
}

// List reads the trail, newest first. Coordinators and the core team may.
func (s *Service) List(ctx context.Context, sc tenants.Scope, f audit.Filter) ([]Entry, error) {
	if err := s.policies.May(sc, policies.AuditRead, policies.On{}); err != nil {
		return nil, err
	}
	var err error
	if f.Without, err = s.concealed(ctx, sc); err != nil {
		return nil, err
	}
	rows, err := audit.List(ctx, sc.Read(), f)
	if err != nil {
		return nil, err
	}
	var persons []ids.Person
	var things []Thing
	for _, r := range rows {
		if !r.ActorPerson.IsZero() {
			persons = append(persons, r.ActorPerson)
		}
		if about, ok := person(r); ok {
			persons = append(persons, about)
		} else {
			things = append(things, Thing{r.SubjectKind, r.SubjectID})
		}
	}
	names, err := s.names(ctx, sc, persons)
	if err != nil {
		return nil, err
	}
	called, err := s.things(ctx, sc, things)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Entry{Row: r, Who: names[r.ActorPerson], About: called[Thing{r.SubjectKind, r.SubjectID}], Alone: len(f.Without) > 0}
		if about, ok := person(r); ok {
			entries[i].About = names[about]
		}
	}
	return entries, nil
}

// person is whom the row is about, if it is about a person.
func person(r audit.Row) (ids.Person, bool) {
	if r.SubjectKind != "person" {
		return ids.Person{}, false
	}
	id, err := ids.Parse[ids.Person](r.SubjectID)
	return id, err == nil
}

// Verify reads the whole trail and tells the first row that is not as it was written; nil when all are. Coordinators
// and the core team may.
func (s *Service) Verify(ctx context.Context, sc tenants.Scope) (*audit.Broken, error) {
	if err := s.policies.May(sc, policies.AuditRead, policies.On{}); err != nil {
		return nil, err
	}
	return audit.Verify(ctx, sc.Read())
}
