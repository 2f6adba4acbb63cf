package lending

import (
	"context"

	"kervan/modules/events"
	"kervan/policies"
	"kervan/tenants"
)

// StandDown takes back everybody whom a network lends that was suspended: its coordinators, who agreed, cannot answer for them any more.
// A network that is reopened lends anew. The reaction to events.NetworkSuspended; the nightly job repeats it for all networks that are
// closed, in case the queue has lost it. Only the system may.
func (s *Service) StandDown(ctx context.Context, sc tenants.Scope, _ events.NetworkSuspended) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return s.standDown(ctx)
}

func (s *Service) standDown(ctx context.Context) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		ended, err := endClosed(ctx, tx)
		for _, l := range ended {
			tx.EnqueueIn(l.AskerID, takenJob, about{Loan: l.ID})
		}
		return err
	})
}
