package lending

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Call is what is said of a call for which reviewers are wanted.
type Call struct {
	ID    ids.Call
	Title i18n.Text
	Zone  string
	Open  bool // reviewers can still be invited
}

// Reviewing tells of reviewers and their work. The selection satisfies it.
type Reviewing interface {
	// Call is a published call of the network. Fault: NotFound.
	Call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error)
	// Lendable are the network's reviewers who may be lent, by name, in a fixed number of queries.
	Lendable(ctx context.Context, sc tenants.Scope) ([]Reviewer, error)
	// Still are those of the people who may be lent, of whom none can take that back until the transaction ends.
	Still(ctx context.Context, tx *tenants.Tx, persons []ids.Person) ([]ids.Person, error)
	// Progress is where a loan to the network stands.
	Progress(ctx context.Context, sc tenants.Scope, loan ids.Loan) (Progress, error)
}

// Homes tells what people belong to in their network, in a fixed number of queries. Several modules satisfy it together.
type Homes interface {
	Homes(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]Home, error)
}

// Service is how reviewers are lent.
type Service struct {
	tenants   *tenants.Tenants
	policies  *policies.Authorizer
	reviewing Reviewing
	homes     Homes
	topics    []forms.Option
	died      bool // in tests: between what is written here and what follows from it elsewhere
}

// New makes the service. The topics are those of capacity.
func New(t *tenants.Tenants, p *policies.Authorizer, r Reviewing, h Homes, topics []forms.Option) *Service {
	return &Service{tenants: t, policies: p, reviewing: r, homes: h, topics: topics}
}

// able reports whether a network may ask, and be asked: one whose site is open for changes, and no rehearsal.
func able(t tenants.Tenant) bool { return t.Kind == tenants.KindNetwork && t.Status.Writable() }

// Desk is what coordinators see of what others ask of their network.
type Desk struct {
	Allowed  bool
	Received []Request // what waits first
	Lendable int       // how many of the own reviewers may be lent
	Names    map[ids.Tenant]string
	ReadAt   time.Time
}

// Desk lists what other networks ask, and whether they may. Coordinators may.
func (s *Service) Desk(ctx context.Context, sc tenants.Scope) (Desk, error) {
	if err := s.policies.May(sc, policies.LoanLend, policies.On{}); err != nil {
		return Desk{}, err
	}
	d := Desk{ReadAt: time.Now()}
	var err error
	platform := s.tenants.Platform().Read()
	if d.Allowed, err = allows(ctx, platform, sc.Tenant().ID); err != nil {
		return d, err
	}
	if d.Received, err = received(ctx, platform, sc.Tenant().ID); err != nil {
		return d, err
	}
	people, err := s.reviewing.Lendable(ctx, sc)
	if err != nil {
		return d, err
	}
	d.Lendable = len(people)
	d.Names, err = s.names(ctx)
	return d, err
}

// Waiting counts what waits for an answer of the network. Coordinators may.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.May(sc, policies.LoanLend, policies.On{}); err != nil {
		return 0, err
	}
	return waiting(ctx, s.tenants.Platform().Read(), sc.Tenant().ID)
}

func (s *Service) names(ctx context.Context) (map[ids.Tenant]string, error) {
	all, err := s.tenants.All(ctx)
	names := make(map[ids.Tenant]string, len(all))
	for _, t := range all {
		names[t.ID] = t.Name
	}
	return names, err
}

// Allow says whether other networks may ask this one for reviewers; what they have asked already stays. Coordinators may.
func (s *Service) Allow(ctx context.Context, sc tenants.Scope, allowed bool) error {
	if err := s.policies.May(sc, policies.LoanLend, policies.On{}); err != nil {
		return err
	}
	if sc.Tenant().Kind != tenants.KindNetwork {
		return fault.Conflict("lending.rehearsal")
	}
	before, err := allows(ctx, s.tenants.Platform().Read(), sc.Tenant().ID)
	if err != nil || before == allowed {
		return err
	}
	said := saying{Allowed: allowed}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if said.At, err = tx.Now(ctx); err != nil {
			return err
		}
		action := "loan.allowed"
		if !allowed {
			action = "loan.disallowed"
		}
		tx.Audit(audit.Entry{Action: action, SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
		tx.Enqueue(allowJob, said)
		return nil
	})
	if err != nil {
		return err
	}
	return s.atOnce(ctx, allowJob, func() error { return s.allow(ctx, sc, said) })
}

// Sent is what a network has asked for a call.
type Sent struct {
	Call     Call
	Requests []Request // the newest first
	Loans    map[ids.LoanRequest][]Loan
	Askable  []tenants.Tenant // by name
	Names    map[ids.Tenant]string
	ReadAt   time.Time
}

// Sent lists what was asked of other networks for a call, whom they lend, and who can be asked. Coordinators may. Fault: NotFound.
func (s *Service) Sent(ctx context.Context, sc tenants.Scope, call ids.Call) (Sent, error) {
	if err := s.policies.May(sc, policies.LoanAsk, policies.On{}); err != nil {
		return Sent{}, err
	}
	v := Sent{ReadAt: time.Now()}
	var err error
	if v.Call, err = s.reviewing.Call(ctx, sc, call); err != nil {
		return v, err
	}
	platform := s.tenants.Platform().Read()
	if v.Requests, err = sentFor(ctx, platform, sc.Tenant().ID, call); err != nil {
		return v, err
	}
	if v.Loans, err = loansOf(ctx, platform, v.Requests); err != nil {
		return v, err
	}
	if v.Askable, err = s.askable(ctx, sc); err != nil {
		return v, err
	}
	v.Names, err = s.names(ctx)
	return v, err
}

// askable are the other networks that may be asked.
func (s *Service) askable(ctx context.Context, sc tenants.Scope) ([]tenants.Tenant, error) {
	if !able(sc.Tenant()) {
		return nil, nil
	}
	all, err := s.tenants.All(ctx)
	if err != nil {
		return nil, err
	}
	willing, err := lenders(ctx, s.tenants.Platform().Read())
	return slices.DeleteFunc(all, func(t tenants.Tenant) bool {
		return !able(t) || t.ID == sc.Tenant().ID || !slices.Contains(willing, t.ID)
	}), err
}

// Ask asks another network for reviewers for a call; its coordinators are told. Coordinators may, while reviewers can be invited.
// Faults: Invalid by field, also where that network cannot be asked or is asked already; Conflict, NotFound.
func (s *Service) Ask(ctx context.Context, sc tenants.Scope, call ids.Call, a Asking) error {
	if err := s.policies.May(sc, policies.LoanAsk, policies.On{}); err != nil {
		return err
	}
	c, err := s.reviewing.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	switch {
	case !able(sc.Tenant()):
		return fault.Conflict("lending.rehearsal")
	case !c.Open:
		return fault.Conflict("lending.closed")
	}
	found, err := s.askable(ctx, sc)
	if err != nil {
		return err
	}
	q := Request{
		ID: ids.New[ids.LoanRequest](), Asker: sc.Tenant().ID, Lender: a.Lender, Call: call, Title: c.Title, Zone: c.Zone, Wanted: a.Wanted, Topics: a.Topics,
		Languages: a.Languages, Reviews: a.Reviews, Due: a.Due, Message: a.Message, State: Waiting,
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		bad := a.check(now, s.topics)
		if !slices.ContainsFunc(found, func(t tenants.Tenant) bool { return t.ID == a.Lender }) {
			bad = append(bad, fault.At("lender", "fault.choose"))
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		q.AskedAt = now
		fresh, err := insertOwnRequest(ctx, tx, &q, sc.Actor().Person)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Invalid("fault.check_fields", fault.At("lender", "lending.asked_already"))
		}
		tx.Audit(audit.Entry{Action: "loan.asked", SubjectKind: requestSubject, SubjectID: q.ID.String(), Detail: map[string]any{"network": a.Lender.String()}})
		tx.Enqueue(sendJob, sending{q})
		return nil
	})
	if err != nil {
		return err
	}
	return s.atOnce(ctx, sendJob, func() error { return s.send(ctx, sc, sending{q}) })
}

// Withdraw takes a request back; the other network's coordinators see that it is. Coordinators may, until it is answered. Faults:
// Conflict, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.LoanRequest) error {
	if err := s.policies.May(sc, policies.LoanAsk, policies.On{}); err != nil {
		return err
	}
	q, err := requestFrom(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, id)
	if err != nil {
		return err
	}
	if q.Call != call {
		return fault.NotFound()
	}
	if _, ok := q.State.After(Withdraw); !ok {
		return fault.Conflict("lending.answered")
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := closeOwnRequest(ctx, tx, id); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "loan.withdrawn", SubjectKind: requestSubject, SubjectID: id.String()})
		tx.Enqueue(withdrawJob, about{Request: id})
		return nil
	})
	if err != nil {
		return err
	}
	return s.atOnce(ctx, withdrawJob, func() error { return s.withdraw(ctx, sc, about{Request: id}) })
}

// atOnce does what a job in the queue would do as well, so that the page that comes next shows it. The job repeats what fails.
func (s *Service) atOnce(ctx context.Context, job string, do func() error) error {
	if s.died {
		return nil
	}
	err := do()
	if err == nil || fault.Is(err, fault.KindConflict) {
		return err
	}
	slog.WarnContext(ctx, "left to the queue", "job", job, "error", err)
	return nil
}

// Lines count who asked whom, for the core team, which may. No person, call or text is in them.
func (s *Service) Lines(ctx context.Context, sc tenants.Scope) ([]Line, map[ids.Tenant]string, error) {
	if err := s.policies.May(sc, policies.LoanWatch, policies.On{}); err != nil {
		return nil, nil, err
	}
	found, err := lines(ctx, s.tenants.Platform().Read())
	if err != nil {
		return nil, nil, err
	}
	names, err := s.names(ctx)
	return found, names, err
}
