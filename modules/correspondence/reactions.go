package correspondence

import "kervan/tenants"

// Reactions makes the module's reactions and jobs known to the queue.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.React(r, "correspondence.write", s.Write)
	tenants.React(r, "correspondence.notify", s.Notify)
	tenants.React(r, "correspondence.revoke", s.Revoke)
	tenants.HandleJob(r, deliverJob, s.Deliver)
}
