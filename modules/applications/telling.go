package applications

import (
	"context"
	"maps"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// letterValues are what a letter tells beside the application itself.
type letterValues struct {
	args  map[string]string
	times map[string]time.Time
	lists map[string][]i18n.Text
	hold  bool
	below string // the page of the application to which the letter's link leads; empty: to the application
}

// mailKind is the prefix of a mail's message keys; it also tells other modules what a mail is about.
func mailKind(key string) string { return "applications.mail." + key }

// tellLeads writes a letter of the call to the leads of all organizations of an application.
func (s *Service) tellLeads(ctx context.Context, tx *tenants.Tx, a *Application, call Call, key string, organizations map[ids.Organization]Applicant, v letterValues) error {
	leads, err := tenants.LeadsOf(ctx, tx, a.Organizations()...)
	if err != nil {
		return err
	}
	letter := call.Letters[key]
	for _, organization := range a.Organizations() {
		for _, person := range leads[organization] {
			args := map[string]string{"organization": organizations[organization].Name, "number": a.Number}
			maps.Copy(args, v.args)
			tx.Announce(events.MailRequested{
				Kind: mailKind(key), Person: person, Path: address(a.ID, v.below), AboutKind: "application", AboutID: a.ID.String(),
				Subject: letter.Subject, Body: letter.Body, Args: args, Texts: map[string]i18n.Text{"call": call.Title},
				Times: v.times, Zone: call.Zone, Lists: v.lists, Hold: v.hold,
			})
		}
	}
	return nil
}

// tellOthers writes a mail of this module's own words to the leads of some organizations, but not to whoever acts.
func (s *Service) tellOthers(ctx context.Context, tx *tenants.Tx, a *Application, call Call, key, who string, to ...ids.Organization) error {
	leads, err := tenants.LeadsOf(ctx, tx, to...)
	if err != nil {
		return err
	}
	for _, organization := range to {
		for _, person := range leads[organization] {
			if person == tx.Scope().Actor().Person {
				continue
			}
			tx.Announce(events.MailRequested{
				Kind: mailKind(key), Person: person, Path: address(a.ID, ""), AboutKind: "application", AboutID: a.ID.String(),
				Args: map[string]string{"Organization": who}, Texts: map[string]i18n.Text{"Call": call.Title},
			})
		}
	}
	return nil
}

// notify puts a line under the bell of everybody of the application's organizations, but not of whoever did it. It leads to
// the application.
func (s *Service) notify(ctx context.Context, tx *tenants.Tx, a *Application, e events.NotificationRequested) error {
	members, err := tenants.MembersOf(ctx, tx, a.Organizations()...)
	if err != nil {
		return err
	}
	e.Path = address(a.ID, "")
	ring(tx, members, e)
	return nil
}

// team are those who check applications and may know of at least one of these, whose organizations are told: who has a conflict of
// interest in an application, or belongs to one of its organizations, may not.
func (s *Service) team(ctx context.Context, tx *tenants.Tx, about map[ids.Application][]ids.Organization) ([]tenants.Membership, error) {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator, tenants.RoleOfficer)
	if err != nil {
		return nil, err
	}
	persons := make([]ids.Person, len(held))
	for i, m := range held {
		persons[i] = m.Person
	}
	barred, err := s.Standings.Barred(ctx, tx, slices.Collect(maps.Keys(about))...)
	if err != nil {
		return nil, err
	}
	belong, err := tenants.MembershipsOf(ctx, tx, persons...)
	return slices.DeleteFunc(held, func(m tenants.Membership) bool {
		for id, organizations := range about {
			own := slices.ContainsFunc(belong, func(o tenants.Membership) bool {
				return o.Person == m.Person && slices.Contains(organizations, o.Organization)
			})
			if !own && !slices.Contains(barred[id], m.Person) {
				return false
			}
		}
		return true
	}), err
}

// notifyTeam does the same for those who check applications and may know of it, and leads to what was handed in.
func (s *Service) notifyTeam(ctx context.Context, tx *tenants.Tx, a *Application, e events.NotificationRequested) error {
	team, err := s.team(ctx, tx, map[ids.Application][]ids.Organization{a.ID: a.Organizations()})
	if err != nil {
		return err
	}
	e.Path = address(a.ID, "dossier")
	ring(tx, team, e)
	return nil
}

// ring tells each person once, whatever number of roles they hold.
func ring(tx *tenants.Tx, members []tenants.Membership, e events.NotificationRequested) {
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, m := range members {
		if !told[m.Person] {
			told[m.Person] = true
			e.Person = m.Person
			tx.Announce(e)
		}
	}
}

// tellLater writes to the leads of organizations of an accepted application about what they are asked now.
func (s *Service) tellLater(ctx context.Context, tx *tenants.Tx, a *Application, call Call, key string, due time.Time, to ...ids.Organization) error {
	leads, err := tenants.LeadsOf(ctx, tx, to...)
	if err != nil {
		return err
	}
	for _, organization := range to {
		for _, person := range leads[organization] {
			m := events.MailRequested{
				Kind: mailKind(key), Person: person, Path: address(a.ID, laterPage), AboutKind: "application", AboutID: a.ID.String(),
				Texts: map[string]i18n.Text{"Call": call.Title},
			}
			if !due.IsZero() {
				m.Times, m.Zone = map[string]time.Time{"Due": due}, call.Zone
			}
			tx.Announce(m)
		}
	}
	return nil
}
