package lending

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Received is a request as the coordinators of the lending network see it.
type Received struct {
	Request

	Asker   tenants.Tenant
	Loans   []Loan
	People  []Reviewer // whom they could name; only while it waits
	Waiting bool
	ReadAt  time.Time
}

// Received is what another network asks. Coordinators may see it. Fault: NotFound, also for what is asked of others.
func (s *Service) Received(ctx context.Context, sc tenants.Scope, id ids.LoanRequest) (Received, error) {
	if err := s.policies.May(sc, policies.LoanLend, policies.On{}); err != nil {
		return Received{}, err
	}
	v := Received{ReadAt: time.Now()}
	var err error
	platform := s.tenants.Platform().Read()
	if v.Request, err = requestTo(ctx, platform, sc.Tenant().ID, id); err != nil {
		return v, err
	}
	if v.Asker, err = s.tenants.ByID(ctx, v.Request.Asker); err != nil {
		return v, err
	}
	loans, err := loansOf(ctx, platform, []Request{v.Request})
	if err != nil {
		return v, err
	}
	v.Loans = loans[id]
	v.Waiting = v.At(v.ReadAt) == Waiting && able(v.Asker)
	if v.Waiting {
		v.People, err = s.reviewing.Lendable(ctx, sc)
	}
	return v, err
}

// Agree lends some of the network's reviewers: those named here, at most as many as are wanted, each of whom has said that they may
// be. Their names and what they know go over, their addresses only for the invitations that the other network sends them. Coordinators
// may, while the request waits. Faults: Invalid by field, TooLate, Conflict, NotFound.
func (s *Service) Agree(ctx context.Context, sc tenants.Scope, id ids.LoanRequest, persons []ids.Person) error {
	v, err := s.answerable(ctx, sc, id)
	if err != nil {
		return err
	}
	chosen := make([]Reviewer, 0, len(persons))
	for _, p := range persons {
		i := slices.IndexFunc(v.People, func(r Reviewer) bool { return r.Person == p })
		if i < 0 || slices.ContainsFunc(chosen, func(r Reviewer) bool { return r.Person == p }) {
			return fault.Invalid("fault.check_fields", fault.At("person", "lending.not_lendable"))
		}
		chosen = append(chosen, v.People[i])
	}
	if len(chosen) == 0 {
		return fault.Invalid("fault.check_fields", fault.At("person", "lending.nobody"))
	}
	if len(chosen) > v.Wanted {
		return fault.Invalid("fault.check_fields", fault.AtWith("person", "lending.too_many", fault.Args{"Max": v.Wanted}))
	}
	homes, err := s.homes.Homes(ctx, sc, persons)
	if err != nil {
		return err
	}
	h := handing{Request: id}
	for _, r := range chosen {
		h.People = append(h.People, events.LentReviewer{
			Loan: ids.New[ids.Loan](), Name: r.Name, Email: r.Email, Locale: r.Locale, Topics: r.Topics, Languages: r.Languages, Countries: r.Countries,
			Own: homes[r.Person].Own, Partners: homes[r.Person].Partners,
		})
	}
	err = s.answered(ctx, sc, id, true, func(ctx context.Context, tx *tenants.Tx) error {
		still, err := s.reviewing.Still(ctx, tx, persons)
		if err != nil {
			return err
		}
		if len(still) < len(persons) {
			return fault.Invalid("fault.check_fields", fault.At("person", "lending.not_lendable"))
		}
		for n, r := range chosen {
			if err := insertOwnLoan(ctx, tx, h.People[n].Loan, id, r.Person); err != nil {
				return err
			}
			tx.Audit(audit.Entry{Action: "loan.agreed", SubjectKind: "person", SubjectID: r.Person.String(), Detail: map[string]any{"request": id.String()}})
		}
		tx.Enqueue(handOverJob, h)
		return nil
	})
	if err != nil {
		return err
	}
	return s.atOnce(ctx, handOverJob, func() error { return s.handOver(ctx, sc, h) })
}

// Refuse answers that nobody is lent, and why; the other network's coordinators read it. Coordinators may, while the request waits.
// Faults: Invalid without a reason, TooLate, Conflict, NotFound.
func (s *Service) Refuse(ctx context.Context, sc tenants.Scope, id ids.LoanRequest, reason string) error {
	if _, err := s.answerable(ctx, sc, id); err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	r := refusing{Request: id, Reason: reason}
	err := s.answered(ctx, sc, id, false, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "loan.refused", SubjectKind: requestSubject, SubjectID: id.String()})
		tx.Enqueue(refuseJob, r)
		return nil
	})
	if err != nil {
		return err
	}
	return s.atOnce(ctx, refuseJob, func() error { return s.refuse(ctx, sc, r) })
}

// answerable is a request that the actor may answer now.
func (s *Service) answerable(ctx context.Context, sc tenants.Scope, id ids.LoanRequest) (Received, error) {
	v, err := s.Received(ctx, sc, id)
	if err != nil {
		return v, err
	}
	switch {
	case v.At(v.ReadAt) == Lapsed:
		return v, fault.TooLate("lending.late")
	case v.State != Waiting:
		return v, fault.Conflict("lending.decided")
	case !able(v.Asker):
		return v, fault.Conflict("lending.asker_away")
	}
	return v, nil
}

// answered writes down that the network has answered, which it does once.
func (s *Service) answered(ctx context.Context, sc tenants.Scope, id ids.LoanRequest, agreed bool, then func(ctx context.Context, tx *tenants.Tx) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		fresh, err := insertAnswer(ctx, tx, id, agreed, sc.Actor().Person)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict("lending.decided")
		}
		return then(ctx, tx)
	})
}

// End takes a reviewer back: one who has not answered is not asked any more; of one who reviews, what they owe goes back to the other
// network's coordinators and what they have submitted stays. Coordinators may. Faults: Conflict when it is over already, NotFound.
func (s *Service) End(ctx context.Context, sc tenants.Scope, request ids.LoanRequest, id ids.Loan) error {
	v, err := s.Received(ctx, sc, request)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Loans, func(l Loan) bool { return l.ID == id })
	if i < 0 {
		return fault.NotFound()
	}
	if !v.Loans[i].Endable() {
		return fault.Conflict("lending.over")
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		done, err := endOwnLoan(ctx, tx, id)
		if err != nil || !done {
			return err
		}
		tx.Audit(audit.Entry{Action: "loan.ended", SubjectKind: loanSubject, SubjectID: id.String()})
		tx.Enqueue(endJob, about{Request: request, Loan: id})
		return nil
	})
	if err != nil {
		return err
	}
	return s.atOnce(ctx, endJob, func() error { return s.end(ctx, sc, about{Request: request, Loan: id}) })
}
