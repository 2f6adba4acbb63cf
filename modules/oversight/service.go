package oversight

import (
	"context"
	"net/mail"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// Names tells what people are called. The accounts module satisfies it.
type Names func(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)

// Config is what the service needs.
type Config struct {
	Tenants  *tenants.Tenants
	Policies *policies.Authorizer
	Sources  Sources
	Names    Names
	Queue    Queue
	// Hosts tells under which hosts a network of that slug is served, the canonical one first.
	Hosts func(slug string) []string
}

// Service is what the core team does with networks, and what a network sees of its own numbers.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	sources  Sources
	names    Names
	queue    Queue
	hosts    func(slug string) []string
}

// New makes the service.
func New(c Config) *Service {
	return &Service{tenants: c.Tenants, policies: c.Policies, sources: c.Sources, names: c.Names, queue: c.Queue, hosts: c.Hosts}
}

// Board is a page of the networks, with how many match and how all of them stand.
type Board struct {
	Networks []Network
	Total    int
	ByStatus map[tenants.Status]int
	Now      time.Time
}

// Networks lists the networks that the query asks for. The core team and operators may.
func (s *Service) Networks(ctx context.Context, sc tenants.Scope, q Query) (Board, error) {
	if err := s.policies.May(sc, policies.NetworkList, policies.On{}); err != nil {
		return Board{}, err
	}
	catalogue, err := s.tenants.All(ctx)
	if err != nil {
		return Board{}, err
	}
	catalogue = slices.DeleteFunc(catalogue, func(t tenants.Tenant) bool { return t.Kind != tenants.KindNetwork })
	all, err := s.standing(ctx, catalogue...)
	if err != nil {
		return Board{}, err
	}
	b := Board{ByStatus: map[tenants.Status]int{}, Now: time.Now()}
	for _, n := range all {
		b.ByStatus[n.Tenant.Status]++
	}
	b.Networks, b.Total = pick(all, q, b.Now)
	return b, nil
}

// standing adds to tenants how they stand: two queries, however many there are.
func (s *Service) standing(ctx context.Context, catalogue ...tenants.Tenant) ([]Network, error) {
	which := make([]ids.Tenant, len(catalogue))
	for i, t := range catalogue {
		which[i] = t.ID
	}
	progress, err := s.tenants.Progress(ctx, which...)
	if err != nil {
		return nil, err
	}
	counted, err := rollups(ctx, s.tenants.Platform().Read(), which...)
	if err != nil {
		return nil, err
	}
	all := make([]Network, len(catalogue))
	for i, t := range catalogue {
		row := counted[t.ID]
		all[i] = Network{Tenant: t, Progress: progress[t.ID], CountedAt: row.CountedAt}
		if all[i].Figures, err = row.figures(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Moment is a point of a network's history as the core knows it.
type Moment struct {
	At   time.Time
	What string // entered, provisioned, or an action of the trail
	Who  string
}

// Network shows one network with its history, newest first. The core team and operators may.
func (s *Service) Network(ctx context.Context, sc tenants.Scope, id ids.Tenant) (Network, []Moment, error) {
	if err := s.policies.May(sc, policies.NetworkList, policies.On{}); err != nil {
		return Network{}, nil, err
	}
	t, err := s.tenants.ByID(ctx, id)
	if err != nil {
		return Network{}, nil, err
	}
	if t.Kind != tenants.KindNetwork {
		return Network{}, nil, fault.NotFound()
	}
	all, err := s.standing(ctx, t)
	if err != nil {
		return Network{}, nil, err
	}
	history, err := s.history(ctx, sc, all[0])
	return all[0], history, err
}

// history puts together what the catalogue and the core's own trail know.
func (s *Service) history(ctx context.Context, sc tenants.Scope, n Network) ([]Moment, error) {
	rows, err := audit.List(ctx, sc.Read(), audit.Filter{SubjectKind: subject, SubjectID: n.Tenant.ID.String(), Limit: 100})
	if err != nil {
		return nil, err
	}
	persons := make([]ids.Person, 0, len(rows))
	for _, r := range rows {
		persons = append(persons, r.ActorPerson)
	}
	names, err := s.names(ctx, sc, persons)
	if err != nil {
		return nil, err
	}
	moments := []Moment{{At: n.Tenant.CreatedAt, What: "network.entered"}}
	if n.Ready() {
		moments = append(moments, Moment{At: n.Progress.EndedAt, What: "network.provisioned"})
	}
	for _, r := range rows {
		moments = append(moments, Moment{At: r.At, What: r.Action, Who: names[r.ActorPerson]})
	}
	slices.SortStableFunc(moments, func(a, b Moment) int { return b.At.Compare(a.At) })
	return moments, nil
}

// Own counts the actor's own network, but for applications in which they have a conflict of interest, and their reviews. When something
// last happened in it is not told, as it may have been to one of these. Its team may, and a funder; to a funder small numbers are told
// as a few.
func (s *Service) Own(ctx context.Context, sc tenants.Scope) (Figures, error) {
	if err := s.policies.May(sc, policies.AggregateRead, policies.On{}); err != nil {
		return Figures{}, err
	}
	exact, err := s.count(ctx, sc)
	if err != nil {
		return Figures{}, err
	}
	exact.LastActivity = time.Time{}
	if sc.Actor().Has(tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleFinance, tenants.RoleChair) {
		return exact.Plain(), nil
	}
	return exact.Figures(), nil
}

// Open enters a network into the catalogue; a job makes its database and then invites its first coordinator. The core
// team may. Faults: Invalid by field.
func (s *Service) Open(ctx context.Context, sc tenants.Scope, n tenants.New) (tenants.Tenant, error) {
	if err := s.policies.May(sc, policies.NetworkOpen, policies.On{}); err != nil {
		return tenants.Tenant{}, err
	}
	var bad []fault.Field
	if n.First.Name == "" {
		bad = append(bad, fault.At("first_name", "fault.required"))
	}
	if a, err := mail.ParseAddress(n.First.Email); err != nil || a.Address != n.First.Email {
		bad = append(bad, fault.At("first_email", "fault.email"))
	}
	if _, ok := ui.ParseColour(n.Brand.Primary); !ok {
		bad = append(bad, fault.At("primary", "oversight.colour"))
	}
	n.Kind, n.Hosts = tenants.KindNetwork, s.hosts(n.Slug)
	if bad = append(n.Check(), bad...); len(bad) > 0 {
		return tenants.Tenant{}, fault.Invalid("fault.check_fields", bad...)
	}
	opened, err := s.tenants.Create(ctx, n)
	if err != nil {
		return tenants.Tenant{}, err
	}
	return opened, s.note(ctx, sc, "network.opened", opened.ID)
}

// Suspend closes a network's site at once, on all nodes within half a second. Nothing is deleted. The core team may.
func (s *Service) Suspend(ctx context.Context, sc tenants.Scope, id ids.Tenant) error {
	if err := s.policies.May(sc, policies.NetworkSteer, policies.On{}); err != nil {
		return err
	}
	if err := s.tenants.Suspend(ctx, id); err != nil {
		return err
	}
	return s.note(ctx, sc, "network.suspended", id, events.NetworkSuspended{Network: id})
}

// Reopen returns a suspended network to where it was. The core team may.
func (s *Service) Reopen(ctx context.Context, sc tenants.Scope, id ids.Tenant) error {
	if err := s.policies.May(sc, policies.NetworkSteer, policies.On{}); err != nil {
		return err
	}
	if err := s.tenants.Reopen(ctx, id); err != nil {
		return err
	}
	return s.note(ctx, sc, "network.reopened", id)
}

// GoLive ends a network's preparation: from then on it counts as running its program. The core team may. Fault: Conflict
// when it is not in preparation.
func (s *Service) GoLive(ctx context.Context, sc tenants.Scope, id ids.Tenant) error {
	if err := s.policies.May(sc, policies.NetworkSteer, policies.On{}); err != nil {
		return err
	}
	if err := s.tenants.GoLive(ctx, id); err != nil {
		return err
	}
	return s.note(ctx, sc, "network.went_live", id)
}

const subject = "network"

// note keeps the act in the core's own trail; the catalogue itself is in the shared tables.
func (s *Service) note(ctx context.Context, sc tenants.Scope, action string, id ids.Tenant, then ...tenants.Event) error {
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: action, SubjectKind: subject, SubjectID: id.String()})
		for _, e := range then {
			tx.Announce(e)
		}
		return nil
	})
}
