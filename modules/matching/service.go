package matching

import (
	"context"
	"sync"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/policies"
	"kervan/tenants"
)

// Organization is what this module knows of one from its profile.
type Organization struct {
	ID          ids.Organization
	Name        string
	NameEnglish string // empty: it has none
	City        string
	Country     geo.Country
	Region      geo.Region // empty: it is not known
	Form        string     // the code of its legal form
	About       string
	Fields      []string // codes of its fields of work
	Languages   []string
	Size        Size // empty: not told
}

// Pair are two organizations, the one with the smaller identifier first.
type Pair [2]ids.Organization

// PairOf puts the two in order.
func PairOf(a, b ids.Organization) Pair {
	if b.String() < a.String() {
		a, b = b, a
	}
	return Pair{a, b}
}

// Organizations tells of organizations, all that are asked for in one query. The organizations module satisfies it.
type Organizations interface {
	Organizations(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]Organization, error)
}

// Partnerships tells who has worked together. The partnerships module satisfies it.
type Partnerships interface {
	// Together are the pairs among the organizations that are or were in one partnership, all in one query.
	Together(ctx context.Context, sc tenants.Scope, among []ids.Organization) (map[Pair]bool, error)
	// Going are those of the organizations that are in a partnership which has neither been completed nor ended.
	Going(ctx context.Context, sc tenants.Scope, among []ids.Organization) (map[ids.Organization]bool, error)
	// Founded reports whether one of the applications belongs to a partnership.
	Founded(ctx context.Context, tx *tenants.Tx, among []ids.Application) (bool, error)
	// Team is a partnership that the actor steers, with who could take those of its seats that become free. Faults: Conflict where it
	// is over, NotFound.
	Team(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (Team, error)
	// Teams are the partnerships of a call of which an organization can be replaced, by title and without their seats.
	Teams(ctx context.Context, sc tenants.Scope, call ids.Call) ([]Team, error)
}

// Applications tells of calls and of those that applied alone. The applications module satisfies it, with selection.
type Applications interface {
	// Calls are those that were published, the newest first.
	Calls(ctx context.Context, sc tenants.Scope) ([]Call, error)
	// Applicants are the organizations that applied alone to a call and whose application is where the pool wants it.
	Applicants(ctx context.Context, sc tenants.Scope, call ids.Call, pool PoolKind) ([]Applicant, error)
	// Held are, of these applications to the call, those that are still where the pool wants them, with the one organization of each.
	// None of them moves until the transaction ends.
	Held(ctx context.Context, tx *tenants.Tx, call ids.Call, pool PoolKind, among []ids.Application) (map[ids.Application]ids.Organization, error)
	// Open are the calls to which one can apply just now, the newest first.
	Open(ctx context.Context, sc tenants.Scope) ([]Call, error)
	// Joint are those of them to which organizations can apply together.
	Joint(ctx context.Context, sc tenants.Scope) ([]Call, error)
	// Jointly begins an application of an organization that the actor leads, and invites the others to it. An application that it
	// has in the call already is met, whoever began it, and nobody is invited to that. Faults: Conflict where they cannot apply to the
	// call together, and those of applying.
	Jointly(ctx context.Context, sc tenants.Scope, call ids.Call, own ids.Organization, others []ids.Organization) (id ids.Application, met bool, err error)
	// Concerned are the calls of which the actor has a conflict of interest in an application, or to which an organization of
	// theirs has applied.
	Concerned(ctx context.Context, sc tenants.Scope) (map[ids.Call]bool, error)
	// Conflicting are the organizations in whose applications the actor has a conflict of interest, to whatever call.
	Conflicting(ctx context.Context, sc tenants.Scope) ([]ids.Organization, error)
}

// People tells who people are. The accounts module satisfies it.
type People interface {
	// Names tells what people are called; who is not known is left out.
	Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)
}

// Around is what the other modules tell this one.
type Around struct {
	People        People
	Organizations Organizations
	Partnerships  Partnerships
	Applications  Applications
}

// Service is what is done to find partners.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	around   Around
	asking   places
	copying  chan struct{} // full while a job or request of this process changes the common pool
}

// mostAsking is how many questions are computed at once while somebody waits for the answer; a network has one of them.
const mostAsking = 2

// places are the networks of which somebody waits for what is computed.
type places struct {
	mu    sync.Mutex
	taken map[ids.Tenant]bool
}

// take reports whether there is a place for the network, which has it then until it leaves.
func (p *places) take(id ids.Tenant) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[id] || len(p.taken) >= mostAsking {
		return false
	}
	p.taken[id] = true
	return true
}

func (p *places) leave(id ids.Tenant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.taken, id)
}

// asked computes something while somebody waits for it. Fault: TooMany where somebody of the network does already, or others enough.
func (s *Service) asked(sc tenants.Scope, compute func() error) error {
	id := sc.Tenant().ID
	if !s.asking.take(id) {
		return fault.TooMany("matching.busy")
	}
	defer s.asking.leave(id)
	return compute()
}

// New makes the service.
func New(t *tenants.Tenants, p *policies.Authorizer, around Around) *Service {
	return &Service{tenants: t, policies: p, around: around, asking: places{taken: map[ids.Tenant]bool{}}, copying: make(chan struct{}, 1)}
}

func of(id ids.Organization) policies.On {
	return policies.On{Organizations: []ids.Organization{id}}
}

// entry is about an organization; it never says whom that concerns beside.
func entry(action string, id ids.Organization) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "organization", SubjectID: id.String()}
}

// profile is an organization's, which exists.
func (s *Service) profile(ctx context.Context, sc tenants.Scope, id ids.Organization) (Organization, error) {
	known, err := s.around.Organizations.Organizations(ctx, sc, []ids.Organization{id})
	return known[id], err
}
