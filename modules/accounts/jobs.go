package accounts

import (
	"context"

	"kervan/tenants"
)

// RegisterJobs makes the module's jobs known to the queue.
func (s *Service) RegisterJobs(r *tenants.Registry) {
	tenants.HandleJob(r, linkJob, func(ctx context.Context, sc tenants.Scope, args linkRequested) error {
		return s.sendLink(ctx, sc, args)
	})
}
