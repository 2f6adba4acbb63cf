package applications

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Confirm says that the actor's organization stands by its part and by the joint part as they are. Its lead may. Faults:
// Conflict when something is missing, TooLate, NotFound.
func (s *Service) Confirm(ctx context.Context, sc tenants.Scope, id ids.Application) error {
	return s.confirmation(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, a *Application, mine *Part, now time.Time) error {
		missing, err := s.missing(ctx, tx, a, mine)
		if err != nil {
			return err
		}
		if missing > 0 {
			return fault.Conflict("applications.incomplete")
		}
		mine.ConfirmedAt, mine.ConfirmedBy = now, sc.Actor().Person
		tx.Audit(entry("application.confirmed", id))
		return savePart(ctx, tx, mine)
	})
}

// Reopen takes the confirmation of the actor's organization back, so that it can go on writing. Its lead may. Faults:
// TooLate, NotFound.
func (s *Service) Reopen(ctx context.Context, sc tenants.Scope, id ids.Application) error {
	return s.confirmation(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, _ *Application, mine *Part, _ time.Time) error {
		mine.ConfirmedAt, mine.ConfirmedBy = time.Time{}, ids.Person{}
		tx.Audit(entry("application.unconfirmed", id))
		return savePart(ctx, tx, mine)
	})
}

func (s *Service) confirmation(ctx context.Context, sc tenants.Scope, id ids.Application, act func(ctx context.Context, tx *tenants.Tx, a *Application, mine *Part, now time.Time) error) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.ApplicationConfirm, &a); err != nil {
			return err
		}
		now, err := s.inTime(ctx, tx, &a)
		if err != nil {
			return err
		}
		return act(ctx, tx, &a, mineOf(sc, &a), now)
	})
}

// inTime refuses what comes too late, by the database's clock.
func (s *Service) inTime(ctx context.Context, tx *tenants.Tx, a *Application) (time.Time, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return now, err
	}
	until, err := s.Calls.UntilIn(ctx, tx, a.Call, a.Organizations())
	if err != nil {
		return now, err
	}
	if !a.Writable(now, until) {
		return now, tooLate(a)
	}
	return now, nil
}

// missing counts what a part and the joint part still lack.
func (s *Service) missing(ctx context.Context, tx *tenants.Tx, a *Application, p *Part) (int, error) {
	version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
	if err != nil {
		return 0, err
	}
	filled, err := s.forms.Filled(ctx, tx, p.Sheet, a.Joint)
	if err != nil {
		return 0, err
	}
	return left(forms.Complete(version.Definition, forms.ScopePart, filled[p.Sheet].Answers)) +
		left(forms.Complete(version.Definition, forms.ScopeJoint, filled[a.Joint].Answers)), nil
}

// partnerSought is the answer of the default form that leaves seats empty.
const (
	partnerQuestion = "partner_state"
	partnerSought   = "looking"
)

// Blockers lists what keeps an application from being handed in.
func Blockers(a *Application, p Progress, organizations map[ids.Organization]Applicant, joint forms.Answers) []Blocker {
	var found []Blocker
	var sought string
	if raw, ok := joint[partnerQuestion]; ok && json.Unmarshal(raw, &sought) != nil {
		sought = ""
	}
	for _, part := range p.Parts {
		switch {
		case part.Organization.IsZero():
			if sought != partnerSought {
				found = append(found, Blocker{Key: "applications.blocker.seat", Name: part.Seat, Place: "partners"})
			}
		case part.Left > 0:
			found = append(found, Blocker{Key: "applications.blocker.part", Name: organizations[part.Organization].Name})
		case !part.Confirmed():
			found = append(found, Blocker{Key: "applications.blocker.unconfirmed", Name: organizations[part.Organization].Name})
		}
	}
	if left(p.Joint) > 0 {
		found = append(found, Blocker{Key: "applications.blocker.joint"})
	}
	return found
}

// Blockers lists what keeps the application from being handed in, for its own people. Fault: NotFound.
func (s *Service) Blockers(ctx context.Context, sc tenants.Scope, o Overview, p Progress) ([]Blocker, error) {
	if err := s.own(sc, policies.ApplicationRead, &o.Application); err != nil {
		return nil, err
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), o.Joint)
	if err != nil {
		return nil, err
	}
	return Blockers(&o.Application, p, o.Organizations, filled[o.Joint].Answers), nil
}

// Submit hands the application in: copies of all sheets are kept, and everybody concerned gets a receipt. The lead of the
// organization that began it may, while the database's clock says so. The same content again is no second submission.
// Faults: TooLate, Conflict when something is missing, NotFound.
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
		now, err := s.inTime(ctx, tx, &a)
		if err != nil {
			return err
		}
		if last, found, err := s.unchanged(ctx, tx, &a); err != nil || found {
			done = last
			return err
		}
		organizations, err := s.complete(ctx, tx, &a)
		if err != nil {
			return err
		}
		if done, err = s.keep(ctx, tx, &a, now); err != nil {
			return err
		}
		return s.handIn(ctx, tx, &a, done, organizations)
	})
	return done, err
}

// submits authorizes the lead of the organization that began.
func (s *Service) submits(sc tenants.Scope, a *Application) error {
	if err := s.own(sc, policies.ApplicationRead, a); err != nil {
		return err
	}
	return s.policies.May(sc, policies.ApplicationSubmit, policies.On{Organizations: []ids.Organization{a.Organization}})
}

// complete refuses an application that lacks something, and gives its organizations.
func (s *Service) complete(ctx context.Context, tx *tenants.Tx, a *Application) (map[ids.Organization]Applicant, error) {
	version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
	if err != nil {
		return nil, err
	}
	filled, err := s.forms.Filled(ctx, tx, sheetsOf(a)...)
	if err != nil {
		return nil, err
	}
	organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
	if err != nil {
		return nil, err
	}
	if len(Blockers(a, progress(version.Definition, a, filled), organizations, filled[a.Joint].Answers)) > 0 {
		return nil, fault.Conflict("applications.incomplete")
	}
	return organizations, nil
}

// unchanged finds the last submission when nothing has been written since, so that a second click is no second submission.
func (s *Service) unchanged(ctx context.Context, tx *tenants.Tx, a *Application) (Submission, bool, error) {
	last, found, err := lastSubmission(ctx, tx, a.ID)
	if err != nil || !found || a.State != Submitted {
		return last, false, err
	}
	var all []ids.Sheet
	for sheet, copied := range last.Copies {
		all = append(all, sheet, copied)
	}
	if len(last.Copies) != len(sheetsOf(a)) {
		return last, false, nil
	}
	filled, err := s.forms.Filled(ctx, tx, all...)
	if err != nil {
		return last, false, err
	}
	for sheet, copied := range last.Copies {
		if !same(filled[sheet].Answers, filled[copied].Answers) {
			return last, false, nil
		}
	}
	return last, true, nil
}

func same(a, b forms.Answers) bool {
	if len(a) != len(b) {
		return false
	}
	for ref, raw := range a {
		if string(b[ref]) != string(raw) {
			return false
		}
	}
	return true
}

func (s *Service) keep(ctx context.Context, tx *tenants.Tx, a *Application, now time.Time) (Submission, error) {
	done := Submission{ID: ids.New[ids.Submission](), Application: a.ID, At: now, By: tx.Scope().Actor().Person, Code: rand.Text()[:16], Copies: map[ids.Sheet]ids.Sheet{}}
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
func (s *Service) handIn(ctx context.Context, tx *tenants.Tx, a *Application, done Submission, organizations map[ids.Organization]Applicant) error {
	call, err := s.Calls.CallIn(ctx, tx, a.Call)
	if err != nil {
		return err
	}
	before := a.State
	if a.Number == "" {
		if a.Number, err = nextNumber(ctx, tx, call.ClosesAt.In(i18n.Zone(call.Zone)).Year()); err != nil {
			return err
		}
	}
	a.State, a.SubmittedAt, a.Papers, a.PapersDue = Submitted, done.At, "", time.Time{}
	names := []string{a.Number}
	for _, o := range a.Organizations() {
		names = append(names, organizations[o].Name)
	}
	if err := setSearch(ctx, tx, a.ID, i18n.SearchKey(strings.Join(names, " "))); err != nil {
		return err
	}
	tx.Audit(entry("application.submitted", a.ID))
	tx.Announce(events.ApplicationSubmitted{Application: a.ID, Call: a.Call})
	if err := s.tellLeads(ctx, tx, a, call, "receipt", organizations, letterValues{times: map[string]time.Time{"when": done.At, "deadline": call.ClosesAt}}); err != nil {
		return err
	}
	return advance(ctx, tx, a, before)
}

// Receipt is the last submission, for the application's own people. Fault: NotFound before the first.
func (s *Service) Receipt(ctx context.Context, sc tenants.Scope, id ids.Application) (Overview, Submission, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return o, Submission{}, err
	}
	last, found, err := lastSubmission(ctx, sc.Read(), id)
	if err == nil && !found {
		err = fault.NotFound()
	}
	return o, last, err
}

// Verify answers for anybody whether a receipt with that code was given, for which number and when.
func (s *Service) Verify(ctx context.Context, sc tenants.Scope, code string) (number string, at time.Time, found bool, err error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return "", at, false, err
	}
	return byCode(ctx, sc.Read(), code)
}
