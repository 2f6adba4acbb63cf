package programs

import (
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Anonymity is whether the reviewers of a call do not learn who applies, and which answers are hidden from them, beside those that
// always are.
type Anonymity struct {
	On     bool
	Hidden []string // keys of questions
	Reason string   // for everybody to read, of a published call
}

// Veiled is a call with what its form asks, for those who say what reviewers see.
type Veiled struct {
	Judged

	Asked    *forms.Definition // of all who apply
	HandedIn bool              // somebody has applied who was told what reviewers see
}

// Fixed reports whether nothing of it may change any more: what a reviewer has seen cannot be unseen, and all applications are to be
// judged in the same way.
func (v *Veiled) Fixed() bool { return v.Reviewing.Opened || v.Reviewing.Decided || v.Named() }

// Named reports whether reviewers have read who applies with which number, before they would not have learnt it.
func (v *Veiled) Named() bool { return v.Reviewing.Met && !v.Call.Review.Anonymous }

// Promised reports whether nothing that is hidden may be shown any more: somebody has applied who was told that reviewers do not see it.
func (v *Veiled) Promised() bool {
	return v.HandedIn && v.Call.Review.Anonymous && v.Call.State != Draft
}

// Kept reports whether an answer stays hidden, as somebody has applied who was told so.
func (v *Veiled) Kept(key string) bool {
	return v.Promised() && slices.Contains(v.Call.Review.Hidden, key)
}

// Hidden are the keys of the answers that the coordinators hide; before they have said anything, those that it is well to hide.
func (v *Veiled) Hidden() []string {
	if !v.Call.Review.Anonymous && len(v.Call.Review.Hidden) == 0 {
		return blueprints.Telling(v.Asked)
	}
	return v.Call.Review.Hidden
}

// Veiled shows what the reviewers of a call will see. Coordinators and officers may. Fault: NotFound.
func (s *Service) Veiled(ctx context.Context, sc tenants.Scope, id ids.Call) (Veiled, error) {
	j, err := s.Judged(ctx, sc, id)
	if err != nil {
		return Veiled{}, err
	}
	v := Veiled{Judged: j}
	whole, err := s.Definition(ctx, sc, j.Call)
	if err != nil {
		return v, err
	}
	v.Asked = whole.Before()
	if j.Call.State != Draft {
		v.HandedIn, err = s.applications.HandedIn(ctx, sc, id)
	}
	return v, err
}

// Conceal says whether the reviewers of a call learn who applies, and which answers they do not see if they do not; keys of what is
// always hidden are left out. Coordinators and officers may on a draft. Coordinators may on a published call, if anything changes with
// a reason that stands in the public log: until a reviewer has opened an application or the decision list is closed, and from names to
// none until an application was given to a reviewer or reviewers were asked what they would like. Once somebody has handed in who was
// told what reviewers do not see, more of it may be hidden and nothing shown. What a published call hides stays hidden, if its form
// was changed and does not ask it any more: what was handed in before answers it. Faults: Invalid by field (anonymous, hidden,
// reason), Conflict, NotFound, also for officers on a published call.
func (s *Service) Conceal(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, a Anonymity) error {
	before, err := s.Veiled(ctx, sc, id)
	if err != nil {
		return err
	}
	hidden, known := choosable(before.Asked, a.Hidden)
	if !known {
		return fault.Invalid("fault.check_fields", fault.At("hidden", "fault.choose"))
	}
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		var keys []string
		if a.On {
			keys = slices.Clone(hidden)
		}
		if c.State != Draft {
			if a.On {
				keys = append(keys, unasked(before.Asked, c.Review.Hidden)...)
			}
			if err := s.unseen(ctx, sc, tx, c, a); err != nil {
				return err
			}
			if err := s.promised(ctx, tx, c, a.On, keys); err != nil {
				return err
			}
		}
		if c.Review.Anonymous == a.On && slices.Equal(slices.Sorted(slices.Values(c.Review.Hidden)), slices.Sorted(slices.Values(keys))) {
			return nil
		}
		c.Review.Anonymous, c.Review.Hidden = a.On, keys
		tx.Audit(audit.Entry{Action: "call.anonymity_set", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"on": a.On, "hidden": len(keys)}})
		if c.State == Draft {
			return nil
		}
		if a.Reason == "" {
			return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
		}
		return logChange(ctx, tx, id, Change{Kind: "anonymity", Reason: a.Reason})
	})
}

// unseen lets only coordinators go on, and only while no reviewer of a published call has seen what would be hidden, or what would
// not be.
func (s *Service) unseen(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, c *Call, a Anonymity) error {
	if err := s.policies.May(sc, policies.CallOpen, policies.On{}); err != nil {
		return err
	}
	r, err := s.Reviews.Freeze(ctx, tx, c.ID)
	switch {
	case err != nil:
		return err
	case r.Opened || r.Decided:
		return fault.Conflict("programs.anonymity.opened")
	case r.Met && a.On && !c.Review.Anonymous:
		return fault.Conflict("programs.anonymity.met")
	}
	return nil
}

// promised refuses to show reviewers of a published call what somebody who has handed in was told that they do not see. Who hands in
// holds the call, so nobody does while it is changed.
func (s *Service) promised(ctx context.Context, tx *tenants.Tx, c *Call, on bool, hidden []string) error {
	if !c.Review.Anonymous {
		return nil
	}
	shown := slices.ContainsFunc(c.Review.Hidden, func(key string) bool { return !slices.Contains(hidden, key) })
	if on && !shown {
		return nil
	}
	handed, err := s.applications.HandedInBy(ctx, tx, c.ID)
	switch {
	case err != nil || !handed:
		return err
	case !on:
		return fault.Invalid("fault.check_fields", fault.At("anonymous", "programs.anonymity.promised"))
	}
	return fault.Invalid("fault.check_fields", fault.At("hidden", "programs.anonymity.promised"))
}

// choosable are the questions among the keys that can be hidden, in the order of the form; false where one is not asked.
func choosable(asked *forms.Definition, keys []string) (hidden []string, known bool) {
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	found := 0
	for i := range asked.Sections {
		for j := range asked.Sections[i].Questions {
			q := &asked.Sections[i].Questions[j]
			if !slices.Contains(keys, q.Key) {
				continue
			}
			found++
			if answered(q) && !blueprints.Naming(q) {
				hidden = append(hidden, q.Key)
			}
		}
	}
	return hidden, found == len(keys)
}

// unasked are those of the keys that cannot be chosen, as nothing is asked under them any more or it is always hidden now.
func unasked(asked *forms.Definition, keys []string) []string {
	var left []string
	for _, key := range keys {
		if chosen, _ := choosable(asked, []string{key}); len(chosen) == 0 {
			left = append(left, key)
		}
	}
	return left
}

// answered reports whether a question has an answer that could tell something: to consent says nothing.
func answered(q *forms.Question) bool {
	return q.Type.Asks() && q.Type != forms.TypeConsent && q.Type != forms.TypeDeclaration
}
