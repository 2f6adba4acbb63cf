package openings

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Calls tells what is about to open. The programs module satisfies it.
type Calls interface {
	// Case is a call with what it would open with, for those who may read it. Fault: NotFound.
	Case(ctx context.Context, sc tenants.Scope, id ids.Call) (Case, error)
	// CameFrom is the version of the blueprint that the call came from, as the call sees it. The library is open to all.
	CameFrom(ctx context.Context, f Facts) (blueprints.Program, error)
}

// Around tells what else should be in place. Several modules satisfy it together.
type Around interface {
	// Surroundings looks at the network around a call. The caller has authorized.
	Surroundings(ctx context.Context, sc tenants.Scope, id ids.Call) (Surroundings, error)
	// CoreTeam are the people of the core team, in the core's own tenant.
	CoreTeam(ctx context.Context, core tenants.Scope) ([]ids.Person, error)
	// Names tells what people are called; who is not known is left out.
	Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)
}

// Service is how calls are signed off.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	calls    Calls
	around   Around
}

// New makes the service.
func New(t *tenants.Tenants, p *policies.Authorizer, c Calls, a Around) *Service {
	return &Service{tenants: t, policies: p, calls: c, around: a}
}

// The module's jobs: sending a request out of the network, telling the core team of it, and telling the network the answer.
const (
	sendJob     = "openings.send"
	tellCoreJob = "openings.tell_core"
	tellJob     = "openings.tell"
)

type signedArgs struct {
	Call ids.Call `json:"call"`
}

type requestArgs struct {
	Request ids.Opening `json:"request"`
}

// RegisterJobs makes the program able to carry requests and answers.
func (s *Service) RegisterJobs(r *tenants.Registry) {
	tenants.HandleJob(r, sendJob, func(ctx context.Context, sc tenants.Scope, a signedArgs) error { return s.send(ctx, sc, a.Call) })
	tenants.HandlePlatformJob(r, tellCoreJob, func(ctx context.Context, a requestArgs) error { return s.tellCore(ctx, a.Request) })
	tenants.HandlePlatformJob(r, tellJob, func(ctx context.Context, a requestArgs) error { return s.tell(ctx, a.Request) })
}

// MaySign reports whether the actor may sign for the network.
func (s *Service) MaySign(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.CallOpen, policies.On{}) == nil
}

// Checklist shows what stands between a call and its opening. Officers may see it, and the chair. Fault: NotFound.
func (s *Service) Checklist(ctx context.Context, sc tenants.Scope, id ids.Call) (Checklist, error) {
	if err := s.policies.May(sc, policies.CallRead, policies.On{}); err != nil {
		return Checklist{}, err
	}
	l, err := s.checklist(ctx, sc, id)
	if err != nil || l.Signature == nil {
		return l, err
	}
	names, err := s.around.Names(ctx, sc, []ids.Person{l.Signature.SignedBy})
	l.Signer = names[l.Signature.SignedBy]
	return l, err
}

func (s *Service) checklist(ctx context.Context, sc tenants.Scope, id ids.Call) (Checklist, error) {
	var l Checklist
	var err error
	if l.Case, err = s.calls.Case(ctx, sc, id); err != nil {
		return l, err
	}
	around, err := s.around.Surroundings(ctx, sc, id)
	if err != nil {
		return l, err
	}
	l.Hints = hints(around, &l.Case)
	if l.Signature, err = newestSignature(ctx, sc.Read(), id); err != nil {
		return l, err
	}
	l.Request, err = newestRequest(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, id)
	return l, err
}

// Sign signs for the network what the call opens with, which is the content that was shown; before the network's first
// call the core team is asked to sign too, again when the request was taken back or given back. What is signed and with
// the core team is left as it is. Coordinators may, when nothing is missing. Faults: Invalid by field (confirmed,
// and remark where a line is not met), Conflict when the call has changed, is open already or lacks something, NotFound.
func (s *Service) Sign(ctx context.Context, sc tenants.Scope, id ids.Call, content string, confirmed bool, remark string) error {
	if err := s.policies.May(sc, policies.CallOpen, policies.On{}); err != nil {
		return err
	}
	l, err := s.checklist(ctx, sc, id)
	if err != nil {
		return err
	}
	switch {
	case !l.Case.Draft:
		return fault.Conflict("openings.open_already")
	case content != l.Case.Content:
		return fault.Conflict("fault.stale")
	case !all(l.Case.Musts):
		return fault.Conflict("openings.not_ready")
	case !l.Signable():
		return nil // a second click
	}
	var bad []fault.Field
	if remark == "" && !all(l.Hints) {
		bad = append(bad, fault.At("remark", "openings.remark.required"))
	}
	if !confirmed {
		bad = append(bad, fault.At("confirmed", "openings.confirm.required"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		signature := Signature{
			ID: ids.New[ids.Signature](), Call: id, Content: content, Lines: append(l.Case.Musts, l.Hints...), Remark: remark, SignedBy: sc.Actor().Person, SignedAt: now,
		}
		if l.Case.First {
			tx.Enqueue(sendJob, signedArgs{id})
		}
		tx.Audit(audit.Entry{Action: "call.signed", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"content": content[:12]}})
		return insertSignature(ctx, tx, &signature)
	})
}

// Withdraw takes back the request to the core team, so that the call can be worked on. Coordinators may. Faults: Conflict
// when nothing waits, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, id ids.Call) error {
	if err := s.policies.May(sc, policies.CallOpen, policies.On{}); err != nil {
		return err
	}
	if _, err := s.calls.Case(ctx, sc, id); err != nil {
		return err
	}
	err := s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		done, err := withdraw(ctx, tx, sc.Tenant().ID, id)
		if err == nil && !done {
			return fault.Conflict("openings.decided")
		}
		return err
	})
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "call.opening_withdrawn", SubjectKind: "call", SubjectID: id.String()})
		return nil
	})
}

// Signed reports whether a coordinator has signed that content of the call, and whether the core team has. Officers may ask,
// and the chair.
func (s *Service) Signed(ctx context.Context, sc tenants.Scope, call ids.Call, content string) (network, core bool, err error) {
	if err := s.policies.May(sc, policies.CallRead, policies.On{}); err != nil {
		return false, false, err
	}
	signature, err := newestSignature(ctx, sc.Read(), call)
	if err != nil || signature == nil || signature.Content != content {
		return false, false, err
	}
	q, err := newestRequest(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, call)
	return true, err == nil && q != nil && q.Content == content && q.State == Signed, err
}

// send brings a signed case before the core team, unless the call has changed since: then it is signed anew anyway.
func (s *Service) send(ctx context.Context, sc tenants.Scope, id ids.Call) error {
	l, err := s.checklist(ctx, sc, id)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !l.Case.Draft || !l.Stands() {
		return nil
	}
	signature := l.Signature
	names, err := s.around.Names(ctx, sc, []ids.Person{signature.SignedBy})
	if err != nil {
		return err
	}
	q := Request{
		ID: signature.request(), Tenant: sc.Tenant().ID, Call: id, Content: signature.Content, SentBy: signature.SignedBy, Sender: names[signature.SignedBy],
		SentAt: signature.SignedAt, Dossier: Dossier{Facts: l.Case.Facts, Lines: signature.Lines, Remark: signature.Remark, Program: l.Case.Program},
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		fresh, err := insertRequest(ctx, tx, &q)
		if fresh {
			tx.Enqueue(tellCoreJob, requestArgs{q.ID})
		}
		return err
	})
}

// Requests lists what networks ask the core team to sign, what waits first. The core team may see it.
func (s *Service) Requests(ctx context.Context, sc tenants.Scope) ([]Request, error) {
	if err := s.policies.May(sc, policies.OpeningSign, policies.On{}); err != nil {
		return nil, err
	}
	return requests(ctx, s.tenants.Platform().Read())
}

// Waiting counts what waits for the core team's signature. The core team may see it.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.May(sc, policies.OpeningSign, policies.On{}); err != nil {
		return 0, err
	}
	return waiting(ctx, s.tenants.Platform().Read())
}

// Request is what a network asks the core team to sign, with what the call opens with and with the version of the
// blueprint that it came from. The core team may see it. Fault: NotFound.
func (s *Service) Request(ctx context.Context, sc tenants.Scope, id ids.Opening) (q Request, from, program blueprints.Program, err error) {
	if err := s.policies.May(sc, policies.OpeningSign, policies.On{}); err != nil {
		return q, from, program, err
	}
	if q, err = requestOf(ctx, s.tenants.Platform().Read(), id); err != nil {
		return q, from, program, err
	}
	if program, err = blueprints.Of(q.Dossier.Program); err != nil {
		return q, from, program, fmt.Errorf("openings: read program: %w", err)
	}
	from, err = s.calls.CameFrom(ctx, q.Dossier.Facts)
	return q, from, program, err
}

// Countersign signs a network's first call for the core team; the network is told and may open it. The core team may.
// Faults: Conflict when it is decided or withdrawn, NotFound.
func (s *Service) Countersign(ctx context.Context, sc tenants.Scope, id ids.Opening, answer string) error {
	return s.answer(ctx, sc, id, Signed, answer, "opening.signed")
}

// Return gives a network's first call back with what should be different; the network is told. The core team may. Faults:
// Invalid without an answer, Conflict when it is decided or withdrawn, NotFound.
func (s *Service) Return(ctx context.Context, sc tenants.Scope, id ids.Opening, answer string) error {
	return s.answer(ctx, sc, id, Returned, answer, "opening.returned")
}

func (s *Service) answer(ctx context.Context, sc tenants.Scope, id ids.Opening, state State, answer, action string) error {
	if err := s.policies.May(sc, policies.OpeningSign, policies.On{}); err != nil {
		return err
	}
	q, err := requestOf(ctx, s.tenants.Platform().Read(), id)
	if err != nil {
		return err
	}
	if state == Returned && answer == "" {
		return fault.Invalid("fault.check_fields", fault.At("answer", "fault.required"))
	}
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Enqueue(tellJob, requestArgs{id})
		return decide(ctx, tx, id, state, answer, sc.Actor())
	})
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: action, SubjectKind: "network", SubjectID: q.Tenant.String(), Detail: map[string]any{"call": q.Call.String()}})
		return nil
	})
}

// tellCore tells the core team that a call waits for it.
func (s *Service) tellCore(ctx context.Context, id ids.Opening) error {
	q, err := requestOf(ctx, s.tenants.Platform().Read(), id)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil || q.State != Waiting {
		return err
	}
	everybody, err := s.tenants.All(ctx)
	if err != nil {
		return err
	}
	for _, core := range everybody {
		if core.Kind != tenants.KindCore || !core.Status.Writable() {
			continue
		}
		sc := s.tenants.Bind(core, tenants.SystemActor(tellCoreJob))
		team, err := s.around.CoreTeam(ctx, sc)
		if err != nil {
			return err
		}
		if err := inform(ctx, sc, q, "asked", "/openings/"+id.String(), team...); err != nil {
			return err
		}
	}
	return nil
}

// tell tells who sent a request what the core team answered, unless the call is open by now.
func (s *Service) tell(ctx context.Context, id ids.Opening) error {
	q, err := requestOf(ctx, s.tenants.Platform().Read(), id)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	tenant, err := s.tenants.ByID(ctx, q.Tenant)
	if err != nil {
		return err
	}
	if !tenant.Status.Writable() {
		return nil
	}
	sc := s.tenants.Bind(tenant, tenants.SystemActor(tellJob))
	c, err := s.calls.Case(ctx, sc, q.Call)
	if fault.Is(err, fault.KindNotFound) || err == nil && !c.Draft {
		return nil
	}
	if err != nil {
		return err
	}
	return inform(ctx, sc, q, string(q.State), "/program/calls/"+q.Call.String()+"/readiness", q.SentBy)
}

// inform rings a bell and writes a mail. Both are named after the request and the person, so that a job that runs twice tells
// of it once.
func inform(ctx context.Context, sc tenants.Scope, q Request, what, path string, people ...ids.Person) error {
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		for _, person := range people {
			sum := sha256.Sum256(slices.Concat(q.ID[:], person[:], []byte(what)))
			id := [16]byte(sum[:16])
			texts, args := map[string]i18n.Text{"Call": q.Dossier.Facts.Title}, map[string]string{"Network": q.Network, "Answer": q.Answer}
			tx.Announce(events.NotificationRequested{ID: id, Person: person, Key: "openings.notify." + what, Path: path, Texts: texts, Args: args})
			tx.Announce(events.MailRequested{
				ID: id, Kind: "openings.mail." + what, Person: person, Path: path, Texts: texts, Args: args, AboutKind: "opening", AboutID: q.ID.String(),
			})
		}
		return nil
	})
}
