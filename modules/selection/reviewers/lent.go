package reviewers

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

const (
	lentAnswer  = 10 * 24 * time.Hour // in which somebody who is lent answers their invitation, if there is as much time
	lentAtLeast = 3 * 24 * time.Hour
)

// InviteLent invites reviewers whom another network lends, like any others; the reaction to events.ReviewersLent, which may come
// more than once, and after the other network has wanted somebody back. Whoever is asked for the call already is not asked again. Only
// the system may.
func (s *Service) InviteLent(ctx context.Context, sc tenants.Scope, e events.ReviewersLent) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, e.Call)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		open, err := s.Selection.Open(ctx, tx, e.Call)
		if err != nil {
			return err
		}
		text, err := invitingText(ctx, tx, e.Call)
		if err != nil {
			return err
		}
		until := e.Until
		if latest := now.Add(lentAnswer); until.After(latest) {
			until = latest
		} else if earliest := now.Add(lentAtLeast); until.Before(earliest) {
			until = earliest
		}
		for _, who := range e.People {
			over, err := overLoan(ctx, tx, who.Loan)
			if err != nil {
				return err
			}
			known, err := loansIn(ctx, tx, who.Loan)
			if err != nil {
				return err
			}
			if over || len(known) > 0 {
				continue
			}
			i := Invitation{
				ID: ids.New[ids.Invitation](), Call: e.Call, Invitee: Invitee{Name: who.Name, Email: who.Email}, Locale: who.Locale, Reviews: min(max(e.Reviews, 1), MostReviews),
				State: InvitationSent, Until: until, InvitedAt: now, InvitedBy: e.By, SentAt: now, Loan: who.Loan, Lender: e.Lender,
				Lent: Lent{
					Topics: filled(who.Topics), Languages: filled(who.Languages), Countries: filled(who.Countries),
					Own: printsOf(who.Loan, who.Own), Partners: printsOf(who.Loan, who.Partners),
				},
			}
			if !slices.Contains(sc.Tenant().Locales, i.Locale) {
				i.Locale = sc.Tenant().Locale()
			}
			made := false
			if open {
				if made, err = insertInvitation(ctx, tx, &i); err != nil {
					return err
				}
			}
			tx.Announce(events.LoanMoved{Loan: who.Loan})
			if !made {
				continue
			}
			tx.Audit(audit.Entry{Action: "reviewer.invited", SubjectKind: "invitation", SubjectID: i.ID.String(), Detail: map[string]any{"reviews": i.Reviews}})
			if err := s.sendInvitation(ctx, tx, c, text, &i, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndLoan takes leave of a reviewer whom the other network wants back; the reaction to events.LoanEnded, which may come more than
// once, and before the reviewer is heard of. Only the system may.
func (s *Service) EndLoan(ctx context.Context, sc tenants.Scope, e events.LoanEnded) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := closeLoan(ctx, tx, e.Loan); err != nil {
			return err
		}
		found, err := loansIn(ctx, tx, e.Loan)
		if err != nil || len(found) == 0 {
			return err
		}
		return s.endLoan(ctx, tx, found[0].ID)
	})
}

// OwnLoans are the invitations by which the actor is lent to this network just now. Reviewers may.
func (s *Service) OwnLoans(ctx context.Context, sc tenants.Scope) ([]Asking, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return nil, err
	}
	lent, err := lentTo(ctx, sc.Read(), sc.Actor().Person)
	if err != nil || len(lent) == 0 {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	all := make([]Asking, 0, len(lent))
	for _, i := range lent {
		if n := slices.IndexFunc(calls, func(c Call) bool { return c.ID == i.Call }); n >= 0 {
			all = append(all, Asking{Invitation: i, About: calls[n], Now: i.State, Own: true})
		}
	}
	return all, nil
}

// EndOwnLoan lets somebody who is lent stop: what they still owe goes back to the coordinators, what they have submitted stays, and
// their own network is told. The reviewer may, nobody else. Faults: Conflict when it is ended already, NotFound.
func (s *Service) EndOwnLoan(ctx context.Context, sc tenants.Scope, id ids.Invitation) error {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return err
	}
	i, err := findInvitation(ctx, sc.Read(), id)
	if err != nil {
		return err
	}
	if i.Person != sc.Actor().Person || i.Loan.IsZero() {
		return fault.NotFound()
	}
	if !i.EndedAt.IsZero() {
		return fault.Conflict("selection.lent.ended_already")
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return s.endLoan(ctx, tx, id) })
}

// endLoan withdraws an invitation that was not accepted, or ends what came of it.
func (s *Service) endLoan(ctx context.Context, tx *tenants.Tx, id ids.Invitation) error {
	i, err := lockInvitation(ctx, tx, id)
	if err != nil {
		return err
	}
	if after, ok := i.State.After(Withdraw); ok && !i.Forgotten() {
		if i.WithdrawnAt, err = tx.Now(ctx); err != nil {
			return err
		}
		i.State = after
		tx.Audit(audit.Entry{Action: "invitation.revoked", SubjectKind: "invitation", SubjectID: id.String()})
		return advanceInvitation(ctx, tx, &i)
	}
	if i.State != InvitationAccepted || !i.EndedAt.IsZero() {
		return nil
	}
	if i.EndedAt, err = tx.Now(ctx); err != nil {
		return err
	}
	all, err := endsAll(ctx, tx, &i)
	if err != nil {
		return err
	}
	if err := s.Selection.TakeBack(ctx, tx, i.Person, i.Call, all, i.EndedAt); err != nil { // before the loan has ended, as its lender is told
		return err
	}
	if err := advanceInvitation(ctx, tx, &i); err != nil {
		return err
	}
	if err := leave(ctx, tx, i.Person, i.ID); err != nil {
		return err
	}
	tx.Audit(audit.Entry{Action: "reviewer.loan_ended", SubjectKind: "invitation", SubjectID: id.String()})
	return s.tellInviters(ctx, tx, &i, "selection.notify.loan_ended")
}

// endsAll reports whether somebody may review no more once a loan ends.
func endsAll(ctx context.Context, tx *tenants.Tx, i *Invitation) (bool, error) {
	gone, err := leaves(ctx, tx, i.Person, i.ID)
	if err != nil {
		return false, err
	}
	chairs, err := tenants.Holders(ctx, tx, tenants.RoleChair)
	return gone && !slices.ContainsFunc(chairs, func(m tenants.Membership) bool { return m.Person == i.Person }), err
}

// onlyLent reports whether somebody is a reviewer only because they are lent: nobody else has invited them, and the role came with
// one of their loans.
func onlyLent(role tenants.Membership, accepted []Invitation) bool {
	return !slices.ContainsFunc(accepted, func(i Invitation) bool { return i.Loan.IsZero() }) &&
		slices.ContainsFunc(accepted, func(i Invitation) bool { return role.GrantedAt.Equal(i.AnsweredAt) })
}

// leave takes the role of a reviewer from somebody who has it only by being lent, once nothing is left of that.
func leave(ctx context.Context, tx *tenants.Tx, person ids.Person, ended ids.Invitation) error {
	if gone, err := leaves(ctx, tx, person, ended); err != nil || !gone {
		return err
	}
	tx.Audit(audit.Entry{Action: "person.dismissed", SubjectKind: "person", SubjectID: person.String(), Detail: map[string]any{"role": string(tenants.RoleReviewer)}})
	_, err := tx.RevokeRole(ctx, person, tenants.Grant{Role: tenants.RoleReviewer})
	return err
}

// leaves reports whether somebody has the role of a reviewer only by loans, of which none is left without the one that ends.
func leaves(ctx context.Context, tx *tenants.Tx, person ids.Person, ended ids.Invitation) (bool, error) {
	accepted, err := acceptedBy(ctx, tx, person)
	if err != nil {
		return false, err
	}
	held, err := tenants.Holders(ctx, tx, tenants.RoleReviewer)
	if err != nil {
		return false, err
	}
	n := slices.IndexFunc(held, func(m tenants.Membership) bool { return m.Person == person })
	return n >= 0 && onlyLent(held[n], accepted) &&
		!slices.ContainsFunc(accepted, func(i Invitation) bool { return i.ID != ended && i.EndedAt.IsZero() }), nil
}
