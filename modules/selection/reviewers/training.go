package reviewers

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// MaxTraining is how many characters a training has at most, in each language.
const MaxTraining = 20000

// Training is what the coordinators of a call have its reviewers read.
type Training struct {
	Call     ids.Call
	Body     i18n.Text // Markdown
	Required bool      // before the first application is opened
	Version  int64     // 0: there is none
}

// There reports whether there is anything to read.
func (t *Training) There() bool { return len(t.Body) > 0 }

func (t *Training) check(languages []i18n.Locale) []fault.Field {
	if t.Required && !t.There() {
		return []fault.Field{fault.At("body_"+string(languages[0]), "selection.training.required_empty")}
	}
	return nil
}

// TrainingRead is that somebody has said to have read a version of a training.
type TrainingRead struct {
	Call    ids.Call
	Person  ids.Person
	Version int64
	At      time.Time
}

// Trained is a training as one of the reviewers stands to it.
type Trained struct {
	Training
	About Call
	Read  TrainingRead // the latest; the zero value: never
}

// Due reports whether it stands before the first application: whoever has read one version need not read a later one.
func (t *Trained) Due() bool { return t.Required && t.Read.Version == 0 }

// Changed reports whether it says something else than what was read.
func (t *Trained) Changed() bool { return t.Read.Version > 0 && t.Read.Version < t.Version }

// Training shows a reviewer what the reviewers of a call are to read. Reviewers and the chair may. Fault: NotFound, also where
// there is nothing to read.
func (s *Service) Training(ctx context.Context, sc tenants.Scope, call ids.Call) (Trained, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return Trained{}, err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return Trained{}, err
	}
	seen, err := ReachOf(ctx, sc)
	if err == nil && !seen.To(call) {
		err = fault.NotFound()
	}
	if err != nil {
		return Trained{}, err
	}
	found, err := trainedIn(ctx, sc.Read(), sc.Actor().Person, []ids.Call{call})
	if err != nil {
		return Trained{}, err
	}
	if len(found) == 0 {
		return Trained{}, fault.NotFound()
	}
	found[0].About = c
	return found[0], nil
}

// ReadTraining notes that the actor has read a version of a call's training. Reviewers and the chair may. Faults: Conflict when it
// says something else by now, NotFound.
func (s *Service) ReadTraining(ctx context.Context, sc tenants.Scope, call ids.Call, version int64) error {
	t, err := s.Training(ctx, sc, call)
	if err != nil {
		return err
	}
	if t.Version != version {
		return fault.Conflict("selection.training.changed_while")
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		fresh, err := keepTrainingRead(ctx, tx, TrainingRead{Call: call, Person: sc.Actor().Person, Version: version, At: now})
		if err == nil && fresh {
			tx.Audit(audit.Entry{Action: "reviewer.training_read", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"version": version}})
		}
		return err
	})
}

// TrainingsOf lists the trainings that there are to read for the calls in a reviewer's queue, in the order of the queue, in which a
// call may stand more than once. Reviewers and the chair may.
func (s *Service) TrainingsOf(ctx context.Context, sc tenants.Scope, queue []Call) ([]Trained, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return nil, err
	}
	var calls []ids.Call
	for i := range queue {
		if !slices.Contains(calls, queue[i].ID) {
			calls = append(calls, queue[i].ID)
		}
	}
	if len(calls) == 0 {
		return nil, nil
	}
	found, err := trainedIn(ctx, sc.Read(), sc.Actor().Person, calls)
	if err != nil {
		return nil, err
	}
	for n := range found {
		i := slices.IndexFunc(queue, func(c Call) bool { return c.ID == found[n].Training.Call })
		found[n].About = queue[i]
	}
	slices.SortFunc(found, func(a, b Trained) int {
		return slices.Index(calls, a.Training.Call) - slices.Index(calls, b.Training.Call)
	})
	return found, nil
}

// ReadFirst refuses the actor to open an application of a call before what must be read first was read. The caller has authorized.
// Fault: Conflict.
func ReadFirst(ctx context.Context, tx *tenants.Tx, call ids.Call) error {
	found, err := trainedIn(ctx, tx, tx.Scope().Actor().Person, []ids.Call{call})
	if err != nil {
		return err
	}
	if len(found) > 0 && found[0].Due() {
		return fault.Conflict("selection.training.first")
	}
	return nil
}

// Instructed is the training of a call with who has read it.
type Instructed struct {
	About    Call
	Training Training
	Readers  []Reader // all who can review, by name
}

// Reader is somebody who can review, and when they read the training; the zero instant: not yet.
type Reader struct {
	Person
	Read TrainingRead
}

// Instructed shows the training of a call and who has read it. Coordinators and officers may. Fault: NotFound.
func (s *Service) Instructed(ctx context.Context, sc tenants.Scope, call ids.Call) (Instructed, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Instructed{}, err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return Instructed{}, err
	}
	v := Instructed{About: c}
	if v.Training, err = findTraining(ctx, sc.Read(), call); err != nil {
		return v, err
	}
	held, err := Eligible(ctx, sc.Read(), call, c.Anonymous)
	if err != nil {
		return v, err
	}
	who, err := s.byName(ctx, sc, held)
	if err != nil {
		return v, err
	}
	reads, err := trainingReads(ctx, sc.Read(), call)
	if err != nil {
		return v, err
	}
	for _, r := range who {
		v.Readers = append(v.Readers, Reader{Person: r.Person, Read: reads[r.ID]})
	}
	return v, nil
}

// Instruct writes the training of a call; without words there is none. Coordinators may. Faults: Invalid by field, Conflict when
// it was changed in the meantime, NotFound.
func (s *Service) Instruct(ctx context.Context, sc tenants.Scope, call ids.Call, t Training) error {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return err
	}
	if _, err := s.Calls.Call(ctx, sc, call); err != nil {
		return err
	}
	if bad := t.check(sc.Tenant().Locales); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	t.Call = call
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		kept, err := keepTraining(ctx, tx, &t)
		if err != nil {
			return err
		}
		if !kept {
			return fault.Conflict("selection.invite.text_changed")
		}
		tx.Audit(audit.Entry{Action: "reviewer.training_written", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"required": t.Required}})
		return nil
	})
}
