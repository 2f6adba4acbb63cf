package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// veil is the application as its reviewers meet it where they do not learn who applies: a number.
func (a Application) veil() Application {
	a.Organizations, a.Veiled = nil, true
	return a
}

// Heading is how an application is called on a page: its number, and who applies unless the reader is not to know.
func (a *Application) Heading() string {
	if a.Veiled {
		return a.Number
	}
	return a.Number + " · " + a.Name()
}

// Impartial is what a reviewer of an anonymous call is asked before an application opens: of all organizations that apply, and not
// of the application, as that would say whose it is.
type Impartial struct {
	About Call
	Names []Applicant // of which nothing was said yet, by name
	Said  int         // of how many something was
	Tied  []Spoken    // to which they have said that they are not impartial, by name …
	Free  []Spoken    // … and to which they have said that they are
}

// Waiting are reviews of an anonymous call that open when their reviewer has said of all who apply whether they are impartial. Which
// they are and how many is not told: they could be compared with what is left.
type Waiting struct {
	Call  Call
	Names int // of which nothing was said yet
	DueAt time.Time
}

// Docket is all that a reviewer has to review.
type Docket struct {
	Reviews []Queued // those that are due first on top, and submitted ones last
	Waiting []Waiting
}

// unsaid are the organizations that apply in a call of which the actor has not said yet whether they are impartial, by name, and of
// how many they have. Those of applications in which they have a conflict of interest are not among them. Those whose applications
// have not passed the check are: who were asked about alone once it passes would be known to be who applies with the number that comes.
func (s *Service) unsaid(ctx context.Context, sc tenants.Scope, call ids.Call) (names []Applicant, said int, err error) {
	known, err := declaredBy(ctx, sc.Read(), call, sc.Actor().Person)
	if err != nil {
		return nil, 0, err
	}
	all, err := s.Applications.HandedIn(ctx, sc, call)
	if err != nil {
		return nil, 0, err
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, 0, err
	}
	for i := range all {
		if slices.Contains(without, all[i].ID) {
			continue
		}
		for _, o := range all[i].Organizations {
			if !slices.ContainsFunc(known, func(t Tie) bool { return t.Organization == o.ID }) && !slices.ContainsFunc(names, func(n Applicant) bool { return n.ID == o.ID }) {
				names = append(names, o)
			}
		}
	}
	i18n.Sort(sc.Actor().Locale, names, func(o Applicant) string { return o.Name })
	return names, len(known), nil
}

// reviewsIn reports whether the actor has something to review in a call, or had.
func reviewsIn(ctx context.Context, sc tenants.Scope, call ids.Call) (bool, error) {
	mine, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	return slices.ContainsFunc(mine, func(r Review) bool { return r.Call == call }), err
}

// impartial is Impartial with the field of its call.
func (s *Service) impartial(ctx context.Context, sc tenants.Scope, call ids.Call) (Impartial, field, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return Impartial{}, field{}, err
	}
	reviews, err := reviewsIn(ctx, sc, call)
	if err != nil {
		return Impartial{}, field{}, err
	}
	if !reviews {
		return Impartial{}, field{}, fault.NotFound()
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Impartial{}, f, err
	}
	if !f.Call.Review.Anonymous {
		return Impartial{}, f, fault.NotFound()
	}
	v := Impartial{About: f.Call}
	if v.Names, v.Said, err = s.unsaid(ctx, sc, call); err != nil {
		return v, f, err
	}
	v.Tied, v.Free, err = s.spoken(ctx, sc, call)
	return v, f, err
}

// Impartial shows a reviewer of an anonymous call the organizations that apply, in the order of the alphabet and without their
// applications. Reviewers and the chair may who have something to review in it; later only those that have come since. Fault:
// NotFound.
func (s *Service) Impartial(ctx context.Context, sc tenants.Scope, call ids.Call) (Impartial, error) {
	v, _, err := s.impartial(ctx, sc, call)
	return v, err
}

// Impartiality is what somebody says of the organizations that a page has shown.
type Impartiality struct {
	Shown []ids.Organization
	Tied  []ids.Organization // among them, to which they are not impartial
	Kind  ConflictKind       // how they are tied
	Note  string
}

// check refuses what cannot be kept; what was not shown is not said anything of.
func (i *Impartiality) check(v *Impartial) error {
	if len(i.Tied) > 0 && slices.ContainsFunc(v.Names, func(n Applicant) bool { return !slices.Contains(i.Shown, n.ID) }) {
		return fault.Conflict("selection.impartial.changed") // or the partners of those who are ticked would be missing from what is left
	}
	for _, o := range i.Tied {
		if !slices.Contains(i.Shown, o) || !slices.ContainsFunc(v.Names, func(n Applicant) bool { return n.ID == o }) {
			return fault.Conflict("selection.impartial.changed")
		}
	}
	if len(i.Tied) == 0 {
		return nil
	}
	d := Declaration{Conflict: true, Kind: i.Kind, Note: i.Note}
	return d.check()
}

// DeclareImpartiality keeps to which of the organizations that were shown the actor is not impartial: all applications of the call in
// which one of them has a seat, now or later, are gone for the actor, who is not told which they are. They may as with Impartial.
// Faults: Invalid by field (kind, note), Conflict when something else was shown, NotFound.
func (s *Service) DeclareImpartiality(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Impartiality) error {
	v, f, err := s.impartial(ctx, sc, call)
	if err != nil {
		return err
	}
	if err := cmd.check(&v); err != nil {
		return err
	}
	person := sc.Actor().Person
	found, err := s.detect(ctx, sc, f.Applications, person)
	if err != nil {
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
		var said []Tie
		for _, o := range v.Names {
			if !slices.Contains(cmd.Shown, o.ID) {
				continue
			}
			t := Tie{Call: call, Person: person, Organization: o.ID}
			if slices.Contains(cmd.Tied, o.ID) {
				t.Kind = cmd.Kind
			}
			said = append(said, t)
		}
		if err := keepDeclared(ctx, tx, said, now); err != nil {
			return err
		}
		// No number, which would count what some must not know of; and whoever declares reviews in the call.
		tx.Audit(audit.Entry{Action: "reviewer.impartiality_declared", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{audit.Among: []string{ReviewsOf(call)}}})
		if err := recuse(ctx, tx, found, now); err != nil {
			return err
		}
		return s.allGone(ctx, tx, f, cmd.Tied, Declaration{Conflict: true, Kind: cmd.Kind, Note: cmd.Note}, now)
	})
}

// Docket lists what the actor has to review. Reviewers and the chair may.
func (s *Service) Docket(ctx context.Context, sc tenants.Scope) (Docket, error) {
	queue, err := s.queued(ctx, sc)
	if err != nil {
		return Docket{}, err
	}
	if sc.Actor().Has(reviewers.Namers...) { // see StepBack
		queue = slices.DeleteFunc(queue, func(q Queued) bool { return q.Call.Review.Anonymous && q.State.Owed() })
	}
	var d Docket
	closed := map[ids.Call]bool{}
	for i := range queue {
		call := queue[i].Call
		if _, asked := closed[call.ID]; asked || !call.Review.Anonymous || queue[i].State != ReviewAssigned {
			continue
		}
		names, _, err := s.unsaid(ctx, sc, call.ID)
		if err != nil {
			return d, err
		}
		if closed[call.ID] = len(names) > 0; closed[call.ID] {
			d.Waiting = append(d.Waiting, Waiting{Call: call, Names: len(names), DueAt: queue[i].DueAt})
		}
	}
	for _, q := range queue {
		if q.State == ReviewAssigned && closed[q.Call.ID] {
			continue
		}
		if q.Call.Review.Anonymous {
			q.Application = q.Application.veil()
		}
		d.Reviews = append(d.Reviews, q)
	}
	return d, nil
}

// Queue lists the actor's own reviews, those that are due first on top and submitted ones last, but for those of an anonymous call
// that wait; see Docket. Reviewers and the chair may.
func (s *Service) Queue(ctx context.Context, sc tenants.Scope) ([]Queued, error) {
	d, err := s.Docket(ctx, sc)
	return d.Reviews, err
}

// saidAll refuses to open an application of an anonymous call before its reviewer has said of all who apply whether they are
// impartial.
func (s *Service) saidAll(ctx context.Context, sc tenants.Scope, call Call) error {
	if !call.Review.Anonymous {
		return nil
	}
	names, _, err := s.unsaid(ctx, sc, call.ID)
	if err == nil && len(names) > 0 {
		err = fault.Conflict("selection.impartial.first")
	}
	return err
}

// Declarable is an application in which the actor may declare a conflict of interest: a reviewer only in one that is
// assigned, or of which they may say that they would like it, so that nobody learns which there are by trying. Who only reviews in an
// anonymous call does not learn from it who applies. Fault: NotFound.
func (s *Service) Declarable(ctx context.Context, sc tenants.Scope, id ids.Application) (Application, error) {
	a, err := s.declarable(ctx, sc, id)
	if err != nil || sc.Actor().Has(reviewers.Namers...) {
		return a, err
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if call.Review.Anonymous {
		a = a.veil()
	}
	return a, err
}

// asItWas keeps a call from being made anonymous, or not any more, until the transaction ends, and refuses where that has just
// happened: who opens an application has not seen what the other reviewers of the call will not see.
func (s *Service) asItWas(ctx context.Context, tx *tenants.Tx, call Call) error {
	if err := holdCriteria(ctx, tx, call.ID); err != nil {
		return err
	}
	now, err := s.Calls.Within(ctx, tx, call.ID)
	if err == nil && now.Review.Anonymous != call.Review.Anonymous {
		err = fault.Conflict("selection.veiled.changed")
	}
	return err
}
