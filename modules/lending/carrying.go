package lending

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/policies"
	"kervan/tenants"
)

// The module's jobs: from the asking network into the shared tables, from the lending one into them, and from them into either. Each
// does the same when it is repeated.
const (
	allowJob    = "lending.allow"
	sendJob     = "lending.send"
	withdrawJob = "lending.withdraw"
	handOverJob = "lending.hand_over"
	refuseJob   = "lending.refuse"
	endJob      = "lending.end"

	arriveJob  = "lending.arrive"  // a request, in the lending network
	receiveJob = "lending.receive" // reviewers, in the asking one
	refusedJob = "lending.refused" // a refusal, there
	takenJob   = "lending.taken"   // somebody is wanted back, there
	movedJob   = "lending.moved"   // somebody has answered or stopped, in the lending one
	reportJob  = "lending.report"

	standDownJob = "lending.stand_down" // in the core, when a network is suspended

	forgottenJob = "lending.forgotten" // in both
)

// saying is whether a network may be asked, as it said at an instant.
type saying struct {
	Allowed bool      `json:"allowed"`
	At      time.Time `json:"at"`
}

type sending struct {
	Request Request `json:"request"`
}

// Confidential keeps what is written to another network out of the queue's sight.
func (sending) Confidential() bool { return true }

type about struct {
	Request ids.LoanRequest `json:"request,omitzero"`
	Loan    ids.Loan        `json:"loan,omitzero"`
	Stage   Stage           `json:"stage,omitempty"`
}

// handing are the reviewers who go over, with what nobody but the invitation needs.
type handing struct {
	Request ids.LoanRequest       `json:"request"`
	People  []events.LentReviewer `json:"people"`
}

// Confidential keeps names, addresses and ties out of the queue's sight.
func (handing) Confidential() bool { return true }

type refusing struct {
	Request ids.LoanRequest `json:"request"`
	Reason  string          `json:"reason"`
}

// Confidential keeps the reason out of the queue's sight.
func (refusing) Confidential() bool { return true }

// Reactions makes known what happens here when something happened elsewhere, and the module's jobs.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.HandleJob(r, allowJob, s.allow)
	tenants.HandleJob(r, sendJob, s.send)
	tenants.HandleJob(r, withdrawJob, settled(s.withdraw))
	tenants.HandleJob(r, handOverJob, settled(s.handOver))
	tenants.HandleJob(r, refuseJob, settled(s.refuse))
	tenants.HandleJob(r, endJob, s.end)
	tenants.HandleJob(r, arriveJob, s.arrive)
	tenants.HandleJob(r, receiveJob, s.receive)
	tenants.HandleJob(r, refusedJob, s.refused)
	tenants.HandleJob(r, takenJob, s.taken)
	tenants.HandleJob(r, movedJob, s.moved)
	tenants.HandleJob(r, forgottenJob, s.forgotten)
	tenants.HandlePlatformJob(r, ForgetJob, func(ctx context.Context, _ struct{}) error { return s.forget(ctx) })
	tenants.React(r, reportJob, s.Report)
	tenants.React(r, standDownJob, s.StandDown)
}

// allow brings before the other networks whether they may ask this one.
func (s *Service) allow(ctx context.Context, sc tenants.Scope, said saying) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return allow(ctx, tx, sc.Tenant().ID, said) })
}

// send brings a request before the other network.
func (s *Service) send(ctx context.Context, _ tenants.Scope, a sending) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		fresh, err := insertRequest(ctx, tx, &a.Request)
		if fresh {
			tx.EnqueueIn(a.Request.Lender, arriveJob, about{Request: a.Request.ID})
		}
		return err
	})
}

// withdraw takes a request back that waits. One that has not arrived yet arrives first.
func (s *Service) withdraw(ctx context.Context, sc tenants.Scope, a about) error {
	return s.move(ctx, sc.Tenant().ID, a.Request, Withdraw, "", func(*tenants.Tx, Request) error { return nil })
}

// handOver gives those who were named to the network that asked.
func (s *Service) handOver(ctx context.Context, sc tenants.Scope, h handing) error {
	return s.move(ctx, sc.Tenant().ID, h.Request, Agree, "", func(tx *tenants.Tx, q Request) error {
		tx.EnqueueIn(q.Asker, receiveJob, h)
		return insertLoans(ctx, tx, h)
	})
}

// refuse brings a refusal before the network that asked.
func (s *Service) refuse(ctx context.Context, sc tenants.Scope, r refusing) error {
	return s.move(ctx, sc.Tenant().ID, r.Request, Refuse, r.Reason, func(tx *tenants.Tx, q Request) error {
		tx.EnqueueIn(q.Asker, refusedJob, about{Request: q.ID})
		return nil
	})
}

// move takes a request a step on, and what follows from that with it, once. Fault: Conflict where it was answered or taken back in the
// meantime.
func (s *Service) move(ctx context.Context, by ids.Tenant, id ids.LoanRequest, v Verb, reason string, then func(tx *tenants.Tx, q Request) error) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		q, found, err := lockRequest(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			return jobs.ErrNotNow
		}
		if side := q.Lender; by != side && (v != Withdraw || by != q.Asker) {
			return fault.NotFound()
		}
		to, ok := q.State.After(v)
		if !ok {
			if q.State == after[v] {
				return nil
			}
			return fault.Conflict("lending.decided")
		}
		if err := advance(ctx, tx, id, to, reason); err != nil {
			return err
		}
		return then(tx, q)
	})
}

// end takes somebody back who is lent.
func (s *Service) end(ctx context.Context, _ tenants.Scope, a about) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		l, q, err := lockLoan(ctx, tx, a.Loan)
		if err != nil || !l.Endable() {
			return gone(err)
		}
		tx.EnqueueIn(q.Asker, takenJob, about{Loan: a.Loan})
		return moveLoan(ctx, tx, a.Loan, Progress{Stage: Ended, Done: l.Done, Given: l.Given})
	})
}

// arrive tells the coordinators of the lending network what is asked.
func (s *Service) arrive(ctx context.Context, sc tenants.Scope, a about) error {
	q, err := requestTo(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, a.Request)
	if err != nil || q.State != Waiting {
		return gone(err)
	}
	return s.tell(ctx, sc, q, "asked", "/lending/"+q.ID.String(), nil)
}

// receive has the reviewers invited whom the other network lends.
func (s *Service) receive(ctx context.Context, sc tenants.Scope, h handing) error {
	q, err := requestFrom(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, h.Request)
	if err != nil {
		return gone(err)
	}
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	return s.tell(ctx, sc, q, "agreed", address(q.Call), func(ctx context.Context, tx *tenants.Tx) error {
		by, err := askedBy(ctx, tx, q.ID)
		if err != nil {
			return err
		}
		tx.Announce(events.ReviewersLent{Call: q.Call, Lender: names[q.Lender], By: by, Reviews: q.Reviews, Until: q.Due, People: h.People})
		return closeOwnRequest(ctx, tx, q.ID)
	})
}

func (s *Service) refused(ctx context.Context, sc tenants.Scope, a about) error {
	q, err := requestFrom(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, a.Request)
	if err != nil {
		return gone(err)
	}
	return s.tell(ctx, sc, q, "refused", address(q.Call), func(ctx context.Context, tx *tenants.Tx) error {
		return closeOwnRequest(ctx, tx, q.ID)
	})
}

func (s *Service) taken(ctx context.Context, sc tenants.Scope, a about) error {
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.LoanEnded{Loan: a.Loan})
		return nil
	})
}

// Report writes down for the lending network where a loan stands; the reaction to events.LoanMoved in the network that asked. It reads
// before it locks, and once more where somebody else has reported meanwhile, so that of two reports the later one is kept. What the lending network has ended stays ended. Only the system may.
func (s *Service) Report(ctx context.Context, sc tenants.Scope, e events.LoanMoved) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	for {
		before, err := movedAt(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, e.Loan)
		if err != nil {
			return gone(err)
		}
		p, err := s.reviewing.Progress(ctx, sc, e.Loan)
		if err != nil {
			return err
		}
		if kept, err := s.report(ctx, e.Loan, before, p); err != nil || kept {
			return err
		}
	}
}

// report writes down where a loan stands, unless it has moved since that instant.
func (s *Service) report(ctx context.Context, id ids.Loan, since time.Time, p Progress) (kept bool, err error) {
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		l, q, err := lockLoan(ctx, tx, id)
		if err != nil || !l.MovedAt.Equal(since) {
			return err
		}
		kept = true
		if l.Forgotten() {
			return nil
		}
		if l.Stage == Ended {
			p.Stage = Ended
		}
		if p.Stage != l.Stage {
			tx.EnqueueIn(q.Lender, movedJob, about{Request: q.ID, Loan: l.ID, Stage: p.Stage})
		}
		return moveLoan(ctx, tx, l.ID, p)
	})
	return kept, err
}

// moved tells the coordinators of the lending network what somebody whom they lend has answered, or that they have stopped.
func (s *Service) moved(ctx context.Context, sc tenants.Scope, a about) error {
	q, err := requestTo(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, a.Request)
	if err != nil {
		return gone(err)
	}
	loans, err := loansOf(ctx, s.tenants.Platform().Read(), []Request{q})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(loans[q.ID], func(l Loan) bool { return l.ID == a.Loan })
	if i < 0 || loans[q.ID][i].Forgotten() {
		return nil
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return ring(ctx, tx, string(a.Stage), slices.Concat(a.Loan[:], []byte(a.Stage)), events.NotificationRequested{
			Key: "lending.notify." + string(a.Stage), Args: map[string]string{"Name": loans[q.ID][i].Name}, Path: "/lending/" + q.ID.String(),
		})
	})
}

// ring puts a line under the bell of each coordinator, named after what it tells of, so that a job that runs twice tells of it once.
func ring(ctx context.Context, tx *tenants.Tx, what string, of []byte, n events.NotificationRequested) error {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
	for _, m := range held {
		n.ID, n.Person = named(of, m.Person, what), m.Person
		tx.Announce(n)
	}
	return err
}

func named(of []byte, person ids.Person, what string) [16]byte {
	sum := sha256.Sum256(slices.Concat(of, person[:], []byte(what)))
	return [16]byte(sum[:16])
}

// tell rings and writes to each coordinator of the network about a request, with what else happens in the same transaction.
func (s *Service) tell(ctx context.Context, sc tenants.Scope, q Request, what, path string, with func(ctx context.Context, tx *tenants.Tx) error) error {
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	other := names[q.Asker]
	if q.Asker == sc.Tenant().ID {
		other = names[q.Lender]
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if with != nil {
			if err := with(ctx, tx); err != nil {
				return err
			}
		}
		texts, args := map[string]i18n.Text{"Call": q.Title}, map[string]string{"Other": other, "Reason": q.Reason}
		if err := ring(ctx, tx, what, q.ID[:], events.NotificationRequested{Key: "lending.notify." + what, Args: args, Texts: texts, Path: path}); err != nil {
			return err
		}
		held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
		for _, m := range held {
			tx.Announce(events.MailRequested{
				ID: named(q.ID[:], m.Person, what), Kind: "lending.mail." + what, Person: m.Person, Args: args, Texts: texts, Path: path, AboutKind: requestSubject, AboutID: q.ID.String(),
			})
		}
		return err
	})
}

// settled is a job that has nothing to do where the other network was quicker: what both see says so.
func settled[T any](do func(ctx context.Context, sc tenants.Scope, args T) error) func(ctx context.Context, sc tenants.Scope, args T) error {
	return func(ctx context.Context, sc tenants.Scope, args T) error {
		err := do(ctx, sc, args)
		if fault.Is(err, fault.KindConflict) {
			return nil
		}
		return err
	}
}

// gone is nothing to do where what a job is about is not there any more.
func gone(err error) error {
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}
