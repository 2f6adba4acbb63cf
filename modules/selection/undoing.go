package selection

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Undoable is a conflict that the actor may undo. Coordinators may, but not their own. Fault: NotFound.
func (s *Service) Undoable(ctx context.Context, sc tenants.Scope, id ids.Change) (Listed, error) {
	if err := s.policies.May(sc, policies.ReviewUndeclare, policies.On{}); err != nil {
		return Listed{}, err
	}
	c, err := findConflict(ctx, sc.Read(), id)
	if err != nil {
		return Listed{}, err
	}
	a, err := s.permittedEarly(ctx, sc, policies.ReviewUndeclare, c.Application)
	if err != nil {
		return Listed{}, err
	}
	if c.Person == sc.Actor().Person {
		return Listed{}, fault.NotFound()
	}
	known, err := s.People.Persons(ctx, sc, []ids.Person{c.Person})
	if err != nil {
		return Listed{}, err
	}
	call, err := s.Calls.Call(ctx, sc, c.Call)
	if err != nil {
		return Listed{}, err
	}
	found := Listed{Conflict: c, Application: a, Name: known[c.Person].Name}
	if found.Ticked, err = ticked(ctx, sc.Read(), call, &found); err != nil || !found.Ticked {
		return found, err
	}
	said, err := tickedIn(ctx, sc.Read(), c.Call)
	for _, o := range a.Organizations {
		if slices.ContainsFunc(said, func(t Tie) bool {
			return t.Person == c.Person && t.Organization == o.ID && t.Kind == c.Kind && t.UndoneAt.IsZero()
		}) {
			found.Together = append(found.Together, o.Name)
		}
	}
	if len(found.Together) < 2 {
		found.Together = nil
	}
	return found, err
}

// Undo takes back a conflict that was declared, or found, by mistake; a review that had ended with it is assigned again
// and begins with a new declaration, unless its reviewer ticked who applies in an anonymous call: what came back alone would be theirs.
// With the conflict what they ticked is taken back. Coordinators may, but not their own. Faults: Invalid without a reason, Conflict when
// it is undone already, NotFound.
func (s *Service) Undo(ctx context.Context, sc tenants.Scope, id ids.Change, reason string) error {
	c, err := s.Undoable(ctx, sc, id)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		undone, err := undo(ctx, tx, id, sc.Actor().Person, now, reason)
		if err != nil {
			return err
		}
		if !undone {
			return fault.Conflict("selection.conflict.undone_already")
		}
		tx.Audit(audit.Entry{Action: "conflict.undone", SubjectKind: "application", SubjectID: c.Conflict.Application.String(), Detail: map[string]any{"kind": string(c.Kind), "person": c.Conflict.Person.String()}})
		if err := takeBackTicks(ctx, tx, c, now); err != nil {
			return err
		}
		left, err := standing(ctx, tx, c.Conflict.Application, c.Conflict.Person)
		if err != nil || len(left) > 0 {
			return err
		}
		call, err := s.Calls.Within(ctx, tx, c.Call)
		if err != nil {
			return err
		}
		if tells, err := ticked(ctx, tx, call, &c); err != nil || tells {
			return err
		}
		return restore(ctx, tx, c.Conflict)
	})
}

// restore gives a reviewer the review back that had ended with a conflict of interest.
func restore(ctx context.Context, tx *tenants.Tx, c Conflict) error {
	all, err := reviewsOf(ctx, tx, c.Application)
	if err != nil {
		return err
	}
	for _, r := range all {
		after, ok := r.State.After(Restore)
		if r.Person != c.Person || !ok {
			continue
		}
		r.State = after
		tx.Announce(events.NotificationRequested{Person: r.Person, Key: "selection.notify.restored", Path: "/reviews/" + r.ID.String()})
		return advance(ctx, tx, &r)
	}
	return nil
}
