package reviewers

import (
	"context"
	"errors"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// ForgetJob is the name of the job that forgets, every night and in every network, who was asked to review and does not. The queue
// keeps it.
const ForgetJob = "selection.forget_invited"

// KeptInvited is for how many months it is known who was asked to review, after they have declined, not answered or been taken back, or
// after their loan is over. So long a call's reviews may be asked about, and who was asked for one is not asked again for the next;
// beyond that the network has no use for the name of somebody who did not become its reviewer (GDPR 5(1)(e), KVKK 4(2)(d)).
const KeptInvited = 6

// longestLoan is after how many months a loan ends that nobody has ended and whose call was never decided: no review is wanted later
// than a year after it was asked for.
const longestLoan = 12

// invitationSubject is what invitations are called in the trail and in the outbox.
const invitationSubject = "invitation"

// ForgetInvited ends the loans of reviewers whose call is decided, and forgets, KeptInvited months after it was over, who was invited to
// review and does not: name, address, what they know and wrote, whom they named instead, what is known of their home, and the mails
// and lines under bells that say it. That there was an invitation, its state and its times stay; so does a review that they have
// submitted, under the account that they have here. Whoever is lent once more meanwhile is forgotten when that is over. Only the
// system may.
func (s *Service) ForgetInvited(ctx context.Context, sc tenants.Scope) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	over, err := loansOver(ctx, sc.Read())
	if err != nil {
		return err
	}
	var failed error
	for _, id := range over {
		failed = errors.Join(failed, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return s.endLoan(ctx, tx, id) }))
	}
	return errors.Join(failed, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		forgotten, err := forgetInvited(ctx, tx)
		for _, i := range forgotten {
			tx.Audit(audit.Entry{Action: "reviewer.invitation_forgotten", SubjectKind: invitationSubject, SubjectID: i.ID.String()})
			tx.Announce(events.MatterErased{AboutKind: invitationSubject, AboutID: i.ID.String(), Path: invitationAddress(i.CallID, i.ID, ""), Left: true})
		}
		return err
	}))
}

// forgotten is an invitation of which it is not known any more who it was for.
type forgotten struct {
	ID     ids.Invitation
	CallID ids.Call
}
