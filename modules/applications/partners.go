package applications

import (
	"context"
	"errors"
	"net/mail"
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
	State        string
	InvitedAt    time.Time
}

// The states of an invitation.
const (
	invitationOpen     = "open"
	invitationAccepted = "accepted"
	invitationDeclined = "declined"
	invitationRevoked  = "revoked"
)

// Partners is what an application's people see of its seats.
type Partners struct {
	Overview    Overview
	Invitations []Invitation
	Seat        string      // for which one can invite; empty: none is free
	Known       []Applicant // organizations of the network that fit it
	Leads       bool        // the actor invites and removes
}

// Partners shows the seats of an application, and whom one can invite to that seat, or to the first empty one where none
// is named. Its people may. Fault: NotFound.
func (s *Service) Partners(ctx context.Context, sc tenants.Scope, id ids.Application, seat string) (Partners, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return Partners{}, err
	}
	p := Partners{Overview: o, Leads: s.Leads(sc, &o.Application)}
	if p.Invitations, err = invitationsOf(ctx, sc.Read(), id); err != nil || !p.Leads || !o.Seatable(time.Now(), o.Until) {
		return p, err
	}
	for _, part := range o.Parts {
		if part.Organization.IsZero() && (p.Seat == "" || part.Seat == seat) {
			p.Seat = part.Seat
		}
	}
	if p.Seat == "" {
		return p, nil
	}
	all, err := s.Organizations.All(ctx, sc)
	if err != nil {
		return p, err
	}
	taken := seatsTaken(&o.Application, o.Organizations)
	for _, one := range all {
		if fits(OpenSeats(o.Call.Composition, taken, one), p.Seat) {
			p.Known = append(p.Known, one)
		}
	}
	return p, nil
}

// asked reports whether somebody is invited to the seat already.
func (p *Partners) asked() bool {
	return slices.ContainsFunc(p.Invitations, func(i Invitation) bool { return i.Seat == p.Seat })
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

// mostInvitations is how often an application may invite, open invitations and old ones together: the mails go to addresses
// that nobody has proved.
const mostInvitations = 30

// Invite asks an organization of the network, or a person by address, to take an empty seat; an invitation to the same
// seat that is still open is replaced. The lead of the organization that began may, while seats may change hands.
// Faults: Invalid by field, TooLate, TooMany, NotFound.
func (s *Service) Invite(ctx context.Context, sc tenants.Scope, i Invitation, locale i18n.Locale) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, i.Application)
		if err != nil {
			return err
		}
		if err := s.ownAs(sc, policies.ApplicationInvite, a.Organization); err != nil {
			return err
		}
		if i.InvitedAt, err = s.seatable(ctx, tx, &a); err != nil {
			return err
		}
		if n, err := countInvitations(ctx, tx, a.ID); err != nil || n >= mostInvitations {
			return errors.Join(fault.TooMany("applications.partners.too_many"), err)
		}
		call, err := s.Calls.Held(ctx, tx, a.Call)
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
		if a.State != Draft {
			tx.Announce(events.SeatsMoved{Application: a.ID})
		}
		tx.Audit(audit.Entry{Action: "application.partner_invited", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"seat": i.Seat}})
		return s.tellInvited(ctx, tx, &a, call, i, organizations, locale)
	})
}

// check refuses an invitation that could not be accepted.
func (i *Invitation) check(a *Application, rule blueprints.Composition, organizations map[ids.Organization]Applicant) []fault.Field {
	seat := a.Seat(i.Seat)
	if seat == nil || !seat.Organization.IsZero() {
		return []fault.Field{fault.At("seat", "applications.seat_taken")}
	}
	if i.Organization.IsZero() {
		address, err := mail.ParseAddress(i.Email)
		if err != nil || address.Address != i.Email || !strings.Contains(i.Email[strings.LastIndexByte(i.Email, '@')+1:], ".") {
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
	letters := events.MailRequested{
		Kind: "applications.mail.partner_invitation", Path: "/partner-invitations/" + i.ID.String(), AboutKind: "application", AboutID: a.ID.String(),
		Subject: letter.Subject, Body: letter.Body, Texts: map[string]i18n.Text{"call": call.Title}, Times: map[string]time.Time{"deadline": call.ClosesAt}, Zone: call.Zone,
		Args: map[string]string{"partner": organizations[a.Organization].Name, "organization": organizations[i.Organization].Name},
	}
	if i.Organization.IsZero() {
		letters.Address, letters.Name, letters.Locale = i.Email, i.Name, locale
		letters.Args["organization"] = i.Name
		tx.Announce(letters)
		return nil
	}
	leads, err := tenants.LeadsOf(ctx, tx, i.Organization)
	if err != nil {
		return err
	}
	for _, person := range leads[i.Organization] {
		letters.Person = person
		tx.Announce(letters)
		tx.Announce(events.NotificationRequested{
			Person: person, Key: "applications.notify.invited", Path: letters.Path, Args: map[string]string{"Organization": organizations[a.Organization].Name},
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
		if err := s.ownAs(sc, policies.ApplicationInvite, a.Organization); err != nil {
			return err
		}
		done, err := answerInvitation(ctx, tx, id, invitation, invitationRevoked)
		if err == nil && !done {
			err = fault.NotFound()
		}
		return err
	})
}
