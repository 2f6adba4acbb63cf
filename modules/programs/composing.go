package programs

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Compose says which organizations make up a partnership of a draft. Coordinators and officers may. Faults: Invalid by
// field, Conflict when it is published or has been changed, NotFound.
func (s *Service) Compose(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, seats blueprints.Composition) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(_ context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		if bad := checkSeats(seats, c.Locales[0]); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.Composition = seats
		tx.Audit(entry("call.composed", id))
		return nil
	})
}
