package selection

import "kervan/tenants"

// Reactions makes known what happens here when something happened elsewhere, and the module's jobs.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.React(r, "selection.look", s.Look)
	tenants.React(r, "selection.look_again", s.LookAgain)
	tenants.React(r, "selection.look_early", s.LookEarly)
	tenants.React(r, "selection.look_for_guests", s.LookForGuests)
	tenants.React(r, "selection.step_back", s.StepBack)
	tenants.React(r, "selection.look_for_partners", s.LookForPartners)
	tenants.React(r, "selection.withdrawn", s.Withdrawn)
	tenants.React(r, "selection.forget_sample", s.ForgetSample)
	tenants.React(r, "selection.forget_withdrawn", s.ForgetWithdrawn)
	tenants.React(r, "selection.forget_papers", s.ForgetPapers)
	tenants.HandleJob(r, lapseJob, s.Lapse)
	tenants.HandleJob(r, remindReviewJob, s.RemindReviewer)
	tenants.HandleJob(r, remindReplyJob, s.RemindLeads)
	tenants.HandleJob(r, remindConditionsJob, s.RemindConditions)
	tenants.HandleJob(r, lapseReplacementJob, s.LapseReplacement)
	tenants.HandleJob(r, runJob, s.Compute)
}

// RegisterJobs registers what the queue does every night in every network.
func (s *Service) RegisterJobs(t *tenants.Tenants) { t.HandleEverywhere(LookJob, s.LookEverywhere) }
