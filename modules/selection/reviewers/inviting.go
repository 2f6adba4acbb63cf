package reviewers

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Invited are the invitations of a call, with what they come to.
type Invited struct {
	Call   Call
	All    []Invitation // the newest first
	Needed int          // reviews that the call's rules ask for, of the applications that the actor may know of
	Text   InvitingText
	ReadAt time.Time // by which they are lapsed or not
	Open   bool      // somebody can still be invited: not once the decisions are closed
}

// Count is how many invitations are in a state, and how many reviews are expected of their people.
func (i *Invited) Count(state InvitationState) (people, reviews int) {
	for n := range i.All {
		if i.All[n].At(i.ReadAt) == state {
			people++
			reviews += i.All[n].Reviews
		}
	}
	return people, reviews
}

// Invitations lists who was asked to review for a call. Coordinators and officers may. Fault: NotFound.
func (s *Service) Invitations(ctx context.Context, sc tenants.Scope, call ids.Call) (Invited, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Invited{}, err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return Invited{}, err
	}
	applications, open, err := s.Selection.Reviewable(ctx, sc, call)
	if err != nil {
		return Invited{}, err
	}
	v := Invited{Call: c, Needed: applications * c.Reviews, ReadAt: time.Now(), Open: open}
	if v.All, err = invitationsOf(ctx, sc.Read(), call); err != nil {
		return v, err
	}
	v.Text, err = invitingText(ctx, sc.Read(), call)
	return v, err
}

// mayInvite is whether the actor gives somebody the role of a reviewer.
func (s *Service) mayInvite(sc tenants.Scope) error {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return err
	}
	return s.policies.May(sc, policies.PersonInvite, policies.On{})
}

// InviteReviewers asks people to review for a call, each by a mail with a link of their own. Whoever accepts becomes a
// reviewer of the network. Coordinators may, while the decisions are open; either all mails go or none. Faults: Invalid by
// field, also for somebody who is asked already; Conflict, NotFound.
func (s *Service) InviteReviewers(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Inviting) error {
	if err := s.mayInvite(sc); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if bad := cmd.check(now, sc.Tenant().Locales); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		open, err := s.Selection.Open(ctx, tx, call)
		if err != nil {
			return err
		}
		if !open {
			return fault.Conflict("selection.invite.closed")
		}
		text, err := invitingText(ctx, tx, call)
		if err != nil {
			return err
		}
		if !cmd.InsteadOf.IsZero() {
			if err := settleSubstitute(ctx, tx, call, cmd.InsteadOf, SubstituteInvited); err != nil {
				return err
			}
		}
		for n, who := range cmd.People {
			i := Invitation{
				ID: ids.New[ids.Invitation](), Call: call, Invitee: who, Locale: cmd.Locale, Reviews: cmd.Reviews, State: InvitationSent, Until: cmd.Until,
				InvitedAt: now, InvitedBy: sc.Actor().Person, SentAt: now, InsteadOf: cmd.InsteadOf,
			}
			made, err := insertInvitation(ctx, tx, &i)
			if err != nil {
				return err
			}
			if !made {
				return fault.Invalid("fault.check_fields", fault.AtWith("people", "selection.invite.asked_already", fault.Args{"Line": n + 1, "What": who.Email}))
			}
			tx.Audit(audit.Entry{Action: "reviewer.invited", SubjectKind: "invitation", SubjectID: i.ID.String(), Detail: map[string]any{"reviews": i.Reviews}})
			if err := s.sendInvitation(ctx, tx, c, text, &i, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendInvitation mails an invitation with a new link, and has its person reminded and the coordinators told when it lapses.
func (s *Service) sendInvitation(ctx context.Context, tx *tenants.Tx, c Call, text InvitingText, i *Invitation, now time.Time) error {
	if err := s.mailInvitation(ctx, tx, c, text, i, "reviewer_asked"); err != nil {
		return err
	}
	job := Awaiting{Invitation: i.ID, Until: i.Until}
	if at := i.Until.Add(-remindInvited); at.After(now.Add(remindInvited / 2)) {
		tx.EnqueueAt(remindInvitationJob, job, at)
	}
	tx.EnqueueAt(lapseInvitationJob, job, i.Until)
	return nil
}

func (s *Service) mailInvitation(ctx context.Context, tx *tenants.Tx, c Call, text InvitingText, i *Invitation, kind string) error {
	token, hash := newLink()
	if err := insertInvitationLink(ctx, tx, i.ID, hash); err != nil {
		return err
	}
	m := events.MailRequested{
		Kind: "selection.mail." + kind, Address: i.Invitee.Email, Name: i.Invitee.Name, Locale: i.Locale, Path: "/reviewer-invitations/" + token, Secret: true, Veiled: i.veiled(), AboutKind: invitationSubject, AboutID: i.ID.String(),
		Args:  map[string]string{"reviews": strconv.Itoa(i.Reviews), "Reviews": strconv.Itoa(i.Reviews)},
		Texts: map[string]i18n.Text{"call": c.Title, "Call": c.Title}, Times: map[string]time.Time{"until": i.Until, "Until": i.Until}, Zone: c.Zone,
	}
	if kind == "reviewer_asked" {
		m.Subject, m.Body = s.worded(text)
	}
	if i.Lender != "" && kind == "reviewer_asked" {
		m.Args["lender"] = i.Lender
		for l := range m.Body {
			m.Body[l] += "\n\n" + s.catalog.Localizer(l, nil).T("selection.invite.lent")
		}
	}
	tx.Announce(m)
	return nil
}

// worded is the text of an invitation in every language: the call's own where there is one, else the program's.
func (s *Service) worded(text InvitingText) (subject, body i18n.Text) {
	subject, body = i18n.Text{}, i18n.Text{}
	for _, l := range i18n.All {
		subject[l], body[l] = text.Subject[l], text.Body[l]
		if body[l] == "" {
			loc := s.catalog.Localizer(l, nil)
			subject[l], body[l] = loc.T("selection.invite.subject"), loc.T("selection.invite.body")
		}
	}
	return subject, body
}

// InvitationOf is one invitation of a call. Coordinators and officers may. Fault: NotFound.
func (s *Service) InvitationOf(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Invitation) (Call, Invitation, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Call{}, Invitation{}, err
	}
	i, err := findInvitation(ctx, sc.Read(), id)
	if err != nil {
		return Call{}, Invitation{}, err
	}
	if i.Call != call {
		return Call{}, Invitation{}, fault.NotFound()
	}
	c, err := s.Calls.Call(ctx, sc, call)
	return c, i, err
}

// moved changes an invitation as a verb says, inside the lock of its row.
func (s *Service) moved(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Invitation, verb InvitationVerb, change func(ctx context.Context, tx *tenants.Tx, c Call, i *Invitation, now time.Time) error) error {
	if err := s.mayInvite(sc); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		i, err := lockInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		if i.Call != call {
			return fault.NotFound()
		}
		if i.Forgotten() {
			return fault.Conflict("selection.invite.forgotten_already")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		after, ok := i.At(now).After(verb)
		if !ok {
			return fault.Conflict("selection.invite.answered_already")
		}
		i.State = after
		return change(ctx, tx, c, &i, now)
	})
}

// ResendInvitation mails an invitation again, to be answered by another day; links of earlier mails are dead then.
// Coordinators may, until it is answered. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) ResendInvitation(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Invitation, until time.Time) error {
	return s.moved(ctx, sc, call, id, Resend, func(ctx context.Context, tx *tenants.Tx, c Call, i *Invitation, now time.Time) error {
		if bad := checkUntil(until, now); len(bad) > 0 || until.IsZero() {
			return fault.Invalid("fault.check_fields", bad...)
		}
		open, err := s.Selection.Open(ctx, tx, call)
		if err != nil {
			return err
		}
		if !open {
			return fault.Conflict("selection.invite.closed")
		}
		text, err := invitingText(ctx, tx, call)
		if err != nil {
			return err
		}
		if err := dropInvitationLinks(ctx, tx, id); err != nil {
			return err
		}
		i.Until, i.SentAt, i.RemindedAt = until, now, time.Time{}
		if err := advanceInvitation(ctx, tx, i); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "reviewer.invited_again", SubjectKind: "invitation", SubjectID: id.String()})
		return s.sendInvitation(ctx, tx, c, text, i, now)
	})
}

// WithdrawInvitation takes an invitation back; its links are dead at once. Coordinators may, until it is answered. Faults:
// Conflict, NotFound.
func (s *Service) WithdrawInvitation(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Invitation) error {
	return s.moved(ctx, sc, call, id, Withdraw, func(ctx context.Context, tx *tenants.Tx, _ Call, i *Invitation, now time.Time) error {
		i.WithdrawnAt = now
		tx.Audit(audit.Entry{Action: "invitation.revoked", SubjectKind: "invitation", SubjectID: id.String()})
		return advanceInvitation(ctx, tx, i)
	})
}

// PassOver decides that a substitute is not invited. Coordinators may. Faults: Conflict when that is decided already,
// NotFound.
func (s *Service) PassOver(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Invitation) error {
	if err := s.mayInvite(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return settleSubstitute(ctx, tx, call, id, SubstitutePassed)
	})
}

// settleSubstitute writes what is decided of the substitute whom somebody named. Faults: Conflict, NotFound.
func settleSubstitute(ctx context.Context, tx *tenants.Tx, call ids.Call, id ids.Invitation, to SubstituteState) error {
	i, err := lockInvitation(ctx, tx, id)
	if err != nil {
		return err
	}
	if i.Call != call || i.Substitute == "" {
		return fault.NotFound()
	}
	if i.Substitute != SubstituteNamed {
		return fault.Conflict("selection.invite.substitute_decided")
	}
	i.Substitute = to
	tx.Audit(audit.Entry{Action: "reviewer.substitute_decided", SubjectKind: "invitation", SubjectID: id.String(), Detail: map[string]any{"outcome": string(to)}})
	return advanceInvitation(ctx, tx, &i)
}

// WriteInvitingText keeps what the invitations of a call say. Coordinators may. Faults: Invalid by field, Conflict when it
// was changed in the meantime, NotFound.
func (s *Service) WriteInvitingText(ctx context.Context, sc tenants.Scope, call ids.Call, text InvitingText) error {
	if err := s.mayInvite(sc); err != nil {
		return err
	}
	if _, err := s.Calls.Call(ctx, sc, call); err != nil {
		return err
	}
	if bad := text.check(sc.Tenant().Locales); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		kept, err := keepInvitingText(ctx, tx, call, &text)
		if err != nil {
			return err
		}
		if !kept {
			return fault.Conflict("selection.invite.text_changed")
		}
		tx.Audit(audit.Entry{Action: "reviewer.invitation_worded", SubjectKind: "call", SubjectID: call.String()})
		return nil
	})
}

// Invitable is what stands in the form that invites: the words of each language as they would be sent.
func (s *Service) Invitable(text InvitingText) InvitingText {
	subject, body := s.worded(text)
	return InvitingText{Subject: subject, Body: body, Version: text.Version}
}

// tellInviters puts a line about an invitation under the bell of the coordinators.
func (s *Service) tellInviters(ctx context.Context, tx *tenants.Tx, i *Invitation, key string) error {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
	if err != nil {
		return err
	}
	var told []ids.Person
	for _, m := range held {
		if slices.Contains(told, m.Person) || m.Person == i.Person {
			continue
		}
		told = append(told, m.Person)
		tx.Announce(events.NotificationRequested{Person: m.Person, Key: key, Args: map[string]string{"Name": i.Invitee.Name}, Path: invitationAddress(i.Call, i.ID, "")})
	}
	return nil
}
