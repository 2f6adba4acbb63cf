package programs

import (
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
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

// inOrder puts the languages of a call in the order of its network's, so that what is missing in one is read in the
// network's first.
func inOrder(chosen, own []i18n.Locale) []i18n.Locale {
	ordered := slices.Clone(chosen)
	place := func(l i18n.Locale) int {
		if i := slices.Index(own, l); i >= 0 {
			return i
		}
		return len(own)
	}
	slices.SortStableFunc(ordered, func(a, b i18n.Locale) int { return place(a) - place(b) })
	return ordered
}
