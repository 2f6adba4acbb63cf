package applications

import (
	"context"
	"slices"
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

// standing is what policies must know of an application and the actor.
func (s *Service) standing(ctx context.Context, sc tenants.Scope, a *Application) (policies.On, error) {
	all, err := s.Standings.Standings(ctx, sc, []ids.Application{a.ID})
	return on(a, all[a.ID]), err
}

func on(a *Application, stands Standing) policies.On {
	return policies.On{Organizations: a.Organizations(), Assigned: stands.Assigned, Conflicted: stands.Conflicted}
}

// check loads an application under lock for an officer who may check it, once its people cannot write any more.
func (s *Service) check(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, act func(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) error) error {
	// How the actor stands to it is asked before the write, which would hold one connection and wait for another.
	stands, err := s.Standings.Standings(ctx, sc, []ids.Application{id})
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.policies.May(sc, policies.ApplicationCheck, on(&a, stands[id])); err != nil {
			return err
		}
		if version != 0 && a.Version != version {
			return fault.Conflict("fault.stale")
		}
		now, until, err := s.clock(ctx, tx, &a)
		if err != nil {
			return err
		}
		if _, possible := a.State.After(FindFit); possible && now.Before(until) {
			return fault.Conflict("applications.still_open")
		}
		call, err := s.Calls.Held(ctx, tx, a.Call)
		if err != nil {
			return err
		}
		before := a.State
		if err := act(ctx, tx, &a, call, now); err != nil {
			return err
		}
		return advance(ctx, tx, &a, before)
	})
}

// Check finds an application eligible, or ineligible for the reasons of those keys; the letter about the latter waits in
// the outbox, and one that still waits from an earlier finding is cancelled. Organizations that joined but were not part
// of what was handed in are let go. Coordinators and officers without a conflict of interest may. Faults: Invalid for a
// reason that the call does not know, Conflict when it is not to be checked, not yet, or was changed, NotFound.
func (s *Service) Check(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, failed []string) error {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return err
	}
	return s.check(ctx, sc, id, version, func(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) error {
		verb, action := FindFit, "application.found_eligible"
		var reasons []i18n.Text
		for _, key := range failed {
			i := slices.IndexFunc(call.Eligibility, func(r blueprints.Reason) bool { return r.Key == key })
			if i < 0 {
				return fault.Invalid("fault.check_fields", fault.At("failed", "fault.choose"))
			}
			verb, action = FindUnfit, "application.found_ineligible"
			reasons = append(reasons, call.Eligibility[i].Reason)
		}
		after, ok := a.State.After(verb)
		if !ok {
			return fault.Conflict("applications.not_to_check")
		}
		if verb == FindUnfit && a.State == Returned && now.Before(a.PapersDue) {
			return fault.Conflict("applications.papers_running")
		}
		if err := s.drop(ctx, tx, a, now); err != nil {
			return err
		}
		if a.State == Ineligible {
			tx.Announce(events.MailRevoked{Kind: mailKind("ineligible"), AboutKind: "application", AboutID: id.String(), Before: now})
		}
		told := !a.ToldAt.IsZero()
		a.State, a.CheckedAt, a.CheckedBy, a.Failed, a.Papers, a.PapersDue, a.ToldAt = after, now, sc.Actor().Person, failed, "", time.Time{}, time.Time{}
		tx.Audit(audit.Entry{Action: action, SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"failed": failed}})
		tx.Announce(events.ApplicationChecked{Application: id, Call: a.Call, Eligible: verb == FindFit})
		if verb == FindFit {
			return s.tellReconsidered(ctx, tx, a, call, told)
		}
		organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
		if err != nil {
			return err
		}
		return s.tellLeads(ctx, tx, a, call, "ineligible", organizations, letterValues{lists: map[string][]i18n.Text{"reasons": reasons}, hold: true})
	})
}

// tellReconsidered takes back what applicants have been told already.
func (s *Service) tellReconsidered(ctx context.Context, tx *tenants.Tx, a *Application, call Call, told bool) error {
	if err := forgetAsked(ctx, tx, a.ID); err != nil || !told {
		return err
	}
	if err := s.notify(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.reconsidered", Args: map[string]string{"Number": a.Number}}); err != nil {
		return err
	}
	return s.tellOthers(ctx, tx, a, call, "reconsidered", a.Number, a.Organizations()...)
}

// drop lets organizations go that joined after the application had been handed in for the last time.
func (s *Service) drop(ctx context.Context, tx *tenants.Tx, a *Application, now time.Time) error {
	last, _, err := lastSubmission(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for i := range a.Parts {
		p := &a.Parts[i]
		if _, there := last.Copies[p.Sheet]; there || p.Organization.IsZero() {
			continue
		}
		if err := s.vacate(ctx, tx, a, p, droppedAction, now); err != nil {
			return err
		}
	}
	return nil
}

// told is the reaction to the letter about ineligibility having left: from now on its applicants may know.
func (s *Service) told(ctx context.Context, sc tenants.Scope, e events.MailReleased) error {
	if e.Kind != mailKind("ineligible") || e.AboutKind != "application" {
		return nil
	}
	id, err := ids.Parse[ids.Application](e.AboutID)
	if err != nil {
		return fault.NotFound()
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil || a.State != Ineligible || !a.ToldAt.IsZero() {
			return err
		}
		if a.ToldAt, err = tx.Now(ctx); err != nil {
			return err
		}
		return advance(ctx, tx, &a, a.State)
	})
}

// FindEligible finds all of the applications eligible that can be, and tells how many were. Coordinators and officers
// may; those in which they have a conflict of interest are left out, those that are not to be checked, and those that do
// not meet a rule: they are for Check, one by one.
func (s *Service) FindEligible(ctx context.Context, sc tenants.Scope, all []ids.Application) (int, error) {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return 0, err
	}
	if len(all) == 0 {
		return 0, nil
	}
	against := Query{only: all}
	if _, err := s.sortOut(ctx, sc, &against); err != nil {
		return 0, err
	}
	done := 0
	for _, id := range all {
		if slices.Contains(against.unfit, id) {
			continue
		}
		err := s.Check(ctx, sc, id, 0, nil)
		switch {
		case err == nil:
			done++
		case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindNotFound), fault.Is(err, fault.KindForbidden):
		default:
			return done, err
		}
	}
	return done, nil
}
