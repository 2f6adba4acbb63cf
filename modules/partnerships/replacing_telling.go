package partnerships

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func replacementAddress(r *Replacement) string {
	return address(r.Partnership) + "/replacements/" + r.ID.String()
}

// tellParties writes to the leads of organizations what is asked about a replacement, or what became of it.
func (*Service) tellParties(ctx context.Context, tx *tenants.Tx, p *Partnership, r *Replacement, cards map[ids.Organization]Organization, what string, parties []ids.Organization) error {
	leads, err := tenants.LeadsOf(ctx, tx, parties...)
	if err != nil {
		return err
	}
	path := replacementAddress(r)
	if r.State == ReplacementDone {
		path = address(p.ID)
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: r.State == ReplacementAsked}
	for _, o := range parties {
		for _, lead := range leads[o] {
			if told[lead] {
				continue
			}
			told[lead] = true
			to := path
			if o == r.Leaving {
				to = "/my-partnerships"
			}
			tx.Announce(events.MailRequested{
				Kind: "partnerships.mail." + what, Person: lead, Path: to,
				Args:  map[string]string{"Title": p.Title, "Leaving": cards[r.Leaving].Name, "Coming": cards[r.Coming].Name, "Reason": r.Reason},
				Texts: map[string]i18n.Text{"Call": p.CallTitle}, Times: map[string]time.Time{"Until": r.Until}, AboutKind: subject, AboutID: p.ID.String(),
			})
			tx.Announce(events.NotificationRequested{Person: lead, Key: "partnerships.notify." + what, Path: to, Args: map[string]string{"Title": p.Title}})
		}
	}
	return nil
}

// tellReplacers puts a line under the bell of the coordinators.
func (*Service) tellReplacers(ctx context.Context, tx *tenants.Tx, p *Partnership, r *Replacement, what string) error {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, m := range held {
		if !told[m.Person] {
			told[m.Person] = true
			tx.Announce(events.NotificationRequested{Person: m.Person, Key: "partnerships.notify." + what, Path: replacementAddress(r), Args: map[string]string{"Title": p.Title}})
		}
	}
	return nil
}
