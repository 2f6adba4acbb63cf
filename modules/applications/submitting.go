package applications

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Confirm says that an organization stands by its part and by the joint part as they are; seat names the part for people
// who fill several. Seen is the instant of the latest change that the actor saw, as Hall gives it; zero: whatever stands
// there. Its lead may. Faults: Conflict when something is missing or was changed since, TooLate, NotFound.
func (s *Service) Confirm(ctx context.Context, sc tenants.Scope, id ids.Application, seat string, seen time.Time) error {
	return s.confirmation(ctx, sc, id, seat, func(ctx context.Context, tx *tenants.Tx, a *Application, mine *Part, now time.Time) error {
		asked, _, err := s.askedIn(ctx, tx, a)
		if err != nil {
			return err
		}
		filled, err := s.forms.Filled(ctx, tx, mine.Sheet, a.Joint)
		if err != nil {
			return err
		}
		if !seen.IsZero() && latest(filled[mine.Sheet], filled[a.Joint]).After(seen) {
			return fault.Conflict("applications.changed_since")
		}
		if filled, err = s.fit(ctx, tx, asked, filled); err != nil {
			return err
		}
		if left(forms.Complete(asked, forms.ScopePart, filled[mine.Sheet].Answers))+
			left(forms.Complete(asked, forms.ScopeJoint, filled[a.Joint].Answers)) > 0 {
			return fault.Conflict("applications.incomplete")
		}
		mine.ConfirmedAt, mine.ConfirmedBy = now, sc.Actor().Person
		tx.Audit(entry("application.confirmed", id))
		if err := s.notify(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.confirmed", Args: map[string]string{"Who": sc.Actor().Name}}); err != nil {
			return err
		}
		return savePart(ctx, tx, mine)
	})
}

// latest is the instant of the latest answer.
func latest(sheets ...forms.Filled) time.Time {
	var at time.Time
	for _, f := range sheets {
		if f.UpdatedAt.After(at) {
			at = f.UpdatedAt
		}
	}
	return at
}

// Reopen takes the confirmation of an organization back, so that it can go on writing. Its lead may. Faults: TooLate,
// NotFound.
func (s *Service) Reopen(ctx context.Context, sc tenants.Scope, id ids.Application, seat string) error {
	return s.confirmation(ctx, sc, id, seat, func(ctx context.Context, tx *tenants.Tx, _ *Application, mine *Part, _ time.Time) error {
		mine.ConfirmedAt, mine.ConfirmedBy = time.Time{}, ids.Person{}
		tx.Audit(entry("application.unconfirmed", id))
		return savePart(ctx, tx, mine)
	})
}

func (s *Service) confirmation(ctx context.Context, sc tenants.Scope, id ids.Application, seat string, act func(ctx context.Context, tx *tenants.Tx, a *Application, mine *Part, now time.Time) error) error {
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
		now, err := s.inTime(ctx, tx, &a)
		if err != nil {
			return err
		}
		return act(ctx, tx, &a, mine, now)
	})
}

// inTime refuses what comes too late, by the database's clock.
func (s *Service) inTime(ctx context.Context, tx *tenants.Tx, a *Application) (time.Time, error) {
	now, until, err := s.clock(ctx, tx, a)
	if err == nil && !a.Writable(now, until) {
		err = tooLate(a)
	}
	return now, err
}

// seatable refuses to move seats when it is too late for it.
func (s *Service) seatable(ctx context.Context, tx *tenants.Tx, a *Application) (time.Time, error) {
	now, until, err := s.clock(ctx, tx, a)
	if err == nil && !a.Seatable(now, until) {
		err = fault.TooLate("applications.seats_fixed")
	}
	return now, err
}

// clock is the database's, and the instant until which the application's organizations may hand in.
func (s *Service) clock(ctx context.Context, tx *tenants.Tx, a *Application) (now, until time.Time, err error) {
	if now, err = tx.Now(ctx); err != nil {
		return now, until, err
	}
	until, err = s.Calls.Until(ctx, tx, a.Call, a.Organizations())
	return now, until, err
}

// The question of the default form whose one answer leaves seats empty.
const (
	partnerQuestion = "partner_state"
	partnerSought   = "looking"
	partnerSection  = "sections/partner"
)

// Blockers lists what keeps an application from being handed in. A seat that the rule leaves to the applicants may stay empty.
func Blockers(rule blueprints.Composition, a *Application, p Progress, organizations map[ids.Organization]Applicant, joint forms.Answers) []Blocker {
	var found []Blocker
	var answer string
	if raw, ok := joint[partnerQuestion]; ok && json.Unmarshal(raw, &answer) != nil {
		answer = ""
	}
	full := !slices.ContainsFunc(a.Parts, func(p Part) bool { return p.Organization.IsZero() })
	for _, part := range p.Parts {
		switch {
		case part.Organization.IsZero():
			if seat, _ := rule.Seat(part.Seat); !seat.Optional && answer != partnerSought {
				found = append(found, Blocker{Key: "applications.blocker.seat", Name: part.Seat, Place: "partners"})
			}
		case part.Left > 0:
			found = append(found, Blocker{Key: "applications.blocker.part", Name: organizations[part.Organization].Name})
		case !part.Confirmed():
			found = append(found, Blocker{Key: "applications.blocker.unconfirmed", Name: organizations[part.Organization].Name})
		}
	}
	if full && answer == partnerSought {
		found = append(found, Blocker{Key: "applications.blocker.sought", Place: partnerSection})
	}
	if left(p.Joint) > 0 {
		found = append(found, Blocker{Key: "applications.blocker.joint"})
	}
	return found
}

// Submit hands the application in: copies of all sheets are kept, and everybody concerned gets a receipt. The lead of the
// organization that began it may, while the database's clock says so. What is taken along of the organizations' profiles is
// fixed as it is then. The same content again is no second submission, though it tells where the organizations sit by now.
// Faults: TooLate, Conflict when something is missing (applications.incomplete) or a rule of the call is not met
// (applications.not_eligible), NotFound.
func (s *Service) Submit(ctx context.Context, sc tenants.Scope, id ids.Application) (Submission, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return Submission{}, err
	}
	var done Submission
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.submits(sc, &a); err != nil {
			return err
		}
		call, err := s.Calls.Held(ctx, tx, a.Call)
		if err != nil {
			return err
		}
		now, err := s.inTime(ctx, tx, &a)
		if err != nil {
			return err
		}
		if a.State != Returned { // what was handed in stands, whatever papers are still missing
			if err := s.takeAlong(ctx, tx, a); err != nil {
				return err
			}
		}
		organizations, same, err := s.complete(ctx, tx, &a, call, &done)
		if err != nil || same {
			return err
		}
		if done, err = s.keep(ctx, tx, &a, call, now); err != nil {
			return err
		}
		return s.handIn(ctx, tx, &a, call, done, organizations)
	})
	return done, err
}

// submits authorizes the lead of the organization that began; to the people of the others the application exists.
func (s *Service) submits(sc tenants.Scope, a *Application) error {
	if err := s.own(sc, policies.ApplicationRead, a); err != nil {
		return err
	}
	return s.ownAs(sc, policies.ApplicationSubmit, a.Organization)
}

// complete refuses an application that lacks something, and gives its organizations. It is the same when nothing has been
// written since the last submission, which it then gives: so a second click is no second submission.
func (s *Service) complete(ctx context.Context, tx *tenants.Tx, a *Application, call Call, last *Submission) (organizations map[ids.Organization]Applicant, same bool, err error) {
	asked, _, err := s.askedIn(ctx, tx, a)
	if err != nil {
		return nil, false, err
	}
	filled, err := s.forms.Filled(ctx, tx, sheetsOf(a)...)
	if err != nil {
		return nil, false, err
	}
	if a.State == Submitted {
		if *last, _, err = lastSubmission(ctx, tx, a.ID); err != nil {
			return nil, false, err
		}
		kept, err := s.forms.Filled(ctx, tx, last.copies()...)
		if err != nil {
			return nil, false, err
		}
		if last.stands(filled, kept) {
			if organizations, err = s.Organizations.ApplicantsIn(ctx, tx, a.Organizations()); err == nil {
				err = settle(ctx, tx, a, organizations, false)
			}
			return nil, true, err
		}
	}
	if organizations, err = s.Organizations.ApplicantsIn(ctx, tx, a.Organizations()); err != nil {
		return nil, false, err
	}
	fitting, err := s.fit(ctx, tx, asked, filled)
	if err != nil {
		return nil, false, err
	}
	if len(Blockers(call.Composition, a, progress(asked, a, fitting), organizations, filled[a.Joint].Answers)) > 0 {
		return nil, false, fault.Conflict("applications.incomplete")
	}
	if a.State == Returned {
		return organizations, false, nil
	}
	found, err := s.findings(ctx, tx, call, asked, a.Parts, a.Joint, fitting)
	if err == nil && len(unmet(found)) > 0 {
		err = fault.Conflict("applications.not_eligible")
	}
	return organizations, false, err
}

func (s *Service) keep(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) (Submission, error) {
	done := Submission{
		ID: ids.New[ids.Submission](), Application: a.ID, At: now, By: tx.Scope().Actor().Person, Notice: call.Notice,
		Copies: map[ids.Sheet]ids.Sheet{},
	}
	for _, sheet := range sheetsOf(a) {
		copied, err := s.forms.Copy(ctx, tx, sheet)
		if err != nil {
			return done, err
		}
		done.Copies[sheet] = copied.ID
	}
	return done, insertSubmission(ctx, tx, done)
}

// handIn gives the number, changes the state and tells everybody of the organizations.
func (s *Service) handIn(ctx context.Context, tx *tenants.Tx, a *Application, call Call, done Submission, organizations map[ids.Organization]Applicant) error {
	before := a.State
	if a.Number == "" {
		var err error
		if a.Number, err = nextNumber(ctx, tx, call.ClosesAt.In(i18n.Zone(call.Zone)).Year()); err != nil {
			return err
		}
	}
	a.State, a.SubmittedAt, a.Papers, a.PapersDue = Submitted, done.At, "", time.Time{}
	a.SubmittedVersion = a.FormVersion
	if err := settle(ctx, tx, a, organizations, before == Returned); err != nil {
		return err
	}
	names := []string{a.Number}
	for _, o := range a.Organizations() {
		names = append(names, organizations[o].Name)
	}
	if err := setSearch(ctx, tx, a.ID, i18n.SearchKey(strings.Join(names, " "))); err != nil {
		return err
	}
	tx.Audit(entry("application.submitted", a.ID))
	tx.Announce(events.ApplicationSubmitted{Application: a.ID, Call: a.Call})
	if before == Returned {
		if err := forgetAsked(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := s.notifyTeam(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.team_papers", Args: map[string]string{"Number": a.Number}}); err != nil {
			return err
		}
	}
	until, err := s.Calls.Until(ctx, tx, a.Call, a.Organizations())
	if err != nil {
		return err
	}
	if err := s.tellLeads(ctx, tx, a, call, "receipt", organizations, letterValues{times: map[string]time.Time{"when": done.At, "deadline": until}, below: "receipt"}); err != nil {
		return err
	}
	return advance(ctx, tx, a, before)
}
