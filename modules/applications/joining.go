package applications

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Invited is an open invitation as the invited see it.
type Invited struct {
	Invitation Invitation
	Call       Call
	By         Applicant
	Until      time.Time
	Open       bool        // the seat can still be taken
	In         bool        // the actor is in the application
	Choices    []Applicant // the organizations that the actor leads and that may take the seat
	Engaged    []Applicant // those that would fit but are in an application to this call already
}

// Invitations lists the open invitations to the actor: to the organizations that they lead and to their address.
// Everybody signed in may see their own.
func (s *Service) Invitations(ctx context.Context, sc tenants.Scope) ([]Invitation, error) {
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return nil, err
	}
	return invitationsTo(ctx, sc.Read(), sc.Actor().OrganizationsAs(tenants.RoleLead), sc.Actor().Email)
}

// Invitation shows an invitation, also one that is not open any more, to those whom it is for. Fault: NotFound for
// everybody else.
func (s *Service) Invitation(ctx context.Context, sc tenants.Scope, id ids.Invitation) (Invited, error) {
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return Invited{}, err
	}
	i, err := invitationTo(ctx, sc.Read(), id, sc.Actor().OrganizationsAs(tenants.RoleLead), sc.Actor().Email)
	if err != nil {
		return Invited{}, err
	}
	found := Invited{Invitation: i}
	a, err := Find(ctx, sc.Read(), found.Invitation.Application)
	if err != nil {
		return found, err
	}
	all, err := s.overviews(ctx, sc, []Application{a})
	if err != nil {
		return found, err
	}
	found.Call, found.Until, found.By = all[0].Call, all[0].Until, all[0].Organizations[a.Organization]
	seat := a.Seat(found.Invitation.Seat)
	found.Open = i.State == invitationOpen && a.Seatable(time.Now(), found.Until) && seat != nil && seat.Organization.IsZero()
	found.In = len(mineOf(sc, &a)) > 0
	return found, s.choose(ctx, sc, &found, &all[0])
}

// choose finds with which of the organizations that the actor leads an invitation may be accepted.
func (s *Service) choose(ctx context.Context, sc tenants.Scope, found *Invited, o *Overview) error {
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	applicants, err := s.Organizations.Applicants(ctx, sc, led)
	if err != nil {
		return err
	}
	engaged, err := ofCall(ctx, sc.Read(), o.Application.Call, led)
	if err != nil {
		return err
	}
	taken := seatsTaken(&o.Application, o.Organizations)
	for _, one := range led {
		asked := found.Invitation.Organization
		if !asked.IsZero() && asked != one || !fits(OpenSeats(o.Call.Composition, taken, applicants[one]), found.Invitation.Seat) {
			continue
		}
		if _, busy := engaged[one]; busy {
			found.Engaged = append(found.Engaged, applicants[one])
		} else {
			found.Choices = append(found.Choices, applicants[one])
		}
	}
	return nil
}

// Join takes the seat of an invitation for an organization that the actor leads. Faults: Invalid where it does not fit,
// Conflict when the seat is taken or the organization is in the call already, TooLate, NotFound.
func (s *Service) Join(ctx context.Context, sc tenants.Scope, id ids.Invitation, organization ids.Organization) (ids.Application, error) {
	invited, err := s.Invitation(ctx, sc, id)
	if err != nil {
		return ids.Application{}, err
	}
	if err := s.ownAs(sc, policies.ApplicationStart, organization); err != nil {
		return ids.Application{}, err
	}
	application := invited.Invitation.Application
	if invited.Invitation.State == invitationAccepted && invited.In {
		return application, nil // a second click
	}
	return application, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := alone(ctx, tx, invited.Call.ID, organization); err != nil {
			return err
		}
		a, err := locked(ctx, tx, application)
		if err != nil {
			return err
		}
		return s.seat(ctx, tx, &a, invited.Invitation, organization)
	})
}

// seat gives the organization the seat. All conditions are asked again under the application's lock: two organizations
// may answer at the same time.
func (s *Service) seat(ctx context.Context, tx *tenants.Tx, a *Application, i Invitation, organization ids.Organization) error {
	if _, err := s.seatable(ctx, tx, a); err != nil {
		return err
	}
	call, err := s.Calls.Held(ctx, tx, a.Call)
	if err != nil {
		return err
	}
	organizations, err := s.Organizations.ApplicantsIn(ctx, tx, append(a.Organizations(), organization))
	if err != nil {
		return err
	}
	if busy, err := ofCall(ctx, tx, a.Call, []ids.Organization{organization}); err != nil {
		return err
	} else if len(busy) > 0 {
		return fault.Conflict("applications.seat_twice")
	}
	done, err := answerInvitation(ctx, tx, a.ID, i.ID, invitationAccepted)
	if err != nil {
		return err
	}
	if !done {
		return fault.Conflict("applications.invitation.over")
	}
	seat := a.Seat(i.Seat)
	if seat == nil || !seat.Organization.IsZero() {
		return fault.Conflict("applications.seat_taken")
	}
	if !i.Organization.IsZero() && i.Organization != organization || !fits(OpenSeats(call.Composition, seatsTaken(a, organizations), organizations[organization]), i.Seat) {
		return fault.Invalid("fault.check_fields", fault.At("organization", "applications.seat_unfit"))
	}
	seat.Organization = organization
	if err := s.reuse(ctx, tx, organization, seat.Sheet); err != nil {
		return err
	}
	if err := savePart(ctx, tx, seat); err != nil {
		return err
	}
	if err := s.takeAlong(ctx, tx, *a); err != nil {
		return err
	}
	if a.State != Draft {
		tx.Announce(events.SeatsMoved{Application: a.ID})
	}
	tx.Audit(audit.Entry{Action: "application.joined", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"organization": organization.String()}})
	return s.notify(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.joined", Args: map[string]string{"Organization": organizations[organization].Name}})
}

// Refuse declines an invitation to the actor; the inviting organization is told. Faults: Conflict when it is not open, NotFound.
func (s *Service) Refuse(ctx context.Context, sc tenants.Scope, id ids.Invitation) error {
	invited, err := s.Invitation(ctx, sc, id)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, invited.Invitation.Application)
		if err != nil {
			return err
		}
		done, err := answerInvitation(ctx, tx, a.ID, id, invitationDeclined)
		if err != nil {
			return err
		}
		if !done {
			return fault.Conflict("applications.invitation.over")
		}
		tx.Audit(entry("application.partner_declined", a.ID))
		return s.notify(ctx, tx, &a, events.NotificationRequested{Key: "applications.notify.declined", Args: map[string]string{"Who": sc.Actor().Name}})
	})
}
