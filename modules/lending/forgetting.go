package lending

import (
	"context"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/tenants"
)

// ForgetJob is the name of the job that forgets, every night, who was lent.
const ForgetJob = "lending.forget"

// Kept is for how many months both networks know who was lent, after the loan is over, and what they wrote each other about a request,
// after it was answered, taken back or not answered in time. So long the work for a call may be asked about; who is lent for the next one
// is named anew (GDPR 5(1)(e), KVKK 4(2)(d)). The network that asked keeps the invitation as long.
const Kept = 6

// keptOpen is after how many months without any move a loan counts as over that neither network has ended: the one that asked ends it
// a year after it was accepted, and does not where it is closed for good.
const keptOpen = 12 + Kept

// loanSubject and requestSubject are what loans and requests are called in the trail and in the outbox.
const (
	loanSubject    = "loan"
	requestSubject = "loan_request"
)

// forget empties, in what both networks see, the names and the knowledge of those whose loan has been over for Kept months, and what
// the networks wrote each other; what stays is that it was asked, how it was answered and how much was reviewed. Both networks do the
// same in their own tables, once they can be written.
func (s *Service) forget(ctx context.Context) error {
	if err := s.standDown(ctx); err != nil {
		return err
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		loans, err := forgetLoans(ctx, tx)
		if err != nil {
			return err
		}
		for _, l := range loans {
			tx.EnqueueIn(l.LenderID, forgottenJob, about{Request: l.RequestID, Loan: l.ID})
		}
		requests, err := forgetRequests(ctx, tx)
		for _, q := range requests {
			for _, network := range []ids.Tenant{q.AskerID, q.LenderID} {
				tx.EnqueueIn(network, forgottenJob, about{Request: q.ID})
			}
		}
		return err
	})
}

// forgotten does in a network what was done in the shared tables: with a loan, it is not known any more whose it was; without, the mails
// about the request and the lines under bells go that tell what was written.
func (s *Service) forgotten(ctx context.Context, sc tenants.Scope, a about) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		erased := events.MatterErased{AboutKind: requestSubject, AboutID: a.Request.String(), Path: requestAddress(a.Request, ""), Left: true}
		if a.Loan.IsZero() {
			call, asked, err := askedFor(ctx, tx, a.Request)
			if asked {
				erased.Path = address(call)
			}
			tx.Announce(erased)
			return err
		}
		done, err := forgetOwnLoan(ctx, tx, a.Loan)
		if err != nil || !done {
			return err
		}
		tx.Audit(audit.Entry{Action: "loan.forgotten", SubjectKind: loanSubject, SubjectID: a.Loan.String()})
		erased.AboutKind, erased.AboutID = loanSubject, a.Loan.String()
		tx.Announce(erased)
		return nil
	})
}
