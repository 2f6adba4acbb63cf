package programs

import (
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Qualification is a call's eligibility check for those who set it, with the form whose answers its rules look at.
type Qualification struct {
	Call       Call
	Definition *forms.Definition
	Problems   []RuleProblem
}

// Qualification shows a call's eligibility check. Coordinators and officers may. Fault: NotFound.
func (s *Service) Qualification(ctx context.Context, sc tenants.Scope, id ids.Call) (Qualification, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return Qualification{}, err
	}
	q := Qualification{Call: c}
	if q.Definition, err = s.Definition(ctx, sc, c); err != nil {
		return q, err
	}
	before, err := s.forms.Version(ctx, sc, c.FormVersion)
	if err != nil {
		return q, err
	}
	q.Problems = brokenRules(c.Eligibility, q.Definition, before.Whole, c.Locales[0])
	return q, nil
}

// Qualify adds a line to the eligibility check of a draft, or changes the one of its key; an empty key is a new line. With a
// condition it is a rule: who does not meet it is told why and cannot hand in. Coordinators and officers may. Faults:
// Invalid by field (name and reason by language, when), Conflict when the call is published, full or has been changed,
// NotFound for a key that it does not know.
func (s *Service) Qualify(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, r blueprints.Reason) error {
	return s.qualify(ctx, sc, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call) error {
		draft, err := s.forms.Draft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(c.Eligibility, func(one blueprints.Reason) bool { return one.Key == r.Key })
		switch {
		case r.Key == "" && len(c.Eligibility) >= MostReasons:
			return fault.Conflict("programs.eligibility.full")
		case r.Key == "":
			r.Key, at = freshReason(c.Eligibility), len(c.Eligibility)
			c.Eligibility = append(c.Eligibility, r)
		case at < 0:
			return fault.NotFound()
		}
		if bad := checkReason(r, c, draft.Definition); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.Eligibility[at] = r
		return nil
	})
}

// Disqualify takes a line out of the eligibility check of a draft. Coordinators and officers may. Faults: Conflict when the
// call is published or has been changed, NotFound.
func (s *Service) Disqualify(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, key string) error {
	return s.qualify(ctx, sc, id, version, func(_ context.Context, _ *tenants.Tx, c *Call) error {
		at := slices.IndexFunc(c.Eligibility, func(one blueprints.Reason) bool { return one.Key == key })
		if at < 0 {
			return fault.NotFound()
		}
		c.Eligibility = slices.Delete(c.Eligibility, at, at+1)
		return nil
	})
}

func (s *Service) qualify(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, do func(ctx context.Context, tx *tenants.Tx, c *Call) error) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		if err := do(ctx, tx, c); err != nil {
			return err
		}
		tx.Audit(entry("call.qualified", id))
		return nil
	})
}

// rulesNeed is the line of the readiness check about the eligibility rules of a draft that asks this.
func (c *Call) rulesNeed(asked *forms.Definition) Need {
	broken := brokenRules(c.Eligibility, asked, nil, c.Locales[0])
	return Need{Key: "eligibility", Place: "eligibility", Met: len(broken) == 0, Args: map[string]any{"Count": len(broken)}}
}
