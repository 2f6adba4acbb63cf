package applications

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Invitation asks somebody to take a seat of an application: an organization of the network, or whoever registers with
// an e-mail address.
type Invitation struct {
	ID           ids.Invitation
	Application  ids.Application
	Seat         string
	Organization ids.Organization
	Email        string
	Name         string
	InvitedAt    time.Time
}

// Partners is what an application's people see of its seats.
type Partners struct {
	Overview    Overview
	Invitations []Invitation
	Known       []Applicant // organizations of the network that fit an empty seat
}

// Partners shows the seats of an application and whom one can invite. Its people may. Fault: NotFound.
func (s *Service) Partners(ctx context.Context, sc tenants.Scope, id ids.Application) (Partners, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return Partners{}, err
	}
	p := Partners{Overview: o}
	if p.Invitations, err = invitationsOf(ctx, sc.Read(), id); err != nil {
		return p, err
	}
	all, err := s.Organizations.All(ctx, sc)
	if err != nil {
		return p, err
	}
	taken := seatsTaken(&o.Application, o.Organizations)
	for _, one := range all {
		if len(OpenSeats(o.Call.Composition, taken, one)) > 0 {
			p.Known = append(p.Known, one)
		}
	}
	return p, nil
}

func seatsTaken(a *Application, organizations map[ids.Organization]Applicant) map[string]Applicant {
	taken := map[string]Applicant{}
	for _, p := range a.Parts {
		if !p.Organization.IsZero() {
			taken[p.Seat] = organizations[p.Organization]
		}
	}
	return taken
}

// Invite asks an organization of the network, or a person by address, to take an empty seat; an invitation to the same
// seat that is still open is replaced. The lead of the organization that began may, while the application may be written.
// Faults: Invalid by field, TooLate, NotFound.
func (s *Service) Invite(ctx context.Context, sc tenants.Scope, i Invitation, locale i18n.Locale) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, i.Application)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.ApplicationInvite, &a); err != nil {
			return err
		}
		if i.InvitedAt, err = s.inTime(ctx, tx, &a); err != nil {
			return err
		}
		call, err := s.Calls.CallIn(ctx, tx, a.Call)
		if err != nil {
			return err
		}
		organizations, err := s.Organizations.ApplicantsIn(ctx, tx, append(a.Organizations(), i.Organization))
		if err != nil {
			return err
		}
		if bad := i.check(&a, call.Composition, organizations); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		i.ID = ids.New[ids.Invitation]()
		if err := insertInvitation(ctx, tx, i); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "application.partner_invited", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"seat": i.Seat}})
		return s.tellInvited(ctx, tx, &a, call, i, organizations, locale)
	})
}

func (i *Invitation) check(a *Application, rule blueprints.Composition, organizations map[ids.Organization]Applicant) []fault.Field {
	seat := a.Seat(i.Seat)
	if seat == nil || !seat.Organization.IsZero() {
		return []fault.Field{fault.At("seat", "applications.seat_taken")}
	}
	if i.Organization.IsZero() {
		if !strings.Contains(i.Email, "@") || strings.ContainsAny(i.Email, " \r\n,;<>") {
			return []fault.Field{fault.At("email", "fault.email")}
		}
		return nil
	}
	o, known := organizations[i.Organization]
	if !known || !fits(OpenSeats(rule, seatsTaken(a, organizations), o), i.Seat) {
		return []fault.Field{fault.At("organization", "applications.seat_unfit")}
	}
	return nil
}

func (s *Service) tellInvited(ctx context.Context, tx *tenants.Tx, a *Application, call Call, i Invitation, organizations map[ids.Organization]Applicant, locale i18n.Locale) error {
	letter := call.Letters["partner_invitation"]
	mail := events.MailRequested{
		Kind: "applications.mail.partner_invitation", Path: "/partner-invitations/" + i.ID.String(), AboutKind: "application", AboutID: a.ID.String(),
		Subject: letter.Subject, Body: letter.Body, Texts: map[string]i18n.Text{"call": call.Title}, Times: map[string]time.Time{"deadline": call.ClosesAt}, Zone: call.Zone,
		Args: map[string]string{"partner": organizations[a.Organization].Name, "organization": organizations[i.Organization].Name},
	}
	if i.Organization.IsZero() {
		mail.Address, mail.Name, mail.Locale = i.Email, i.Name, locale
		mail.Args["organization"] = i.Name
		tx.Announce(mail)
		return nil
	}
	leads, err := tenants.LeadsOf(ctx, tx, i.Organization)
	if err != nil {
		return err
	}
	for _, person := range leads[i.Organization] {
		mail.Person = person
		tx.Announce(mail)
		tx.Announce(events.NotificationRequested{
			Person: person, Key: "applications.notify.invited", Path: mail.Path, Args: map[string]string{"Organization": organizations[a.Organization].Name},
		})
	}
	return nil
}

// Revoke takes an open invitation back. The lead of the organization that began may. Fault: NotFound.
func (s *Service) Revoke(ctx context.Context, sc tenants.Scope, id ids.Application, invitation ids.Invitation) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.ApplicationInvite, &a); err != nil {
			return err
		}
		done, err := answerInvitation(ctx, tx, id, invitation, "revoked")
		if err == nil && !done {
			err = fault.NotFound()
		}
		return err
	})
}

// Invited is an open invitation as the invited see it.
type Invited struct {
	Invitation Invitation
	Call       Call
	By         Applicant
	Until      time.Time
	Choices    []Applicant // the actor's organizations that may take the seat
}

// Invitations lists the open invitations to the actor: to the organizations that they lead and to their address.
// Everybody signed in may see their own.
func (s *Service) Invitations(ctx context.Context, sc tenants.Scope) ([]Invitation, error) {
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return nil, err
	}
	return invitationsTo(ctx, sc.Read(), sc.Actor().OrganizationsAs(tenants.RoleLead), sc.Actor().Email)
}

// Invitation shows an open invitation to those whom it is for. Fault: NotFound for everybody else.
func (s *Service) Invitation(ctx context.Context, sc tenants.Scope, id ids.Invitation) (Invited, error) {
	mine, err := s.Invitations(ctx, sc)
	if err != nil {
		return Invited{}, err
	}
	at := slices.IndexFunc(mine, func(i Invitation) bool { return i.ID == id })
	if at < 0 {
		return Invited{}, fault.NotFound()
	}
	found := Invited{Invitation: mine[at]}
	a, err := Find(ctx, sc.Read(), found.Invitation.Application)
	if err != nil {
		return found, err
	}
	if found.Call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return found, err
	}
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	organizations, err := s.Organizations.Applicants(ctx, sc, append(a.Organizations(), led...))
	if err != nil {
		return found, err
	}
	found.By, found.Until = organizations[a.Organization], found.Call.ClosesAt
	for _, o := range led {
		asked := found.Invitation.Organization
		if (asked.IsZero() || asked == o) && fits(OpenSeats(found.Call.Composition, seatsTaken(&a, organizations), organizations[o]), found.Invitation.Seat) {
			found.Choices = append(found.Choices, organizations[o])
		}
	}
	return found, nil
}

// Join takes the seat of an invitation for an organization that the actor leads. Faults: Invalid where it does not fit,
// Conflict when the organization is in the call already, TooLate, NotFound.
func (s *Service) Join(ctx context.Context, sc tenants.Scope, id ids.Invitation, organization ids.Organization) (ids.Application, error) {
	invited, err := s.Invitation(ctx, sc, id)
	if err != nil {
		return ids.Application{}, err
	}
	if !slices.ContainsFunc(invited.Choices, func(a Applicant) bool { return a.ID == organization }) {
		return ids.Application{}, fault.Invalid("fault.check_fields", fault.At("organization", "applications.seat_unfit"))
	}
	application := invited.Invitation.Application
	return application, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, application)
		if err != nil {
			return err
		}
		if _, err := s.inTime(ctx, tx, &a); err != nil {
			return err
		}
		seat := a.Seat(invited.Invitation.Seat)
		done, err := answerInvitation(ctx, tx, application, id, "accepted")
		if err != nil {
			return err
		}
		if !done || seat == nil || !seat.Organization.IsZero() {
			return fault.Conflict("applications.seat_taken")
		}
		if _, found, err := ofCall(ctx, tx, a.Call, organization); err != nil || found {
			if err == nil {
				err = fault.Conflict("applications.seat_twice")
			}
			return err
		}
		seat.Organization = organization
		if err := s.reuse(ctx, tx, organization, seat.Sheet); err != nil {
			return err
		}
		if err := savePart(ctx, tx, seat); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "application.joined", SubjectKind: "application", SubjectID: application.String(), Detail: map[string]any{"organization": organization.String()}})
		return s.notify(ctx, tx, &a, "applications.notify.joined", map[string]string{"Organization": invited.organization(organization).Name})
	})
}

func (i *Invited) organization(id ids.Organization) Applicant {
	for _, a := range i.Choices {
		if a.ID == id {
			return a
		}
	}
	return Applicant{}
}

// Refuse declines an invitation to the actor; the inviting organization is told. Fault: NotFound.
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
		done, err := answerInvitation(ctx, tx, a.ID, id, "declined")
		if err != nil {
			return err
		}
		if !done {
			return fault.NotFound()
		}
		tx.Audit(entry("application.partner_declined", a.ID))
		return s.notify(ctx, tx, &a, "applications.notify.declined", map[string]string{"Who": sc.Actor().Name})
	})
}
