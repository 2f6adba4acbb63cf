package selection

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// HandBack gives a review that was assigned to the actor back before it is submitted; those who assign are told, and what
// was written is kept for the case that it is assigned again. The reviewer may, while the decisions are open. Faults:
// Invalid without a reason, Conflict, NotFound.
func (s *Service) HandBack(ctx context.Context, sc tenants.Scope, id ids.Review, reason string) error {
	_, a, err := s.reviewOf(ctx, sc, policies.ReviewDeclare, id)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		r, now, err := s.open(ctx, tx, id, HandBack)
		if err != nil {
			return err
		}
		r.HandedBackAt, r.Reason = now, reason
		if err := handBack(ctx, tx, r); err != nil {
			return err
		}
		tx.Audit(entry("review.handed_back", a.ID))
		return s.tellOfficers(ctx, tx, a, "selection.notify.handed_back")
	})
}
