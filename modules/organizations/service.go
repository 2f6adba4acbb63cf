package organizations

import (
	"context"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Person is what this module asks of people.
type Person struct {
	Name   string
	Email  string
	Locale i18n.Locale
}

// Pending is an invitation to an organization that waits for an answer.
type Pending struct {
	ID    ids.Invitation
	Name  string
	Email string
	Role  tenants.Role
}

// People tells who people are and who is invited. The accounts module satisfies it.
type People interface {
	Persons(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]Person, error)
	Invited(ctx context.Context, sc tenants.Scope, organization ids.Organization) ([]Pending, error)
}

// Service is what is done with organizations, in the order in which one lives.
type Service struct {
	policies *policies.Authorizer
	people   People
}

// New makes the service.
func New(p *policies.Authorizer, people People) *Service {
	return &Service{policies: p, people: people}
}

func on(id ids.Organization) policies.On {
	return policies.On{Organizations: []ids.Organization{id}}
}

// Registered is what became of a registration: a new organization, or those of similar names, among which the person is
// to look first.
type Registered struct {
	Organization Organization
	Similar      []Organization
}

// Register enters an organization and makes the actor its lead. Anybody signed in may. Unless the actor has looked
// already, organizations of similar names are returned instead and nothing is made. Faults: Invalid by field.
func (s *Service) Register(ctx context.Context, sc tenants.Scope, o Organization, looked bool) (Registered, error) {
	if err := s.policies.May(sc, policies.OrganizationRegister, policies.On{}); err != nil {
		return Registered{}, err
	}
	o = o.settled()
	o.ID = ids.New[ids.Organization]()
	o.RegistryNumber = normalNumber(o.Registry, o.RegistryNumber)
	done := Registered{Organization: o}
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if bad := o.check(now.Year()); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		if !looked {
			if done.Similar, err = similar(ctx, tx, o); err != nil || len(done.Similar) > 0 {
				return err
			}
		}
		if err := insert(ctx, tx, o, sc.Actor().Person); err != nil {
			return err
		}
		if sc.Actor().Signed() {
			lead := tenants.Grant{Role: tenants.RoleLead, Organization: o.ID}
			if err := tx.GrantRole(ctx, sc.Actor().Person, lead, sc.Actor().Person); err != nil {
				return err
			}
		}
		tx.Announce(events.OrganizationRegistered{Organization: o.ID})
		tx.Audit(audit.Entry{Action: "organization.registered", SubjectKind: "organization", SubjectID: o.ID.String()})
		return nil
	})
	return done, err
}

// AskToJoin tells an organization's leads that the actor would like to join; they may then invite. Anybody signed in
// may ask; of an organization that does not exist nothing is told.
func (s *Service) AskToJoin(ctx context.Context, sc tenants.Scope, id ids.Organization) error {
	if err := s.policies.May(sc, policies.OrganizationRegister, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		o, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		members, err := tenants.MembersOf(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Role != tenants.RoleLead {
				continue
			}
			tx.Announce(events.MailRequested{
				Kind: "organizations.mail.join", Person: m.Person, Path: "/organizations/" + id.String() + "/people",
				Args: map[string]string{"Who": sc.Actor().Name, "Email": sc.Actor().Email, "Organization": o.Name},
			})
			tx.Announce(events.NotificationRequested{
				Person: m.Person, Key: "organizations.notify.join", Path: "/organizations/" + id.String() + "/people",
				Args: map[string]string{"Who": sc.Actor().Name, "Organization": o.Name},
			})
		}
		tx.Audit(audit.Entry{Action: "organization.join_asked", SubjectKind: "organization", SubjectID: id.String()})
		return nil
	})
}

// Organization shows a profile. Its own people may, and the network's officers.
func (s *Service) Organization(ctx context.Context, sc tenants.Scope, id ids.Organization) (Organization, error) {
	if err := s.policies.May(sc, policies.OrganizationRead, on(id)); err != nil {
		return Organization{}, err
	}
	return find(ctx, sc.Read(), id)
}

// MayEdit reports whether the actor may change the profile.
func (s *Service) MayEdit(sc tenants.Scope, id ids.Organization) bool {
	return s.policies.May(sc, policies.OrganizationEdit, on(id)) == nil
}

// MaySteer reports whether the actor may decide who belongs to the organization.
func (s *Service) MaySteer(sc tenants.Scope, id ids.Organization) bool {
	return s.policies.May(sc, policies.OrganizationPeople, on(id)) == nil
}

// Edit changes a profile. Its lead may, and the network's officers. Faults: Invalid by field, NotFound, Conflict when
// somebody else has changed it since it was shown.
func (s *Service) Edit(ctx context.Context, sc tenants.Scope, o Organization) error {
	if err := s.policies.May(sc, policies.OrganizationEdit, on(o.ID)); err != nil {
		return err
	}
	o = o.settled()
	o.RegistryNumber = normalNumber(o.Registry, o.RegistryNumber)
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if bad := o.check(now.Year()); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		if _, err := find(ctx, tx, o.ID); err != nil {
			return err
		}
		saved, err := save(ctx, tx, o)
		if err != nil {
			return err
		}
		if !saved {
			return fault.Conflict("fault.stale")
		}
		tx.Announce(events.OrganizationChanged{Organization: o.ID})
		tx.Audit(audit.Entry{Action: "organization.edited", SubjectKind: "organization", SubjectID: o.ID.String()})
		return nil
	})
}

// Member is one of an organization's people.
type Member struct {
	Person ids.Person
	Name   string
	Email  string
	Role   tenants.Role
}

// Members lists an organization's people, leads first, and who is invited. Its own people may, and the network's
// officers.
func (s *Service) Members(ctx context.Context, sc tenants.Scope, id ids.Organization) ([]Member, []Pending, error) {
	if err := s.policies.May(sc, policies.OrganizationRead, on(id)); err != nil {
		return nil, nil, err
	}
	held, err := tenants.MembersOf(ctx, sc.Read(), id)
	if err != nil {
		return nil, nil, err
	}
	persons := make([]ids.Person, len(held))
	for i, h := range held {
		persons[i] = h.Person
	}
	known, err := s.people.Persons(ctx, sc, persons)
	if err != nil {
		return nil, nil, err
	}
	members := make([]Member, len(held))
	for i, h := range held {
		members[i] = Member{Person: h.Person, Name: known[h.Person].Name, Email: known[h.Person].Email, Role: h.Role}
	}
	pending, err := s.people.Invited(ctx, sc, id)
	return members, pending, err
}

// Remove takes somebody out of an organization. Its lead may, and a coordinator; the last lead cannot be removed, but
// can hand over. Faults: NotFound, Conflict.
func (s *Service) Remove(ctx context.Context, sc tenants.Scope, id ids.Organization, person ids.Person, role tenants.Role) error {
	if err := s.policies.May(sc, policies.OrganizationPeople, on(id)); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := lockPeople(ctx, tx, id); err != nil {
			return err
		}
		held, err := tx.RevokeRole(ctx, person, tenants.Grant{Role: role, Organization: id})
		if err != nil {
			return err
		}
		if !held {
			return fault.NotFound()
		}
		if err := led(ctx, tx, id); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "organization.person_removed", SubjectKind: "organization", SubjectID: id.String(), Detail: map[string]any{"person": person.String(), "role": string(role)}})
		return nil
	})
}

// led refuses to leave an organization without a lead.
func led(ctx context.Context, tx *tenants.Tx, id ids.Organization) error {
	members, err := tenants.MembersOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Role == tenants.RoleLead {
			return nil
		}
	}
	return fault.Conflict("organizations.last_lead")
}

// HandOver makes a participant the lead and the present leads participants. A lead may, and a coordinator. The new lead
// is told by mail. Faults: NotFound when the person does not take part for the organization.
func (s *Service) HandOver(ctx context.Context, sc tenants.Scope, id ids.Organization, to ids.Person) error {
	if err := s.policies.May(sc, policies.OrganizationPeople, on(id)); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := lockPeople(ctx, tx, id); err != nil {
			return err
		}
		o, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		members, err := tenants.MembersOf(ctx, tx, id)
		if err != nil {
			return err
		}
		lead := tenants.Grant{Role: tenants.RoleLead, Organization: id}
		participant := tenants.Grant{Role: tenants.RoleParticipant, Organization: id}
		held, err := tx.RevokeRole(ctx, to, participant)
		if err != nil {
			return err
		}
		if !held {
			return fault.NotFound()
		}
		for _, m := range members {
			if m.Role != tenants.RoleLead {
				continue
			}
			if _, err := tx.RevokeRole(ctx, m.Person, lead); err != nil {
				return err
			}
			if err := tx.GrantRole(ctx, m.Person, participant, sc.Actor().Person); err != nil {
				return err
			}
		}
		if err := tx.GrantRole(ctx, to, lead, sc.Actor().Person); err != nil {
			return err
		}
		tx.Announce(events.MailRequested{
			Kind: "organizations.mail.lead", Person: to, Path: "/organizations/" + id.String(),
			Args: map[string]string{"Organization": o.Name, "Who": sc.Actor().Name},
		})
		tx.Audit(audit.Entry{Action: "organization.lead_handed_over", SubjectKind: "organization", SubjectID: id.String(), Detail: map[string]any{"to": to.String()}})
		return nil
	})
}

// Mine lists the organizations that the actor leads or takes part for, by name.
func (s *Service) Mine(ctx context.Context, sc tenants.Scope) ([]Card, error) {
	if err := s.policies.May(sc, policies.OrganizationRegister, policies.On{}); err != nil {
		return nil, err
	}
	mine := sc.Actor().OrganizationsAs()
	cards, err := s.Cards(ctx, sc.Read(), mine)
	if err != nil {
		return nil, err
	}
	all := make([]Card, 0, len(mine))
	for _, id := range mine {
		if c, ok := cards[id]; ok {
			all = append(all, c)
		}
	}
	i18n.Sort(sc.Actor().Locale, all, func(c Card) string { return c.Name })
	return all, nil
}

// List lists the network's organizations and how many match. The network's officers may.
func (s *Service) List(ctx context.Context, sc tenants.Scope, q Query) ([]Organization, int, error) {
	if err := s.policies.May(sc, policies.OrganizationList, policies.On{}); err != nil {
		return nil, 0, err
	}
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	n, err := count(ctx, sc.Read(), q)
	return all, n, err
}

// Directory lists the network's organizations as applicants may see them, to find a partner: no registry numbers, no
// people. Leads and participants may, and the network's officers.
func (s *Service) Directory(ctx context.Context, sc tenants.Scope, q Query) ([]Organization, int, error) {
	if err := s.policies.May(sc, policies.OrganizationDirectory, policies.On{}); err != nil {
		return nil, 0, err
	}
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	for i := range all {
		all[i].Registry, all[i].RegistryNumber, all[i].FiscalHost, all[i].Staff, all[i].Budget = "", "", "", "", ""
	}
	n, err := count(ctx, sc.Read(), q)
	return all, n, err
}
