package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Spoken is an organization of which a reviewer of an anonymous call has said something.
type Spoken struct {
	Applicant

	Kind     ConflictKind // how they are tied to it; empty: they are impartial
	UndoneAt time.Time    // when the coordinators took that back; zero: they did not
}

// spoken are the organizations of which the actor has said something in a call, by name. They are listed whatever became of their
// applications: what vanished from the list would tell who applied together, and what from both lists, with which number.
func (s *Service) spoken(ctx context.Context, sc tenants.Scope, call ids.Call) (tied, free []Spoken, err error) {
	known, err := declaredBy(ctx, sc.Read(), call, sc.Actor().Person)
	if err != nil || len(known) == 0 {
		return nil, nil, err
	}
	wanted := make([]ids.Organization, len(known))
	for i, t := range known {
		wanted[i] = t.Organization
	}
	found, err := s.Applications.Applicants(ctx, sc, wanted)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range known {
		one := Spoken{Applicant: found[t.Organization], Kind: t.Kind, UndoneAt: t.UndoneAt}
		if t.Kind != "" {
			tied = append(tied, one)
		} else {
			free = append(free, one)
		}
	}
	i18n.Sort(sc.Actor().Locale, tied, func(o Spoken) string { return o.Name })
	i18n.Sort(sc.Actor().Locale, free, func(o Spoken) string { return o.Name })
	return tied, free, nil
}

// Addition is to which further organizations somebody is not impartial.
type Addition struct {
	Tied []ids.Organization
	Kind ConflictKind
	Note string
}

// AddTies keeps to which organizations of the list, of which the actor had said that they are impartial, they are not after all: the
// applications in which one of them has a seat are gone for the actor, begun and submitted reviews too. It may be said at any time, and
// only the coordinators take it back; see Undo. They may as with Impartial. Faults: Invalid by field (tied, kind, note), NotFound.
func (s *Service) AddTies(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Addition) error {
	v, f, err := s.impartial(ctx, sc, call)
	if err != nil {
		return err
	}
	if err := cmd.check(&v); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, f.Call); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := tickLater(ctx, tx, Tie{Call: call, Person: sc.Actor().Person, Kind: cmd.Kind}, cmd.Tied, now); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "reviewer.impartiality_corrected", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{audit.Among: seated(f.Applications, cmd.Tied)}})
		return s.allGone(ctx, tx, f, cmd.Tied, Declaration{Conflict: true, Kind: cmd.Kind, Note: cmd.Note}, now)
	})
}

// check refuses what cannot be kept.
func (a *Addition) check(v *Impartial) error {
	if len(a.Tied) == 0 {
		return fault.Invalid("fault.check_fields", fault.At("tied", "selection.impartial.tick"))
	}
	for _, id := range a.Tied {
		listed := func(o Spoken) bool { return o.ID == id }
		again := func(o Spoken) bool { return o.ID == id && !o.UndoneAt.IsZero() }
		if !slices.ContainsFunc(v.Free, listed) && !slices.ContainsFunc(v.Tied, again) {
			return fault.Invalid("fault.check_fields", fault.At("tied", "fault.choose"))
		}
	}
	d := Declaration{Conflict: true, Kind: a.Kind, Note: a.Note}
	return d.check()
}

// seated names the applications in which one of the organizations has a seat.
func seated(applications []Application, organizations []ids.Organization) []string {
	found := []string{}
	for _, a := range applications {
		if slices.ContainsFunc(organizations, a.applies) {
			found = append(found, a.ID.String())
		}
	}
	return found
}

// allGone keeps a declared conflict of the actor's in each application of the field in which one of the organizations has a seat.
func (s *Service) allGone(ctx context.Context, tx *tenants.Tx, f field, tied []ids.Organization, d Declaration, now time.Time) error {
	for _, a := range f.Applications {
		if !slices.ContainsFunc(tied, a.applies) {
			continue
		}
		if err := s.gone(ctx, tx, a, d, now); err != nil {
			return err
		}
	}
	return nil
}

// takeBackTicks takes back, with a conflict of interest that is undone, what its person had ticked that led to it.
func takeBackTicks(ctx context.Context, tx *tenants.Tx, c Listed, now time.Time) error {
	organizations := make([]ids.Organization, len(c.Application.Organizations))
	for i, o := range c.Application.Organizations {
		organizations[i] = o.ID
	}
	n, err := takeBack(ctx, tx, Tie{Call: c.Call, Person: c.Person, Kind: c.Kind}, organizations, now)
	if err == nil && n > 0 {
		tx.Audit(audit.Entry{Action: "reviewer.impartiality_taken_back", SubjectKind: "call", SubjectID: c.Call.String(), Detail: map[string]any{"person": c.Person.String(), audit.Among: []string{c.Conflict.Application.String()}}})
	}
	return err
}

// StepBack takes the reviews that somebody owes from them: all once they review no more, so that others can be found, and those of
// anonymous calls once a further role shows them who applies. The officers are told, and who reviews still. What is submitted stays.
// The reaction to events.RolesChanged; only the system may.
func (s *Service) StepBack(ctx context.Context, sc tenants.Scope, e events.RolesChanged) error {
	if err := policies.OnlySystem(sc); err != nil || e.Person.IsZero() {
		return err
	}
	knows, err := reviewers.Knowing(ctx, sc.Read())
	if err != nil {
		return err
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer, tenants.RoleChair)
	if err != nil {
		return err
	}
	reviews := slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == e.Person })
	if reviews && !knows[e.Person] {
		return nil
	}
	mine, err := reviewsBy(ctx, sc.Read(), e.Person)
	if err != nil {
		return err
	}
	for _, r := range mine {
		if !r.State.Owed() {
			continue
		}
		call, err := s.Calls.Call(ctx, sc, r.Call)
		if err != nil {
			return err
		}
		if reviews && !call.Review.Anonymous {
			continue
		}
		those, err := s.Applications.Those(ctx, sc, []ids.Application{r.Application})
		if err != nil {
			return err
		}
		if err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			return s.stepBack(ctx, tx, r.ID, those[r.Application], !reviews)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) stepBack(ctx context.Context, tx *tenants.Tx, id ids.Review, a Application, left bool) error {
	r, err := lockReview(ctx, tx, id)
	if err != nil {
		return err
	}
	after, ok := r.State.After(Remove)
	if !ok {
		return nil
	}
	r.State = after
	tx.Audit(audit.Entry{Action: "review.unassigned", SubjectKind: "application", SubjectID: r.Application.String(), Detail: map[string]any{"reviewer": r.Person.String()}})
	told := "selection.notify.reviewer_left"
	if !left {
		told = "selection.notify.reviewer_knows"
		tx.Announce(events.NotificationRequested{Person: r.Person, Key: "selection.notify.unassigned_knows", Path: "/reviews"})
	}
	if err := advance(ctx, tx, &r); err != nil || !a.Undecided {
		return err
	}
	return s.tellOfficers(ctx, tx, a, told)
}

// unknowing refuses to go on with a review of an anonymous call to somebody who sees by another role who applies. What they have
// submitted they read still.
func (s *Service) unknowing(ctx context.Context, sc tenants.Scope, r Review) error {
	if !sc.Actor().Has(reviewers.Namers...) {
		return nil
	}
	call, err := s.Calls.Call(ctx, sc, r.Call)
	if err == nil && call.Review.Anonymous {
		err = fault.Conflict("selection.veiled.knows")
	}
	return err
}
