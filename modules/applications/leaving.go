package applications

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// What the trail calls it when a seat becomes empty again.
const (
	leftAction    = "application.left"
	removedAction = "application.partner_removed"
	droppedAction = "application.partner_dropped"
)

// Leave gives a seat of the application back, for an organization that joined it; the application goes on without. Its
// lead may until the deadline. What it wrote in its part leaves with it; confirmations and a submission that counted on it
// do not stand any more. The others are told. Faults: Conflict for the organization that began, which withdraws instead,
// TooLate, NotFound.
func (s *Service) Leave(ctx context.Context, sc tenants.Scope, id ids.Application, seat string) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		mine, err := mineAt(sc, &a, seat)
		if err != nil {
			return err
		}
		if err := s.ownAs(sc, policies.ApplicationConfirm, mine.Organization); err != nil {
			return err
		}
		return s.unseat(ctx, tx, &a, mine, leftAction)
	})
}

// Remove takes the seat from an organization that joined. The lead of the organization that began may until the deadline;
// for the rest it is as if that organization had left. Faults: Conflict, TooLate, NotFound.
func (s *Service) Remove(ctx context.Context, sc tenants.Scope, id ids.Application, seat string) error {
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
		p := a.Seat(seat)
		if p == nil || p.Organization.IsZero() {
			return fault.NotFound()
		}
		return s.unseat(ctx, tx, &a, p, removedAction)
	})
}

// unseat lets an organization go while seats may change hands, and what counted on it with it.
func (s *Service) unseat(ctx context.Context, tx *tenants.Tx, a *Application, p *Part, action string) error {
	if p.Organization == a.Organization {
		return fault.Conflict("applications.lead_stays")
	}
	now, err := s.seatable(ctx, tx, a)
	if err != nil {
		return err
	}
	if err := s.vacate(ctx, tx, a, p, action, now); err != nil {
		return err
	}
	if err := unconfirm(ctx, tx, a.ID); err != nil {
		return err
	}
	before := a.State
	if after, ok := before.After(TakeBack); ok {
		a.State = after
	}
	return advance(ctx, tx, a, before)
}

// vacate empties a seat: its sheet goes with the organization and a fresh one is laid. Everybody concerned is told.
func (s *Service) vacate(ctx context.Context, tx *tenants.Tx, a *Application, p *Part, action string, now time.Time) error {
	gone := p.Organization
	organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
	if err != nil {
		return err
	}
	call, err := s.Calls.Held(ctx, tx, a.Call)
	if err != nil {
		return err
	}
	if err := s.tellLeft(ctx, tx, a, call, gone, action, organizations); err != nil {
		return err
	}
	fresh, err := s.forms.NewSheet(ctx, tx, a.FormVersion, forms.ScopePart)
	if err != nil {
		return err
	}
	if err := keepFormer(ctx, tx, p, now); err != nil {
		return err
	}
	tx.Audit(audit.Entry{Action: action, SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"organization": gone.String()}})
	return emptySeat(ctx, tx, p, fresh.ID)
}

// Withdraw takes the application back for all its organizations; it cannot be undone. The lead of the organization that
// began it may, and once seats cannot be given back any more the lead of each; but an offered place is that of who holds it by
// then, so whoever has dropped out of it may not. All are told. Faults: Conflict when it is over, while the organization can
// leave instead, or once it has dropped out, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, id ids.Application) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.ApplicationWithdraw, &a); err != nil {
			return err
		}
		if s.ownAs(sc, policies.ApplicationWithdraw, a.Organization) != nil {
			if _, err := s.seatable(ctx, tx, &a); err == nil {
				return fault.Conflict("applications.leave_instead")
			} else if !fault.Is(err, fault.KindTooLate) {
				return err
			}
		}
		before := a.State
		after, _ := before.After(Withdraw)
		if !a.withdrawable() {
			return fault.Conflict("applications.over")
		}
		if before == Selected {
			if err := s.holds(ctx, sc, tx, &a); err != nil {
				return err
			}
		}
		if before == Ineligible {
			now, err := tx.Now(ctx)
			if err != nil {
				return err
			}
			tx.Announce(events.MailRevoked{Kind: mailKind("ineligible"), AboutKind: "application", AboutID: id.String(), Before: now})
		}
		a.State = after
		tx.Audit(entry("application.withdrawn", id))
		if err := freeOrganizations(ctx, tx, id); err != nil {
			return err
		}
		if err := s.tellWithdrawn(ctx, tx, &a, before); err != nil {
			return err
		}
		return advance(ctx, tx, &a, before)
	})
}

// holds refuses somebody who speaks only for organizations that do not hold the application's place any more. Fault: Conflict.
func (s *Service) holds(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, a *Application) error {
	gone, err := s.Standings.Departed(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, o := range a.Organizations() {
		if !slices.Contains(gone, o) && s.ownAs(sc, policies.ApplicationWithdraw, o) == nil {
			return nil
		}
	}
	return fault.Conflict("applications.departed")
}

// tellLeft tells those who stay that an organization has left, and one that did not choose to what has happened.
func (s *Service) tellLeft(ctx context.Context, tx *tenants.Tx, a *Application, call Call, gone ids.Organization, action string, organizations map[ids.Organization]Applicant) error {
	if action != leftAction {
		key := map[string]string{removedAction: "removed", droppedAction: "dropped"}[action]
		if err := s.tellOthers(ctx, tx, a, call, key, organizations[a.Organization].Name, gone); err != nil {
			return err
		}
	}
	if action == droppedAction {
		return nil
	}
	stay := slices.DeleteFunc(a.Organizations(), func(o ids.Organization) bool { return o == gone })
	if err := s.tellOthers(ctx, tx, a, call, "left", organizations[gone].Name, stay...); err != nil {
		return err
	}
	return s.notify(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.left", Args: map[string]string{"Organization": organizations[gone].Name}})
}

// tellWithdrawn tells the other organizations, and of one that was handed in also the other modules and the network's team.
func (s *Service) tellWithdrawn(ctx context.Context, tx *tenants.Tx, a *Application, before State) error {
	call, err := s.Calls.Held(ctx, tx, a.Call)
	if err != nil {
		return err
	}
	organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
	if err != nil {
		return err
	}
	if err := s.tellOthers(ctx, tx, a, call, "withdrawn", organizations[a.Organization].Name, a.Organizations()...); err != nil {
		return err
	}
	if err := s.notify(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.withdrawn", Texts: map[string]i18n.Text{"Call": call.Title}}); err != nil {
		return err
	}
	if before == Draft {
		return nil
	}
	tx.Announce(events.ApplicationWithdrawn{Application: a.ID, Call: a.Call})
	return s.notifyTeam(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.team_withdrawn", Args: map[string]string{"Number": a.Number}})
}
