package blueprints

import (
	"context"

	"kervan/modules/events"
	"kervan/tenants"
)

// RecountJob is the name of the job that counts anew how every network uses blueprints; it is done every night, for
// whatever no event tells.
const RecountJob = "blueprints.recount"

// Reactions registers what is done when a network's calls come from another version or are published, and the jobs.
func (s *Service) Reactions(t *tenants.Tenants) {
	r := t.Registry()
	t.HandleEverywhere(RecountJob, s.recount)
	tenants.HandlePlatformJob(r, tellJob, s.tell)
	tenants.React(r, "blueprints.lineage_moved", func(ctx context.Context, sc tenants.Scope, _ events.LineageMoved) error { return s.recount(ctx, sc) })
	tenants.React(r, "blueprints.call_published", func(ctx context.Context, sc tenants.Scope, _ events.CallPublished) error { return s.recount(ctx, sc) })
}

// recount counts, inside a network's walls, how it uses blueprints, and leaves nothing but keys of the versions' own pieces
// and numbers in the shared tables.
func (s *Service) recount(ctx context.Context, sc tenants.Scope) error {
	uses, err := s.programs.Uses(ctx, sc)
	if err != nil {
		return err
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return saveUses(ctx, tx, sc.Tenant().ID, uses)
	})
}
