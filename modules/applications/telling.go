package applications

import (
	"context"
	"maps"
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
}

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
				Kind: "applications.mail." + key, Person: person, Path: "/applications/" + a.ID.String(), AboutKind: "application", AboutID: a.ID.String(),
				Subject: letter.Subject, Body: letter.Body, Args: args, Texts: map[string]i18n.Text{"call": call.Title},
				Times: v.times, Zone: call.Zone, Lists: v.lists, Hold: v.hold,
			})
		}
	}
	return nil
}

// notify puts a line under the bell of everybody of the application's organizations, but not of whoever did it.
func (s *Service) notify(ctx context.Context, tx *tenants.Tx, a *Application, key string, args map[string]string) error {
	members, err := tenants.MembersOf(ctx, tx, a.Organizations()...)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Person != tx.Scope().Actor().Person {
			tx.Announce(events.NotificationRequested{Person: m.Person, Key: key, Path: "/applications/" + a.ID.String(), Args: args})
		}
	}
	return nil
}

func (s *Service) tellWithdrawn(tx *tenants.Tx, a *Application, before State) {
	if before != Draft {
		tx.Announce(events.ApplicationWithdrawn{Application: a.ID, Call: a.Call})
	}
}
