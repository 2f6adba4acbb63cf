package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// recuse keeps conflicts that the program has found, and takes the reviews of their people out of the way.
func recuse(ctx context.Context, tx *tenants.Tx, found []Conflict, now time.Time) error {
	fresh, err := note(ctx, tx, found, now)
	if err != nil {
		return err
	}
	for _, c := range fresh {
		if err := stepAside(ctx, tx, c.Application, c.Person); err != nil {
			return err
		}
	}
	return nil
}

// note keeps conflicts that the program has found, and gives those that hold now.
func note(ctx context.Context, tx *tenants.Tx, found []Conflict, now time.Time) ([]Conflict, error) {
	fresh, err := keepFound(ctx, tx, found, now)
	for _, c := range fresh {
		tx.Audit(audit.Entry{Action: "conflict.detected", SubjectKind: "application", SubjectID: c.Application.String(), Detail: map[string]any{"kind": string(c.Kind), "person": c.Person.String()}})
	}
	return fresh, err
}

// stepAside ends the review that somebody with a conflict of interest had of an application, if there is one.
func stepAside(ctx context.Context, tx *tenants.Tx, application ids.Application, person ids.Person) error {
	all, err := reviewsOf(ctx, tx, application)
	if err != nil {
		return err
	}
	for _, r := range all {
		after, ok := r.State.After(Recuse)
		if r.Person != person || !ok {
			continue
		}
		r.State, r.Points, r.SubmittedAt = after, 0, time.Time{}
		return advance(ctx, tx, &r)
	}
	return nil
}

// LookJob is the name of the job that looks, every night and in every network, for conflicts of interest that nobody has announced,
// such as those that come with another address.
const LookJob = "selection.look_nightly"

// LookEverywhere finds the conflicts of interest in all applications that are not answered; the job LookJob. Only the system may.
func (s *Service) LookEverywhere(ctx context.Context, sc tenants.Scope) error { return s.look(ctx, sc) }

// Look finds the conflicts of interest of an application once it has passed the check; the reaction to
// events.ApplicationChecked. Only the system may.
func (s *Service) Look(ctx context.Context, sc tenants.Scope, e events.ApplicationChecked) error {
	return s.look(ctx, sc, e.Application)
}

// LookEarly finds those of an application as soon as it is handed in, as the network's team sees it from then on; the reaction to
// events.ApplicationSubmitted. Only the system may.
func (s *Service) LookEarly(ctx context.Context, sc tenants.Scope, e events.ApplicationSubmitted) error {
	return s.look(ctx, sc, e.Application)
}

// LookForGuests finds those that come with an organization which was invited to an application or took a seat of it; the reaction to
// events.SeatsMoved. Only the system may.
func (s *Service) LookForGuests(ctx context.Context, sc tenants.Scope, e events.SeatsMoved) error {
	return s.look(ctx, sc, e.Application)
}

// LookAgain finds the conflicts of interest that come with somebody's new role: as one who reviews or decides, or as one
// of an organization's people, who may tie others to it. The reaction to events.RolesChanged; only the system may.
func (s *Service) LookAgain(ctx context.Context, sc tenants.Scope, _ events.RolesChanged) error {
	return s.look(ctx, sc)
}

// LookForPartners finds the conflicts of interest that come with a partnership. The reaction to events.PartnershipMoved; only the
// system may.
func (s *Service) LookForPartners(ctx context.Context, sc tenants.Scope, _ events.PartnershipMoved) error {
	return s.look(ctx, sc)
}

// look finds conflicts of interest in applications of which it is not settled what becomes of them: in some, or with none named in
// all. Reviews end only of those that are not decided.
func (s *Service) look(ctx context.Context, sc tenants.Scope, some ...ids.Application) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	all, err := s.Applications.Unanswered(ctx, sc, some...)
	if err != nil || len(all) == 0 {
		return err
	}
	concerned, err := s.concerned(ctx, sc, all)
	if err != nil {
		return err
	}
	found, err := s.detect(ctx, sc, concerned)
	if err != nil || len(found) == 0 {
		return err
	}
	undecided := map[ids.Application]bool{}
	for i := range all {
		undecided[all[i].ID] = all[i].Undecided
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		fresh, err := note(ctx, tx, found, now)
		if err != nil {
			return err
		}
		for _, c := range fresh {
			if !undecided[c.Application] {
				continue
			}
			if err := stepAside(ctx, tx, c.Application, c.Person); err != nil {
				return err
			}
		}
		return nil
	})
}

// Declaration is what somebody declares about their interest in an application.
type Declaration struct {
	Conflict bool
	Kind     ConflictKind
	Note     string
}

func (d *Declaration) check() error {
	if !d.Conflict {
		return nil
	}
	if _, ok := ParseConflictKind(string(d.Kind)); !ok {
		return fault.Invalid("fault.check_fields", fault.At("kind", "fault.choose"))
	}
	if d.Kind == ConflictOther && d.Note == "" {
		return fault.Invalid("fault.check_fields", fault.At("note", "fault.required"))
	}
	return nil
}

// Declare takes the declaration of a reviewer about an application that was assigned to them: with a conflict of
// interest the application is gone for them, without one it opens. One that the program sees itself is kept in place of
// "no conflict", with a Conflict. The reviewer may, nobody else; where the call has them read something first, score a sample, or
// say of all who apply whether they are impartial, they open nothing before. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Declare(ctx context.Context, sc tenants.Scope, id ids.Review, d Declaration) error {
	r, a, err := s.reviewOf(ctx, sc, policies.ReviewDeclare, id)
	if err != nil {
		return err
	}
	if err := d.check(); err != nil {
		return err
	}
	if d.Conflict {
		return s.declare(ctx, sc, a, d)
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return err
	}
	if r.State == ReviewAssigned {
		if err := s.saidAll(ctx, sc, call); err != nil {
			return err
		}
		if err := s.calibrated(ctx, sc, call.ID); err != nil {
			return err
		}
	}
	found, err := s.detect(ctx, sc, []Application{a}, r.Person)
	if err != nil {
		return err
	}
	barred := false
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := s.asItWas(ctx, tx, call); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := recuse(ctx, tx, found, now); err != nil {
			return err
		}
		r, err := lockReview(ctx, tx, id)
		if err != nil {
			return err
		}
		if barred = r.State == ReviewRecused; barred {
			return s.tellOfficers(ctx, tx, a, "selection.notify.replacement")
		}
		if r.State == ReviewAssigned {
			if err := reviewers.ReadFirst(ctx, tx, r.Call); err != nil {
				return err
			}
		}
		after, ok := r.State.After(Clear)
		if !ok {
			return nil // declared already: a second click
		}
		r.State = after
		tx.Audit(entry("conflict.none_declared", a.ID))
		return advance(ctx, tx, &r)
	})
	if err == nil && barred {
		err = fault.Conflict("selection.declare.found")
	}
	return err
}

// DeclareConflict takes the declaration of somebody of the network's side that they have a conflict of interest in an
// application: from then on it does not exist for them. Coordinators, officers, finance officers and the chair may from the moment on
// when it is handed in, as they see then who applies; reviewers where it is theirs to review, or they may wish to: each for themselves.
// Faults: Invalid by field, NotFound.
func (s *Service) DeclareConflict(ctx context.Context, sc tenants.Scope, application ids.Application, d Declaration) error {
	a, err := s.declarable(ctx, sc, application)
	if err != nil {
		return err
	}
	d.Conflict = true
	if err := d.check(); err != nil {
		return err
	}
	return s.declare(ctx, sc, a, d)
}

func (s *Service) declarable(ctx context.Context, sc tenants.Scope, id ids.Application) (Application, error) {
	a, err := s.permittedEarly(ctx, sc, policies.ReviewDeclare, id)
	if err != nil {
		return a, err
	}
	if sc.Actor().Has(reviewers.Namers...) {
		return a, nil
	}
	mine, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	if err != nil {
		return a, err
	}
	if slices.ContainsFunc(mine, func(r Review) bool { return r.Application == id }) {
		return a, nil
	}
	asked, err := wishableBy(ctx, sc, &a.Call)
	if err == nil && (len(asked) == 0 || !a.Undecided) {
		err = fault.NotFound()
	}
	if err != nil {
		return Application{}, err
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err == nil && call.Review.Anonymous {
		return Application{}, fault.NotFound()
	}
	return a, err
}

func (s *Service) declare(ctx context.Context, sc tenants.Scope, a Application, d Declaration) error {
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, call); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return s.gone(ctx, tx, a, d, now)
	})
}

// gone keeps a declared conflict of the actor's, and takes the review out of the way that they had of the application.
func (s *Service) gone(ctx context.Context, tx *tenants.Tx, a Application, d Declaration, now time.Time) error {
	person := tx.Scope().Actor().Person
	before, err := reviewsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	if err := declare(ctx, tx, &Conflict{ID: ids.New[ids.Change](), Call: a.Call, Application: a.ID, Person: person, Kind: d.Kind, Note: d.Note, At: now}); err != nil {
		return err
	}
	if err := stepAside(ctx, tx, a.ID, person); err != nil {
		return err
	}
	tx.Audit(audit.Entry{Action: "conflict.declared", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"kind": string(d.Kind)}})
	if !slices.ContainsFunc(before, func(r Review) bool { return r.Person == person && r.State.Active() }) {
		return nil
	}
	return s.tellOfficers(ctx, tx, a, "selection.notify.replacement")
}

// Listed is a conflict with what its page shows.
type Listed struct {
	Conflict
	Application Application
	Early       bool // the application has not passed the check, so there is nothing of it here
	Name        string
	By          string // who undid it
	Ticked      bool   // its person has ticked who applies in the list of an anonymous call; told of one that may be undone

	// Together are the names of the application's organizations of which its person has ticked that, where they are several: they are
	// taken back together. Told of one that may be undone.
	Together []string
}

// Conflicts lists the conflicts of interest in all applications of a call that were handed in, undone ones too. Coordinators and
// officers may, but for those in applications that they must not know of. Fault: NotFound.
func (s *Service) Conflicts(ctx context.Context, sc tenants.Scope, call ids.Call) (Call, []Listed, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Call{}, nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Call{}, nil, err
	}
	handed, err := s.Applications.HandedIn(ctx, sc, call)
	if err != nil {
		return Call{}, nil, err
	}
	all, err := conflictsOfCall(ctx, sc.Read(), call)
	if err != nil {
		return Call{}, nil, err
	}
	var persons []ids.Person
	for _, c := range all {
		persons = append(persons, c.Person)
		if !c.UndoneBy.IsZero() {
			persons = append(persons, c.UndoneBy)
		}
	}
	known, err := s.People.Persons(ctx, sc, persons)
	if err != nil {
		return Call{}, nil, err
	}
	var listed []Listed
	for _, c := range all {
		i := slices.IndexFunc(handed, func(a Application) bool { return a.ID == c.Application })
		if i < 0 || slices.Contains(f.without, c.Application) {
			continue
		}
		_, passed := f.application(c.Application)
		listed = append(listed, Listed{Conflict: c, Application: handed[i], Early: !passed, Name: known[c.Person].Name, By: known[c.UndoneBy].Name})
	}
	return f.Call, listed, nil
}
