package reviewers

import (
	"context"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Login is whoever holds an address, in all networks.
type Login struct {
	ID    ids.Identity
	Email string // as its holder writes it
	Known bool   // it existed before
}

// Joining is how the holder of a login becomes a reviewer.
type Joining struct {
	Name   string // unless they are somebody here already
	Locale i18n.Locale
	By     ids.Person // who offered it
	Agent  string
}

// Joined is who somebody is now, and the session that has begun for them; none for whoever must sign in first.
type Joined struct {
	Person  ids.Person
	Session string
	Expires time.Time
}

// Newcomers lets those in who have proved an address by a link that was mailed there. The accounts module satisfies it.
type Newcomers interface {
	// Identify finds the login of a proved address, or makes one.
	Identify(ctx context.Context, sc tenants.Scope, email string) (Login, error)
	// Join makes its holder a reviewer of the network, in the transaction that uses up the link.
	Join(ctx context.Context, tx *tenants.Tx, login Login, j Joining) (Joined, error)
}

// Asking is an invitation as the person sees it who holds its link.
type Asking struct {
	Invitation
	About Call
	Now   InvitationState
	Own   bool // the actor is signed in with the invited address
}

// Asking shows what a link asks. Whoever has the link may see it. Fault: NotFound, also for one that was withdrawn.
func (s *Service) Asking(ctx context.Context, sc tenants.Scope, token string) (Asking, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Asking{}, err
	}
	i, err := invitationByLink(ctx, sc.Read(), hashLink(token))
	if err != nil {
		return Asking{}, err
	}
	if i.State == InvitationWithdrawn {
		return Asking{}, fault.NotFound()
	}
	c, err := s.Calls.Call(ctx, sc, i.Call)
	return Asking{Invitation: i, About: c, Now: i.At(time.Now()), Own: AddressKey(sc.Actor().Email) == AddressKey(i.Invitee.Email)}, err
}

// AcceptInvitation takes up an invitation to review: whoever holds its link proves the invited address with it, and becomes
// a reviewer of the network who reviews at most as many applications of a call as the invitation says, unless they have
// said otherwise. A new person is signed in; one who has a login signs in with it. Faults: TooLate by the database's clock,
// Conflict when it is answered already, NotFound.
func (s *Service) AcceptInvitation(ctx context.Context, sc tenants.Scope, token, agent string) (Joined, error) {
	asked, err := s.Asking(ctx, sc, token)
	if err != nil {
		return Joined{}, err
	}
	if asked.Now != InvitationSent {
		return Joined{}, unanswerable(asked.Now)
	}
	login, err := s.Newcomers.Identify(ctx, sc, asked.Invitee.Email)
	if err != nil {
		return Joined{}, err
	}
	var joined Joined
	err = s.answerAsked(ctx, sc, asked.ID, TakeUp, func(ctx context.Context, tx *tenants.Tx, i *Invitation) error {
		joined, err = s.Newcomers.Join(ctx, tx, login, Joining{Name: i.Invitee.Name, Locale: i.Locale, By: i.InvitedBy, Agent: agent})
		if err != nil {
			return err
		}
		i.Person = joined.Person
		p, err := findProfile(ctx, tx, joined.Person)
		if err != nil {
			return err
		}
		if p.Version == 0 {
			p.Topics, p.Languages, p.Countries = i.Lent.Topics, i.Lent.Languages, i.Lent.Countries
		}
		if p.Most == 0 {
			p.Most = i.Reviews
			if _, err := keepProfile(ctx, tx, &p); err != nil {
				return err
			}
		}
		tx.Audit(audit.Entry{Action: "reviewer.invitation_accepted", SubjectKind: "invitation", SubjectID: i.ID.String()})
		return s.tellInviters(ctx, tx, i, "selection.notify.invitation_accepted")
	})
	return joined, err
}

// RefuseInvitation answers that somebody does not want to review, with a reason and perhaps with whom to ask instead, which
// the coordinators decide. Whoever holds its link may, once. Faults: Invalid by field, TooLate, Conflict, NotFound.
func (s *Service) RefuseInvitation(ctx context.Context, sc tenants.Scope, token string, r Regret) error {
	asked, err := s.Asking(ctx, sc, token)
	if err != nil {
		return err
	}
	if asked.Now != InvitationSent {
		return unanswerable(asked.Now)
	}
	bad := r.check()
	if r.Substitute.Email != "" && AddressKey(r.Substitute.Email) == AddressKey(asked.Invitee.Email) {
		bad = append(bad, fault.At("substitute_email", "selection.asked.substitute_own"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return s.answerAsked(ctx, sc, asked.ID, TurnDown, func(ctx context.Context, tx *tenants.Tx, i *Invitation) error {
		i.Regret = r
		key := "selection.notify.invitation_declined"
		if r.Substitute.Email != "" {
			i.Substitute = SubstituteNamed
			key = "selection.notify.substitute_named"
		}
		tx.Audit(audit.Entry{Action: "reviewer.invitation_declined", SubjectKind: "invitation", SubjectID: i.ID.String(), Detail: map[string]any{"reason": string(r.Reason)}})
		return s.tellInviters(ctx, tx, i, key)
	})
}

func (s *Service) answerAsked(ctx context.Context, sc tenants.Scope, id ids.Invitation, verb InvitationVerb, change func(ctx context.Context, tx *tenants.Tx, i *Invitation) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		i, err := lockInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		after, ok := i.At(now).After(verb)
		if !ok {
			return unanswerable(i.At(now))
		}
		i.State, i.AnsweredAt = after, now
		if err := change(ctx, tx, &i); err != nil {
			return err
		}
		return advanceInvitation(ctx, tx, &i)
	})
}

// unanswerable is why an invitation in that state takes no answer.
func unanswerable(state InvitationState) error {
	switch state {
	case InvitationLapsed:
		return fault.TooLate("selection.asked.late")
	case InvitationWithdrawn:
		return fault.NotFound()
	default:
		return fault.Conflict("selection.invite.answered_already")
	}
}

// remindInvited is how long before its date somebody is reminded of an invitation.
const remindInvited = 72 * time.Hour

// The queue keeps these names.
const (
	remindInvitationJob = "selection.remind_invitation"
	lapseInvitationJob  = "selection.lapse_invitation"
)

// Awaiting is the argument of the jobs that look after an invitation which is to be answered by an instant. When it was sent
// again with another date, others do.
type Awaiting struct {
	Invitation ids.Invitation `json:"invitation"`
	Until      time.Time      `json:"until"`
}

// RemindInvited mails an invitation that waits for its answer once more, with a link of its own. Only the system may.
func (s *Service) RemindInvited(ctx context.Context, sc tenants.Scope, w Awaiting) error {
	return s.awaited(ctx, sc, w, func(ctx context.Context, tx *tenants.Tx, i *Invitation, now time.Time) error {
		if i.At(now) != InvitationSent || !i.RemindedAt.IsZero() {
			return nil
		}
		c, err := s.Calls.Within(ctx, tx, i.Call)
		if err != nil {
			return err
		}
		i.RemindedAt = now
		if err := advanceInvitation(ctx, tx, i); err != nil {
			return err
		}
		return s.mailInvitation(ctx, tx, c, InvitingText{}, i, "reviewer_reminded")
	})
}

// LapseInvitation notes that an invitation was not answered in time, and tells the coordinators. Only the system may.
func (s *Service) LapseInvitation(ctx context.Context, sc tenants.Scope, w Awaiting) error {
	return s.awaited(ctx, sc, w, func(ctx context.Context, tx *tenants.Tx, i *Invitation, now time.Time) error {
		if i.State != InvitationSent || i.At(now) != InvitationLapsed {
			return nil
		}
		i.State = InvitationLapsed
		if err := advanceInvitation(ctx, tx, i); err != nil {
			return err
		}
		return s.tellInviters(ctx, tx, i, "selection.notify.invitation_lapsed")
	})
}

func (s *Service) awaited(ctx context.Context, sc tenants.Scope, w Awaiting, then func(ctx context.Context, tx *tenants.Tx, i *Invitation, now time.Time) error) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		i, err := lockInvitation(ctx, tx, w.Invitation)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil || !i.Until.Equal(w.Until) {
			return err
		}
		return then(ctx, tx, &i, now)
	})
}

// InvitationLink makes one more link to an invitation, for the demonstration, whose people have no mailbox. Only the system
// may. Fault: NotFound.
func (s *Service) InvitationLink(ctx context.Context, sc tenants.Scope, id ids.Invitation) (token string, err error) {
	if err := policies.OnlySystem(sc); err != nil {
		return "", err
	}
	if _, err := findInvitation(ctx, sc.Read(), id); err != nil {
		return "", err
	}
	token, hash := newLink()
	return token, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return insertInvitationLink(ctx, tx, id, hash) })
}
