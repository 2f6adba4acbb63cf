package programs

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Tried is a call in preparation with what it will ask, and how many problems its form has.
type Tried struct {
	Call       Call
	Definition *forms.Definition
	Problems   int
}

// Tried gives what is tried when a call is rehearsed. Coordinators and officers may. Fault: NotFound.
func (s *Service) Tried(ctx context.Context, sc tenants.Scope, id ids.Call) (Tried, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return Tried{}, err
	}
	t := Tried{Call: c}
	if t.Definition, err = s.Definition(ctx, sc, c); err != nil {
		return t, err
	}
	problems, err := s.problems(ctx, sc, c)
	t.Problems = problems[c.Form]
	return t, err
}

// Stage publishes a call in a rehearsal as it is in preparation, open between two instants. What a draft may still lack is
// given to it: a place, so that somebody can be selected. Only the system may.
func (s *Service) Stage(ctx context.Context, room tenants.Scope, t Tried, opens, closes time.Time) (ids.Call, error) {
	if err := policies.OnlySystem(room); err != nil {
		return ids.Call{}, err
	}
	c := t.Call
	c.ID, c.State, c.Version = ids.New[ids.Call](), Published, 1
	c.OpensAt, c.ClosesAt, c.FirstClosesAt, c.ClosedAt, c.PublishedAt = opens, closes, closes, time.Time{}, opens
	c.Places = max(c.Places, 1)
	return c.ID, room.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		program, err := programOf(ctx, tx, blueprints.Default())
		if err != nil {
			return err
		}
		in, err := cycleOf(ctx, tx, program, c.Cycle)
		if err != nil {
			return err
		}
		if c.Form, err = s.forms.Create(ctx, tx, c.Cycle); err != nil {
			return err
		}
		version, err := s.forms.Publish(ctx, tx, c.Form, *t.Definition.Thawed())
		if err != nil {
			return err
		}
		c.FormVersion = version.ID
		if err := insert(ctx, tx, &c, in, ids.Person{}); err != nil {
			return err
		}
		tx.Audit(entry("call.published", c.ID))
		return logChange(ctx, tx, c.ID, Change{Kind: "opened", After: closes.Format(time.RFC3339)})
	})
}
