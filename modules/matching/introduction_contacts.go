package matching

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// takingContact is of which organizations nobody is shown any more in an introduction.
type takingContact struct {
	Match         ids.Match          `json:"match"`
	Organizations []ids.Organization `json:"organizations"`
}

// TakeContactBack takes back whom the others may turn to at those of the actor's organizations that name somebody: at once nobody is shown
// there, and nobody is named anew. What was accepted stays. Leads may; said twice, it counts once. Fault: NotFound.
func (s *Service) TakeContactBack(ctx context.Context, sc tenants.Scope, id ids.Match) error {
	v, _, err := s.introducedTo(ctx, sc, id)
	if err != nil {
		return err
	}
	t := takingContact{Match: id}
	for i := range v.Named {
		if v.Named[i].MayTake {
			t.Organizations = append(t.Organizations, v.Named[i].Organization.ID)
		}
	}
	if len(t.Organizations) == 0 {
		return s.policies.May(sc, policies.ProposalAnswer, of(v.Own.ID))
	}
	err = sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "introduction.contact_withdrawn", SubjectKind: introductionKind, SubjectID: id.String()})
		tx.Enqueue(takeContactJob, t)
		return nil
	})
	if err != nil {
		return err
	}
	return s.takeContact(ctx, sc, t) // now, and not when the queue comes to it
}

func (s *Service) takeContact(ctx context.Context, sc tenants.Scope, t takingContact) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return takeContacts(ctx, tx, sc.Tenant().ID, t.Match, t.Organizations)
	})
}

// forgetLead takes back whom the others may turn to where whoever has named that leads the organization no more. The reaction to
// events.RolesChanged; only the system may.
func (s *Service) forgetLead(ctx context.Context, sc tenants.Scope, e events.RolesChanged) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	if sc.Tenant().Kind != tenants.KindNetwork {
		return nil
	}
	held, err := tenants.MembershipsOf(ctx, sc.Read(), e.Person)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(m tenants.Membership) bool { return m.Role != tenants.RoleLead })
	leads := make([]ids.Organization, len(held))
	for i := range held {
		leads[i] = held[i].Organization
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return takeContactsOf(ctx, tx, sc.Tenant().ID, e.Person, leads)
	})
}
