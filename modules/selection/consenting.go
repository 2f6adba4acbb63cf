package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Consultation is a replacement as those see it who are asked, with what they need to know to answer.
type Consultation struct {
	Replacement

	Of         Application // with the organizations that hold its place by now
	About      Call
	Decision   Decision
	Conditions []Condition // of the place
	Names      map[ids.Organization]string
	Owes       []ids.Organization // of those that the actor leads, who have not answered
	Steers     bool               // the actor may take it back, and reads why somebody does not agree
	Takes      bool               // the actor leads an organization that holds the place, or has come to
}

// Consultation shows a replacement. The leads of the organizations that are asked may, and coordinators without a conflict of interest. What was
// applied with is not shown: those that stay can tell of it. Fault: NotFound.
func (s *Service) Consultation(ctx context.Context, sc tenants.Scope, id ids.Application, replacement ids.Replacement) (Consultation, error) {
	if err := s.policies.Ever(sc, policies.PlaceConsent); err != nil {
		return Consultation{}, err
	}
	r, err := findReplacement(ctx, sc.Read(), replacement)
	if err == nil && r.Application != id {
		err = fault.NotFound()
	}
	if err != nil {
		return Consultation{}, err
	}
	a, err := s.passed(ctx, sc, id)
	if err != nil {
		return Consultation{}, err
	}
	now, err := s.holders(ctx, sc, a)
	if err != nil {
		return Consultation{}, err
	}
	v := Consultation{Replacement: r, Of: now[0]}
	standings, err := s.Standings(ctx, sc, []ids.Application{id})
	if err != nil {
		return Consultation{}, err
	}
	on := policies.On{Organizations: v.Parties, Conflicted: standings[id].Conflicted}
	if err := s.policies.May(sc, policies.PlaceConsent, on); err != nil {
		return Consultation{}, err
	}
	v.Steers = s.policies.May(sc, policies.PlaceReplace, on) == nil
	if v.About, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return v, err
	}
	decided, err := decisionsFor(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return v, err
	}
	if len(decided) > 0 {
		v.Decision = decided[0]
	}
	there, err := conditionsFor(ctx, sc.Read(), id)
	if err != nil {
		return v, err
	}
	v.Conditions = there[id]
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	v.Owes = slices.DeleteFunc(r.Owed(), func(o ids.Organization) bool { return !slices.Contains(led, o) })
	v.Takes = slices.ContainsFunc(led, v.Of.applies)
	v.Names, err = s.namesIn(ctx, sc, v.Of, r)
	return v, err
}

// Consent says for the organizations that the actor leads whether they agree to a replacement; one no ends it, and takes a reason of at most
// MaxReplacementReason characters, which the team reads. With the last yes the seat changes hands. Leads of the organizations that are
// asked may. Faults: Invalid by field, TooLate by the database's clock, Conflict when they have answered, it has ended, or their own that
// comes holds or awaits another place by now; NotFound. If it does with the last yes of another, the replacement ends without a swap and
// without a fault: what becomes of its other applications is not theirs to know.
func (s *Service) Consent(ctx context.Context, sc tenants.Scope, id ids.Application, replacement ids.Replacement, agrees bool, reason string) error {
	shown, err := s.Consultation(ctx, sc, id, replacement)
	if err != nil {
		return err
	}
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	if !slices.ContainsFunc(shown.Parties, func(o ids.Organization) bool { return slices.Contains(led, o) }) {
		return fault.NotFound()
	}
	var ties []Conflict
	if agrees {
		reason = ""
		came, err := s.Seats.Came(ctx, sc, map[ids.Organization]time.Time{shown.Coming: time.Now()})
		if err != nil {
			return err
		}
		if ties, err = s.newTies(ctx, sc, shown.Of, came[shown.Coming]); err != nil {
			return err
		}
	} else if reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return s.sweep(ctx, sc, shown.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		a, r, err := s.askedIn(ctx, tx, w, id, replacement)
		if err != nil {
			return err
		}
		own := slices.DeleteFunc(r.Owed(), func(o ids.Organization) bool { return !slices.Contains(led, o) })
		if len(own) == 0 {
			return fault.Conflict("selection.replacement.answered")
		}
		if agrees && slices.Contains(own, r.Coming) {
			if err := s.free(ctx, tx, w, r.Coming, r.Call); err != nil {
				return err
			}
		}
		for _, o := range own {
			c := Consent{Organization: o, Agrees: agrees, Reason: reason, At: w.now, By: sc.Actor().Person}
			if err := insertConsent(ctx, tx, r.ID, c); err != nil {
				return err
			}
			r.Answers = append(r.Answers, c)
			tx.Audit(audit.Entry{Action: "place.replacement_answered", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"organization": o.String(), "agrees": agrees}})
		}
		if !agrees {
			r.State, r.EndedAt = ReplacementDeclined, w.now
			if err := endReplacement(ctx, tx, &r); err != nil {
				return err
			}
			if err := s.tellAsked(ctx, tx, w, &a, &r, shown.Names, "replacement_off"); err != nil {
				return err
			}
			return s.tellOfficers(ctx, tx, a, "selection.notify.replacement_declined")
		}
		if len(r.Owed()) > 0 {
			return nil
		}
		if err := s.free(ctx, tx, w, r.Coming, r.Call); fault.Is(err, fault.KindConflict) {
			return s.mooted(ctx, tx, w, &a, &r)
		} else if err != nil {
			return err
		}
		return s.swap(ctx, tx, w, &r, ties, shown.Names)
	})
}

// free refuses an organization that holds a place in the call by now, waits for one, or sits in a partnership of it. Fault: Conflict.
func (s *Service) free(ctx context.Context, tx *tenants.Tx, w *sitting, organization ids.Organization, call ids.Call) error {
	seated, err := s.Seats.Seated(ctx, tx, call, organization)
	if err == nil && (seated || occupied(w.all, w.decisions)[organization]) {
		err = fault.Conflict("selection.replacement.busy")
	}
	return err
}

// swap gives the seat to the organization that comes. Whoever reviews or decides and is tied to it does not see the application any more;
// scores that were counted stay. All that agreed have taken a place that was only offered by that.
func (s *Service) swap(ctx context.Context, tx *tenants.Tx, w *sitting, r *Replacement, ties []Conflict, names map[ids.Organization]string) error {
	r.State, r.EndedAt = ReplacementDone, w.now
	if err := endReplacement(ctx, tx, r); err != nil {
		return err
	}
	if _, err := note(ctx, tx, ties, w.now); err != nil {
		return err
	}
	a, d, err := w.place(r.Application)
	if err != nil {
		return err
	}
	came, err := s.Seats.CameIn(ctx, tx, since([]Replacement{*r}))
	if err != nil {
		return err
	}
	a = reseat(a, []Replacement{*r}, came)
	tx.Audit(audit.Entry{Action: "place.replaced", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"leaving": r.Leaving.String(), "coming": r.Coming.String()}})
	for _, c := range r.Answers {
		if err := insertAcceptance(ctx, tx, d.ID, Acceptance{Organization: c.Organization, At: c.At, By: c.By}); err != nil {
			return err
		}
	}
	if err := s.tellAsked(ctx, tx, w, &a, r, names, "seat_given"); err != nil {
		return err
	}
	if err := s.tellOfficers(ctx, tx, a, "selection.notify.replaced"); err != nil {
		return err
	}
	if d.State != DecisionOffered {
		return nil
	}
	return s.takenByAll(ctx, tx, w, a, d)
}

// takenByAll takes an offered place once every organization that holds it has accepted.
func (s *Service) takenByAll(ctx context.Context, tx *tenants.Tx, w *sitting, a Application, d *Decision) error {
	said, err := acceptances(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	for _, o := range a.Organizations {
		if !slices.ContainsFunc(said, func(one Acceptance) bool { return one.Organization == o.ID }) {
			return s.tellApplicants(ctx, tx, []Application{a}, "selection.notify.accepted_by")
		}
	}
	there, err := conditionsFor(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	if len(there[a.ID]) > 0 {
		return s.takenOnTerms(ctx, tx, w, a, d, there[a.ID])
	}
	return s.taken(ctx, tx, w, a, d)
}
