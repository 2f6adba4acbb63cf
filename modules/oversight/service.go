package oversight

import (
	"context"
	"net/mail"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// Service is what the core team does with networks.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	hosts    func(slug string) []string
}

// New makes the service. hosts tells under which hosts a network of that slug is served, the canonical one first.
func New(t *tenants.Tenants, p *policies.Authorizer, hosts func(slug string) []string) *Service {
	return &Service{tenants: t, policies: p, hosts: hosts}
}

// Network is one line of the board.
type Network struct {
	Tenant   tenants.Tenant
	Progress tenants.Progress
	Ready    bool // provisioned to the end
}

// Networks lists all networks by name. The core team and operators may.
func (s *Service) Networks(ctx context.Context, sc tenants.Scope) ([]Network, error) {
	if err := s.policies.May(sc, policies.NetworkList, policies.On{}); err != nil {
		return nil, err
	}
	all, err := s.tenants.All(ctx)
	if err != nil {
		return nil, err
	}
	var which []ids.Tenant
	for _, t := range all {
		which = append(which, t.ID)
	}
	progress, err := s.tenants.Progress(ctx, which...)
	if err != nil {
		return nil, err
	}
	var networks []Network
	for _, t := range all {
		if t.Kind == tenants.KindNetwork {
			networks = append(networks, Network{Tenant: t, Progress: progress[t.ID], Ready: progress[t.ID].Done})
		}
	}
	return networks, nil
}

// Network shows one network. The core team and operators may.
func (s *Service) Network(ctx context.Context, sc tenants.Scope, id ids.Tenant) (Network, error) {
	if err := s.policies.May(sc, policies.NetworkList, policies.On{}); err != nil {
		return Network{}, err
	}
	t, err := s.tenants.ByID(ctx, id)
	if err != nil {
		return Network{}, err
	}
	if t.Kind != tenants.KindNetwork {
		return Network{}, fault.NotFound()
	}
	progress, err := s.tenants.Progress(ctx, id)
	return Network{Tenant: t, Progress: progress[id], Ready: progress[id].Done}, err
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
	return s.note(ctx, sc, "network.suspended", id)
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

// note keeps the act in the core's own trail; the catalogue itself is in the shared tables.
func (s *Service) note(ctx context.Context, sc tenants.Scope, action string, id ids.Tenant) error {
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: action, SubjectKind: "network", SubjectID: id.String()})
		return nil
	})
}
