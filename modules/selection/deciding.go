package selection

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

// sitting is a call's selection under lock, with all of its applications, those hidden from the actor too.
type sitting struct {
	call      Call
	list      List
	all       []Application
	decisions []Decision
	hidden    []ids.Application // of which whoever sits must not know, of whatever call
	now       time.Time
	offered   []ids.Application // from the waiting list, in this sitting
}

// seen is what whoever sits may know of: whatever they are told or refused is made of it.
func (w *sitting) seen() *sitting {
	own := *w
	own.all = slices.DeleteFunc(slices.Clone(w.all), func(a Application) bool { return slices.Contains(w.hidden, a.ID) })
	own.decisions = slices.DeleteFunc(slices.Clone(w.decisions), func(d Decision) bool { return slices.Contains(w.hidden, d.Application) })
	return &own
}

func (w *sitting) application(id ids.Application) (Application, bool) {
	i := slices.IndexFunc(w.all, func(a Application) bool { return a.ID == id })
	if i < 0 {
		return Application{}, false
	}
	return w.all[i], true
}

// holding is an application with the organizations that hold its place by now.
func (w *sitting) holding(a Application) Application {
	if now, there := w.application(a.ID); there {
		return now
	}
	return a
}

// anyVersion sits down to a list whatever its version is, for what has a version of its own.
const anyVersion = -1

// sit locks a call's selection for somebody who may do the action, at the version that was shown, and does it. What other
// modules must tell is asked before, so that nobody waits for a second connection while holding the lock.
func (s *Service) sit(ctx context.Context, sc tenants.Scope, action policies.Action, call ids.Call, version int64, verb ListVerb, act func(ctx context.Context, tx *tenants.Tx, w *sitting) error) error {
	if err := s.policies.May(sc, action, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	all, err := s.Applications.InSelection(ctx, sc, c)
	if err != nil {
		return err
	}
	own, err := s.own(ctx, sc)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		w := sitting{call: c, all: all}
		if w.list, err = lockSelection(ctx, tx, c); err != nil {
			return err
		}
		if version != anyVersion && w.list.Version != version {
			return fault.Conflict("fault.stale")
		}
		after, ok := w.list.State.After(verb)
		if !ok {
			return fault.Conflict("selection.list.not_now")
		}
		if w.now, err = tx.Now(ctx); err != nil {
			return err
		}
		if w.decisions, err = decisionsOf(ctx, tx, call); err != nil {
			return err
		}
		if w.hidden, err = conflictedFor(ctx, tx, sc.Actor().Person); err != nil {
			return err
		}
		w.hidden = append(w.hidden, own...)
		w.list.State = after
		if err := act(ctx, tx, &w); err != nil {
			return err
		}
		return saveList(ctx, tx, &w.list)
	})
}

// Decide decides the same of several applications at once: select, put on the waiting list, reject, or with no outcome
// take back what was decided. Those that come to the waiting list follow the ones on it in the order of their ranking.
// Coordinators and the chair may, of applications without a conflict of interest. Faults: Invalid without an application,
// Conflict when the list is not open or was changed, NotFound.
func (s *Service) Decide(ctx context.Context, sc tenants.Scope, call ids.Call, version int64, outcome events.Outcome, applications []ids.Application) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	if len(applications) == 0 {
		return fault.Invalid("fault.check_fields", fault.At("application", "selection.decide.none"))
	}
	panel, err := s.Panel(ctx, sc, call)
	if err != nil {
		return err
	}
	var chosen []ids.Application // in the order of the ranking
	for _, r := range panel.Ranked {
		if r.Undecided && slices.Contains(applications, r.ID) {
			chosen = append(chosen, r.ID)
		}
	}
	if len(chosen) != len(slices.Compact(slices.Sorted(slices.Values(texts(applications))))) {
		return fault.NotFound()
	}
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, Decide, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		for _, id := range chosen {
			tx.Audit(audit.Entry{Action: "decision.drafted", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"outcome": string(outcome)}})
		}
		if err := w.draft(ctx, tx, outcome, chosen); err != nil {
			return err
		}
		return remark(ctx, tx, call, outcome, chosen)
	})
}

// draft writes one outcome for the chosen, or with none takes back what was decided of them.
func (w *sitting) draft(ctx context.Context, tx *tenants.Tx, outcome events.Outcome, chosen []ids.Application) error {
	var err error
	if outcome == "" || outcome == events.OutcomeRejected {
		if _, err = dropConditions(ctx, tx, chosen); err != nil {
			return err
		}
	}
	if outcome == "" {
		err = undecide(ctx, tx, w.call.ID, chosen)
	} else {
		err = decide(ctx, tx, w.drafts(outcome, chosen, tx.Scope().Actor().Person))
	}
	if err != nil {
		return err
	}
	return renumber(ctx, tx, w.call.ID, nil)
}

// renumber closes the gaps of a draft's waiting list, after it was put into the order that reorder gives.
func renumber(ctx context.Context, tx *tenants.Tx, call ids.Call, reorder func([]ids.Application) []ids.Application) error {
	all, err := decisionsOf(ctx, tx, call)
	if err != nil {
		return err
	}
	var order []ids.Application
	waiting := map[ids.Application]Decision{}
	for _, d := range all {
		if d.Outcome == events.OutcomeWaiting && d.State == DecisionDraft {
			order, waiting[d.Application] = append(order, d.Application), d
		}
	}
	if reorder != nil {
		order = reorder(order)
	}
	for i, id := range order {
		d := waiting[id]
		if d.Waiting == i+1 {
			continue
		}
		d.Waiting = i + 1
		if err := settle(ctx, tx, &d); err != nil {
			return err
		}
	}
	return nil
}

func texts(all []ids.Application) []string {
	out := make([]string, len(all))
	for i, id := range all {
		out[i] = id.String()
	}
	return out
}

// drafts are decisions of one outcome; those of the waiting list are numbered on.
func (w *sitting) drafts(outcome events.Outcome, chosen []ids.Application, by ids.Person) []Decision {
	last := 0
	known := map[ids.Application]Decision{}
	for _, d := range w.decisions {
		last = max(last, d.Waiting)
		known[d.Application] = d
	}
	var drafts []Decision
	for _, id := range chosen {
		d := Decision{ID: ids.New[ids.Decision](), Call: w.call.ID, Application: id, Outcome: outcome, State: DecisionDraft, DecidedAt: w.now, DecidedBy: by}
		before, decided := known[id]
		if decided && before.Outcome == outcome {
			continue
		}
		if outcome == events.OutcomeWaiting {
			last++
			d.Waiting = last
		}
		drafts = append(drafts, d)
	}
	return drafts
}

// Reorder moves an application up or down the waiting list by one that the actor may know of. Coordinators and the chair
// may. Faults: Conflict when the list is not open or was changed, NotFound.
func (s *Service) Reorder(ctx context.Context, sc tenants.Scope, call ids.Call, version int64, application ids.Application, up bool) error {
	if _, err := s.permitted(ctx, sc, policies.SelectionDecide, application); err != nil {
		return err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return err
	}
	known := func(id ids.Application) bool {
		_, ok := f.application(id)
		return ok
	}
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, Decide, func(ctx context.Context, tx *tenants.Tx, _ *sitting) error {
		tx.Audit(entry("decision.reordered", application))
		return renumber(ctx, tx, call, func(order []ids.Application) []ids.Application { return Moved(order, known, application, up) })
	})
}

// signers are the names of those who closed, signed and released a list.
func (s *Service) signers(ctx context.Context, sc tenants.Scope, list List) (map[ids.Person]string, error) {
	var persons []ids.Person
	for _, id := range []ids.Person{list.ClosedBy, list.SignedBy, list.ReleasedBy} {
		if !id.IsZero() {
			persons = append(persons, id)
		}
	}
	names := map[ids.Person]string{}
	if len(persons) == 0 {
		return names, nil
	}
	known, err := s.People.Persons(ctx, sc, persons)
	for id, person := range known {
		names[id] = person.Name
	}
	return names, err
}
