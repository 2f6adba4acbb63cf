package programs

import (
	"context"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// People tells what people are called. The accounts module satisfies it.
type People interface {
	// Names finds people's names; who is not known is left out.
	Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)
}

// Design is a call's form as it is being designed: what it will ask once its draft is published.
type Design struct {
	Call       Call
	Draft      forms.Draft
	Undo, Redo *forms.Step // what can be taken back and made again; nil: nothing
	Problems   []forms.Problem
	Publishes  bool // the actor may publish it
	Now        time.Time
}

// Open reports whether the form may still be changed: until the call is closed.
func (d *Design) Open() bool { return d.Call.Phase(d.Now) != PhaseClosed }

// Design shows a call's form for those who design it. Coordinators and officers may. Fault: NotFound.
func (s *Service) Design(ctx context.Context, sc tenants.Scope, id ids.Call) (Design, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return Design{}, err
	}
	d := Design{Call: c, Publishes: s.MayOpen(sc), Now: time.Now()}
	if d.Draft, err = s.forms.Draft(ctx, sc.Read(), c.Form); err != nil {
		return d, err
	}
	d.Problems = forms.Check(*d.Draft.Definition)
	d.Undo, d.Redo, err = s.forms.DraftSteps(ctx, sc.Read(), d.Draft)
	return d, err
}

// Redesign changes what a call will ask: the draft of its form as it is now, whoever changed it before; structure says that
// questions come or go. A document whose question leaves is not asked for any more, and the reverse. Coordinators and
// officers may, until the call is closed. Faults: those of the edit, Invalid when the form grows too large, Conflict when
// the call is closed, NotFound.
func (s *Service) Redesign(ctx context.Context, sc tenants.Scope, id ids.Call, structure bool, edit func(d *forms.Definition) error) error {
	return s.design(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, c *Call) (forms.Draft, error) {
		draft, err := s.forms.EditDraft(ctx, tx, c.Form, sc.Actor().Person, func(d *forms.Definition) error {
			if c.State == Draft {
				d.Locales = append(d.Locales[:0:0], c.Locales...)
			}
			return edit(d)
		})
		if err == nil && structure {
			tx.Audit(entry("call.form_changed", id))
		}
		return draft, err
	})
}

// Revert takes the latest change of a call's form back, whoever made it; Renew makes the one again that was taken back
// last. Coordinators and officers may, until the call is closed. Faults: Conflict when there is none or the call is closed,
// NotFound.
func (s *Service) Revert(ctx context.Context, sc tenants.Scope, id ids.Call) error {
	return s.design(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, c *Call) (forms.Draft, error) {
		return s.forms.UndoDraft(ctx, tx, c.Form, sc.Actor().Person)
	})
}

// Renew is the opposite of Revert.
func (s *Service) Renew(ctx context.Context, sc tenants.Scope, id ids.Call) error {
	return s.design(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, c *Call) (forms.Draft, error) {
		return s.forms.RedoDraft(ctx, tx, c.Form, sc.Actor().Person)
	})
}

// design lets the draft of a call's form be changed, and keeps the list of its documents in step.
func (s *Service) design(ctx context.Context, sc tenants.Scope, id ids.Call, do func(ctx context.Context, tx *tenants.Tx, c *Call) (forms.Draft, error)) error {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		c, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if c.Phase(now) == PhaseClosed {
			return fault.Conflict("programs.form_closed")
		}
		draft, err := do(ctx, tx, &c)
		if err != nil || c.State != Draft {
			return err
		}
		moved := false
		for i := range c.Documents {
			if asked, _, _ := draft.Definition.Question(c.Documents[i].Question); (asked != nil) != c.Documents[i].Wanted {
				c.Documents[i].Wanted, moved = asked != nil, true
			}
		}
		if !moved {
			return nil
		}
		return save(ctx, tx, &c)
	})
}

// Others is who else is designing a form just now, by name, and where in it.
type Others struct {
	Version int64 // of the draft
	Others  []forms.Other
}

// AtDesign keeps where in a call's form the actor is, and tells who else is there. Coordinators and officers may. Fault:
// NotFound.
func (s *Service) AtDesign(ctx context.Context, sc tenants.Scope, id ids.Call, place string) (Others, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return Others{}, err
	}
	draft, err := s.forms.Draft(ctx, sc.Read(), c.Form)
	if err != nil {
		return Others{}, err
	}
	found := Others{Version: draft.Version, Others: []forms.Other{}}
	var places map[ids.Person]string
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		places, err = s.forms.Present(ctx, tx, c.Form, sc.Actor().Person, place)
		return err
	})
	if err != nil || len(places) == 0 {
		return found, err
	}
	persons := make([]ids.Person, 0, len(places))
	for person := range places {
		persons = append(persons, person)
	}
	names, err := s.People.Names(ctx, sc, persons)
	for _, person := range persons {
		found.Others = append(found.Others, forms.Other{Person: names[person], Question: places[person]})
	}
	return found, err
}
