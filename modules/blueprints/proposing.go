package blueprints

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// ReasonChars is how long the reason of a proposal, and the answer to it, are at most, in characters.
const ReasonChars = 2000

// tellJob is the job that tells whoever proposed what was decided.
const tellJob = "blueprints.tell"

// Propose sends a piece of the network's own program to the core team, which from then on can read this piece, the reason
// and the network's name, and nothing else. Coordinators and officers may. Faults: Invalid by field (reason), Conflict when
// the piece waits already, NotFound.
func (s *Service) Propose(ctx context.Context, sc tenants.Scope, p Proposal) (Proposal, error) {
	if err := s.policies.May(sc, policies.BlueprintPropose, policies.On{}); err != nil {
		return Proposal{}, err
	}
	version, err := s.Version(ctx, p.Blueprint, p.Number)
	if err != nil {
		return Proposal{}, err
	}
	if p.Reason == "" {
		return Proposal{}, fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	if len(p.Content) > programLimit/8 {
		return Proposal{}, fault.Invalid("blueprints.proposal.too_large")
	}
	proposed, err := p.In(version.Program)
	if err != nil {
		return Proposal{}, fault.NotFound()
	}
	if len(Compare(version.Program, proposed)) == 0 {
		return Proposal{}, fault.NotFound()
	}
	p.ID, p.Tenant, p.SentBy, p.State, p.Network = ids.New[ids.Proposal](), sc.Tenant().ID, sc.Actor().Person, ProposalWaiting, sc.Tenant().Name
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return insertProposal(ctx, tx, &p) })
	if err != nil {
		return Proposal{}, err
	}
	return p, s.note(ctx, sc, "blueprint.proposed", p.Blueprint, map[string]any{"piece": p.Piece})
}

// Withdraw takes back a proposal of the network's that waits. Coordinators and officers may. Faults: Conflict when it is
// decided, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, id ids.Proposal) error {
	if err := s.policies.May(sc, policies.BlueprintPropose, policies.On{}); err != nil {
		return err
	}
	p, err := proposalOf(ctx, s.tenants.Platform().Read(), thatOne(id), of(sc.Tenant().ID))
	if err != nil {
		return err
	}
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return decideProposal(ctx, tx, id, ProposalWithdrawn, "", sc.Actor().Person)
	})
	if err != nil {
		return err
	}
	return s.note(ctx, sc, "blueprint.withdrawn", p.Blueprint, map[string]any{"piece": p.Piece})
}

// seen narrows to what the actor may see: the core team all that was not withdrawn, a network its own.
func (s *Service) seen(sc tenants.Scope) (which, error) {
	if s.MayEdit(sc) {
		return inAnyBut(ProposalWithdrawn), nil
	}
	if err := s.policies.May(sc, policies.BlueprintPropose, policies.On{}); err != nil {
		return nil, err
	}
	return of(sc.Tenant().ID), nil
}

// Proposals lists proposals, those that wait first: for the core team all of them but those that were withdrawn, for a
// network's coordinators and officers its own.
func (s *Service) Proposals(ctx context.Context, sc tenants.Scope) ([]Proposal, error) {
	seen, err := s.seen(sc)
	if err != nil {
		return nil, err
	}
	return proposals(ctx, s.tenants.Platform().Read(), seen)
}

// Proposal is one proposal, with the newest version of its blueprint and the one that it was made from. The same may see
// it as the list. Fault: NotFound.
func (s *Service) Proposal(ctx context.Context, sc tenants.Scope, id ids.Proposal) (p Proposal, from, newest Version, err error) {
	seen, err := s.seen(sc)
	if err != nil {
		return p, from, newest, err
	}
	if p, err = proposalOf(ctx, s.tenants.Platform().Read(), thatOne(id), seen); err != nil {
		return p, from, newest, err
	}
	if from, err = s.Version(ctx, p.Blueprint, p.Number); err != nil {
		return p, from, newest, err
	}
	newest, err = s.Newest(ctx, p.Blueprint)
	return p, from, newest, err
}

// Accept takes a proposal into the next version, in place of what stands there; its network is told. The core team may.
// Faults: Conflict when it is decided or withdrawn, NotFound.
func (s *Service) Accept(ctx context.Context, sc tenants.Scope, id ids.Proposal, answer string) error {
	return s.decide(ctx, sc, id, ProposalAccepted, answer)
}

// Decline leaves a proposal out, with a reason; its network is told. The core team may. Faults: Invalid without a reason,
// Conflict when it is decided or withdrawn, NotFound.
func (s *Service) Decline(ctx context.Context, sc tenants.Scope, id ids.Proposal, answer string) error {
	return s.decide(ctx, sc, id, ProposalDeclined, answer)
}

func (s *Service) decide(ctx context.Context, sc tenants.Scope, id ids.Proposal, state ProposalState, answer string) error {
	if err := s.policies.May(sc, policies.BlueprintEdit, policies.On{}); err != nil {
		return err
	}
	p, err := proposalOf(ctx, s.tenants.Platform().Read(), thatOne(id), inAnyBut(ProposalWithdrawn))
	if err != nil {
		return err
	}
	if state == ProposalDeclined && answer == "" {
		return fault.Invalid("fault.check_fields", fault.At("answer", "fault.required"))
	}
	n, err := s.Next(ctx, sc, p.Blueprint)
	if err != nil {
		return err
	}
	action := "blueprint.declined"
	if state == ProposalAccepted {
		action = "blueprint.accepted"
		if n.Program, err = p.In(n.Program); err != nil {
			return err
		}
	}
	by := sc.Actor().Person
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := decideProposal(ctx, tx, id, state, answer, by); err != nil {
			return err
		}
		tx.Enqueue(tellJob, told{p.ID})
		if state != ProposalAccepted {
			return nil
		}
		return n.save(ctx, tx, by)
	})
	if err != nil {
		return err
	}
	return s.note(ctx, sc, action, p.Blueprint, map[string]any{"piece": p.Piece, "network": p.Tenant.String()})
}

type told struct {
	Proposal ids.Proposal `json:"proposal"`
}

// tell tells whoever sent a proposal what was decided, inside their network. A network that is closed is not told.
func (s *Service) tell(ctx context.Context, args told) error {
	p, err := proposalOf(ctx, s.tenants.Platform().Read(), thatOne(args.Proposal))
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	tenant, err := s.tenants.ByID(ctx, p.Tenant)
	if err != nil {
		return err
	}
	if !tenant.Status.Writable() || p.SentBy.IsZero() {
		return nil
	}
	return s.tenants.Bind(tenant, tenants.SystemActor(tellJob)).Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.NotificationRequested{
			ID: ids.Notification(p.ID), Person: p.SentBy, Key: "blueprints.notify." + string(p.State), Path: "/proposals/" + p.ID.String(),
		})
		return nil
	})
}

// Waiting counts the proposals that wait for the core team.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.May(sc, policies.BlueprintEdit, policies.On{}); err != nil {
		return 0, err
	}
	found, err := proposals(ctx, s.tenants.Platform().Read(), inState(ProposalWaiting))
	return len(found), err
}

// Family is who uses a blueprint: the versions, the newest first, and each network's use. The core team may see it. Fault:
// NotFound.
func (s *Service) Family(ctx context.Context, sc tenants.Scope, blueprint string) ([]Edition, []Use, error) {
	if err := s.policies.May(sc, policies.BlueprintEdit, policies.On{}); err != nil {
		return nil, nil, err
	}
	all, err := s.Editions(ctx)
	if err != nil {
		return nil, nil, err
	}
	all = slices.DeleteFunc(all, func(e Edition) bool { return e.Blueprint != blueprint })
	if len(all) == 0 {
		return nil, nil, fault.NotFound()
	}
	uses, err := usesOf(ctx, s.tenants.Platform().Read(), blueprint)
	return all, uses, err
}
