package programs

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Retention is for how many months after an application is over a call keeps answers, by the class of data that they are; 0:
// nothing is promised, and they stay.
type Retention map[forms.Class]int

func (r Retention) set(in *blueprints.Review) {
	in.KeepPersonal, in.KeepSpecial, in.KeepFinancial = r[forms.ClassPersonal], r[forms.ClassSpecial], r[forms.ClassFinancial]
}

// Retain sets for how long a call keeps answers. Coordinators and officers may; once it is published, only for less long, as
// applicants were promised that, and the public log tells of it. Faults: Invalid by field (personal, special, financial),
// Conflict, NotFound.
func (s *Service) Retain(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, r Retention) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if bad := r.check(c); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		detail := map[string]any{}
		for _, class := range forms.Expiring {
			if before := c.Review.Kept(class); before != r[class] {
				detail[string(class)] = []int{before, r[class]}
			}
		}
		if len(detail) == 0 {
			return nil
		}
		r.set(&c.Review)
		tx.Audit(audit.Entry{Action: "call.retention_set", SubjectKind: "call", SubjectID: id.String(), Detail: detail})
		if c.State == Draft {
			return nil
		}
		return logChange(ctx, tx, id, Change{Kind: "retention"})
	})
}

func (r Retention) check(c *Call) []fault.Field {
	var bad []fault.Field
	for _, class := range forms.Expiring {
		switch n, promised := r[class], c.Review.Kept(class); {
		case n < 0 || n > blueprints.MostKept:
			bad = append(bad, fault.AtWith(string(class), "programs.between", fault.Args{"Low": 1, "High": blueprints.MostKept}))
		case c.State != Draft && promised > 0 && (n == 0 || n > promised):
			bad = append(bad, fault.AtWith(string(class), "programs.retention.promised", fault.Args{"Months": promised}))
		}
	}
	return bad
}

// Unkept are the classes of data that a form asks for and for which the call sets no period.
func (c *Call) Unkept(asked *forms.Definition) []forms.Class {
	var all []forms.Class
	for _, class := range forms.Expiring {
		if c.Review.Kept(class) == 0 && asked.Asks(class) {
			all = append(all, class)
		}
	}
	return all
}
