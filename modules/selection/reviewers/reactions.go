package reviewers

import "kervan/tenants"

// Reactions makes known what happens here when something happened elsewhere, and the room's jobs. The queue keeps their names, which
// are older than the room.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.React(r, "selection.invite_lent", s.InviteLent)
	tenants.React(r, "selection.end_loan", s.EndLoan)
	tenants.HandleJob(r, remindInvitationJob, s.RemindInvited)
	tenants.HandleJob(r, lapseInvitationJob, s.LapseInvitation)
}

// RegisterJobs registers what the queue does every night in every network.
func (s *Service) RegisterJobs(t *tenants.Tenants) {
	t.HandleEverywhere(ForgetJob, s.ForgetInvited)
}
