package matching

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// A round of the common pool is a round like a network's, of copies instead of organizations: they go by the names of their copies
// everywhere in it. What no card says cannot be a rule of it.

// notCommon are the criteria that no round of the common pool has: nobody there knows who has worked together, and no card says in
// which region somebody is.
var notCommon = []Criterion{ByRelation, ByRegions}

// criteria are those by which pairs of the pool get points, what usually counts most first.
func (k PoolKind) criteria() []Criterion {
	return slices.DeleteFunc(slices.Clone(Criteria), func(c Criterion) bool {
		return k == SharedPool && slices.Contains(notCommon, c) || k != SharedPool && c == ByNetworks
	})
}

// strip takes from rules what cannot be one in the pool.
func (k PoolKind) strip(g *Rules) {
	known := k.criteria()
	for _, c := range Criteria {
		if !slices.Contains(known, c) {
			*g.Weights.of(c) = 0
		}
	}
	if k == SharedPool {
		g.New, g.Once = false, false
	} else {
		g.Networks = false
	}
}

// unknowable is what rules ask for that no card of the common pool says.
func (r *Round) unknowable() []fault.Field {
	var bad []fault.Field
	for n := range r.Rules.Seats {
		if r.Rules.Seats[n].Kind != "" {
			bad = append(bad, fault.At(seatField(n, "kind"), "fault.choose"))
		}
	}
	return bad
}

// CommonRules are those with which a new round of the common pool begins.
func CommonRules() Rules {
	g := UsualRules()
	g.Networks = true
	SharedPool.strip(&g)
	return g
}

// poolIn is the pool with which a round begins.
func poolIn(sc tenants.Scope) PoolKind {
	if sc.Tenant().Kind == tenants.KindCore {
		return SharedPool
	}
	return CardsPool
}

func usualIn(sc tenants.Scope) Rules {
	if sc.Tenant().Kind == tenants.KindCore {
		return CommonRules()
	}
	return UsualRules()
}

// roundIn is a round of which only the address is asked.
func roundIn(sc tenants.Scope, id ids.Round) *Round { return &Round{ID: id, Pool: poolIn(sc)} }

// steers reports whether the actor may make rounds: coordinators those of their network, the core team those of the common pool.
func (s *Service) steers(sc tenants.Scope) error {
	action := policies.RoundManage
	if sc.Tenant().Kind == tenants.KindCore {
		action = policies.CommonMatch
	}
	return s.policies.May(sc, action, policies.On{})
}

// pooled are the cards that are shown in the common pool, by copy.
func (s *Service) pooled(ctx context.Context, r *Round) ([]Member, error) {
	all, err := copies(ctx, s.tenants.Platform().Read(), ids.Tenant{})
	if err != nil {
		return nil, err
	}
	busy, err := introduced(ctx, s.tenants.Platform().Read(), r.ID)
	if err != nil {
		return nil, err
	}
	members := make([]Member, len(all))
	for i := range all {
		m := Member{Listed: all[i].Listed()}
		m.NetworkID, m.Card.InPool = all[i].Network, true
		switch {
		case busy[m.ID]:
			m.Out = Matched
		case !slices.ContainsFunc(r.Rules.Seats, func(s Seat) bool { return s.Takes(m.Country, "") }):
			m.Out = Unseated
		}
		members[i] = m
	}
	return members, nil
}

// nameCopies names copies with their networks, those that are there.
func (s *Service) nameCopies(ctx context.Context, names map[ids.Organization]string, wanted []ids.Organization) error {
	found, err := namedCopies(ctx, s.tenants.Platform().Read(), wanted)
	for _, id := range wanted {
		names[id] = found[id]
	}
	return err
}

// forgetJob has the core's runs forget what they knew of cards that are shown no more.
const forgetJob = "matching.forget_cards"

// forgetGone makes nothing be kept of cards in the core's runs that are shown no more, but for what the solver was asked and has answered:
// how many points their pairs were worth and, for three seats or four, their country. Runs that go on are left for when they have ended.
func (s *Service) forgetGone(ctx context.Context, sc tenants.Scope) error {
	kept, err := keptInRuns(ctx, sc.Read())
	if err != nil || len(kept) == 0 {
		return err
	}
	there, err := amongCopies(ctx, s.tenants.Platform().Read(), kept)
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(kept, func(id ids.Organization) bool { return slices.Contains(there, id) })
	if len(gone) == 0 {
		return nil
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return forgetInRuns(ctx, tx, gone) })
}

// nameGone says of what has no name why.
func nameGone(p ui.Page, names map[ids.Organization]string) {
	for id, name := range names {
		if name == "" {
			names[id] = p.T("matching.common.gone")
		}
	}
}

// partialityAbroad is what keeps somebody of the core team from its rounds: an organization of theirs, in whatever network, that shows
// its card.
func (s *Service) partialityAbroad(ctx context.Context, sc tenants.Scope) (bias, error) {
	var a bias
	theirs, err := networksOf(ctx, s.tenants.Platform().Read(), sc.Actor().Identity)
	if err != nil {
		return a, err
	}
	for _, id := range theirs {
		network, err := s.tenants.ByID(ctx, id)
		if err != nil {
			return a, err
		}
		if network.Kind != tenants.KindNetwork || network.SchemaVersion == 0 {
			continue
		}
		led, err := organizationsOf(ctx, s.tenants.Bind(network, tenants.SystemActor(ShareJob)).Read(), sc.Actor().Identity)
		if err != nil {
			return a, err
		}
		if len(led) == 0 {
			continue
		}
		copied, err := copiedOf(ctx, s.tenants.Platform().Read(), id)
		if err != nil {
			return a, err
		}
		a.cards = a.cards || slices.ContainsFunc(led, func(o ids.Organization) bool { return slices.Contains(copied, o) })
	}
	return a, nil
}

// place says where a member of a round is, and what it is.
func (m *Member) place(p ui.Page) string {
	if m.NetworkID.IsZero() {
		return m.at(p) + " · " + kindName(p, m.Form)
	}
	return m.abroadAt(p)
}

func roundsLead(kind tenants.Kind) string {
	if kind == tenants.KindCore {
		return "matching.common.rounds_lead"
	}
	return "matching.rounds.lead"
}

func roundsNone(kind tenants.Kind) string {
	if kind == tenants.KindCore {
		return "matching.common.rounds_none"
	}
	return "matching.rounds.none_text"
}

// TogetherCalls are the open calls of the network to which organizations can apply together, for whoever leads one that was introduced to
// others. Who reads the introduction may.
func (s *Service) TogetherCalls(ctx context.Context, sc tenants.Scope, v *Introduced) ([]Call, error) {
	if err := s.policies.May(sc, policies.ProposalRead, of(v.Own.ID)); err != nil {
		return nil, err
	}
	leads := s.policies.May(sc, policies.ProposalAnswer, of(v.Own.ID)) == nil
	if v.State != ProposalAccepted || !leads {
		return nil, nil
	}
	return s.around.Applications.Joint(ctx, sc)
}
