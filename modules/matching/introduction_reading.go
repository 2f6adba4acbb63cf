package matching

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Introduced is an introduction as one of its organizations sees it.
type Introduced struct {
	ID        ids.Match
	State     ProposalState
	Note      string
	SentAt    time.Time
	DueAt     time.Time
	EndedAt   time.Time
	Own       Organization
	Answered  bool // by the own organization
	Accepted  bool // likewise
	Others    []Acquaintance
	MayAnswer bool
	Named     []Named // what their own organizations show to the others, or will once all have accepted
}

// Named is whom the others may turn to at an organization.
type Named struct {
	Organization Organization
	Contact      string
	Email        string // empty: only the name
	MayTake      bool   // the reader may take it back
}

// Acquaintance is another organization of an introduction, of another network or of the same.
type Acquaintance struct {
	Name     string // empty: it has taken its card back
	Network  string
	Accepted bool     // it has; that it has declined is told to nobody
	Meeting  *Meeting // what its card says and what fits, while the introduction is to be answered or made and the card is shown
	Contact  string   // likewise, once all have accepted; empty: it has named nobody, or shows no card just now
	Email    string
}

// Introductions lists what the core proposes to the actor's organizations, the newest first, without cards. Their people may.
func (s *Service) Introductions(ctx context.Context, sc tenants.Scope) ([]Introduced, error) {
	all, found, err := s.introducedAll(ctx, sc)
	if err != nil || len(found) == 0 {
		return found, err
	}
	return found, s.nameNetworks(ctx, all, found)
}

// OwedAbroad lists those of Introductions that the actor may answer, without the networks' names. Their people may.
func (s *Service) OwedAbroad(ctx context.Context, sc tenants.Scope) ([]Introduced, error) {
	_, found, err := s.introducedAll(ctx, sc)
	return slices.DeleteFunc(found, func(v Introduced) bool { return !v.MayAnswer }), err
}

// introducedAll is what the core proposes to the actor's organizations, and how they see it.
func (s *Service) introducedAll(ctx context.Context, sc tenants.Scope) ([]Introduction, []Introduced, error) {
	if err := s.policies.Ever(sc, policies.ProposalRead); err != nil {
		return nil, nil, err
	}
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead, tenants.RoleParticipant)
	if len(mine) == 0 || sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil, nil
	}
	all, err := introductionsTo(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, mine)
	if err != nil {
		return nil, nil, err
	}
	found := make([]Introduced, 0, len(all))
	for i := range all {
		if v, own := s.seenBy(sc, &all[i]); own >= 0 {
			found = append(found, v)
		}
	}
	return all, found, s.nameOwn(ctx, sc, found)
}

// nameOwn names those of the reader's own organizations that show their cards no more: at home it is known what they are called.
func (s *Service) nameOwn(ctx context.Context, sc tenants.Scope, found []Introduced) error {
	var nameless []*Organization
	for i := range found {
		v := &found[i]
		nameless = append(nameless, &v.Own)
		for n := range v.Named {
			nameless = append(nameless, &v.Named[n].Organization)
		}
	}
	nameless = slices.DeleteFunc(nameless, func(o *Organization) bool { return o.Name != "" })
	if len(nameless) == 0 {
		return nil
	}
	wanted := make([]ids.Organization, len(nameless))
	for i, o := range nameless {
		wanted[i] = o.ID
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, wanted)
	for _, o := range nameless {
		o.Name = known[o.ID].Name
	}
	return err
}

// seenBy is an introduction as the actor sees it, for that of their organizations that has to answer, or the first; and which of the
// parties that is.
func (s *Service) seenBy(sc tenants.Scope, p *Introduction) (Introduced, int) {
	own := -1
	may := func(o *Party) bool {
		return p.State == ProposalSent && o.AnsweredAt.IsZero() && s.policies.May(sc, policies.ProposalAnswer, of(o.Organization)) == nil
	}
	for i := range p.Parties {
		o := &p.Parties[i]
		if o.Network == sc.Tenant().ID && s.policies.May(sc, policies.ProposalRead, of(o.Organization)) == nil && (own < 0 || may(o)) {
			own = i
		}
	}
	if own < 0 || sc.Actor().System != "" {
		return Introduced{}, -1
	}
	us := &p.Parties[own]
	v := Introduced{
		ID: p.ID, State: p.State, Note: p.Note, SentAt: p.SentAt, DueAt: p.DueAt, EndedAt: p.EndedAt, Own: Organization{ID: us.Organization, Name: us.Name},
		Answered: !us.AnsweredAt.IsZero(), Accepted: us.Accepts, MayAnswer: may(us),
	}
	for i := range p.Parties {
		o := &p.Parties[i]
		if o.Contact != "" && o.Network == sc.Tenant().ID && s.policies.May(sc, policies.ProposalRead, of(o.Organization)) == nil {
			v.Named = append(v.Named, Named{
				Organization: Organization{ID: o.Organization, Name: o.Name}, Contact: o.Contact, Email: o.Email,
				MayTake: s.policies.May(sc, policies.ProposalAnswer, of(o.Organization)) == nil,
			})
		}
		if i == own {
			continue
		}
		v.Others = append(v.Others, Acquaintance{Name: o.Name, Accepted: o.Accepts && p.Live()})
	}
	return v, own
}

// nameNetworks says of which networks those are whom the actor meets.
func (s *Service) nameNetworks(ctx context.Context, all []Introduction, found []Introduced) error {
	everybody, err := s.tenants.All(ctx)
	if err != nil {
		return err
	}
	names := make(map[ids.Tenant]string, len(everybody))
	for i := range everybody {
		names[everybody[i].ID] = everybody[i].Name
	}
	for i := range found {
		p := &all[slices.IndexFunc(all, func(p Introduction) bool { return p.ID == found[i].ID })]
		at := 0
		for _, o := range p.Parties {
			if o.Organization == found[i].Own.ID {
				continue
			}
			found[i].Others[at].Network = names[o.Network]
			at++
		}
	}
	return nil
}

// Introduction shows what the core proposes to one of the actor's organizations, with the cards of the others while they show these, and
// once all have accepted with whom each has named. Their people may. Fault: NotFound.
func (s *Service) Introduction(ctx context.Context, sc tenants.Scope, id ids.Match) (Introduced, error) {
	v, _, err := s.introducedTo(ctx, sc, id)
	return v, err
}

func (s *Service) introducedTo(ctx context.Context, sc tenants.Scope, id ids.Match) (Introduced, Introduction, error) {
	if err := s.policies.Ever(sc, policies.ProposalRead); err != nil {
		return Introduced{}, Introduction{}, err
	}
	platform := s.tenants.Platform().Read()
	p, err := findIntroduction(ctx, platform, id)
	if err != nil {
		return Introduced{}, p, err
	}
	v, own := s.seenBy(sc, &p)
	if own < 0 {
		return v, p, fault.NotFound()
	}
	all := []Introduced{v}
	if err := s.nameOwn(ctx, sc, all); err != nil {
		return v, p, err
	}
	if err := s.nameNetworks(ctx, []Introduction{p}, all); err != nil {
		return v, p, err
	}
	v = all[0]
	if !p.Live() {
		return v, p, nil
	}
	shown, err := copiesNamed(ctx, platform, p.Organizations)
	if err != nil {
		return v, p, err
	}
	ours, ok := shown[ids.Organization(p.Parties[own].Card)]
	if !ok {
		return v, p, nil // who shows no card sees none
	}
	at := 0
	for i := range p.Parties {
		if i == own {
			continue
		}
		if c, ok := shown[ids.Organization(p.Parties[i].Card)]; ok {
			m := Meeting{Own: ours.Listed(), Other: c.Listed()}
			m.Other.Fit = fitOf(&m.Own, &m.Other)
			v.Others[at].Meeting = &m
			if p.State == ProposalAccepted {
				v.Others[at].Contact, v.Others[at].Email = p.Parties[i].Contact, p.Parties[i].Email
			}
		}
		at++
	}
	return v, p, nil
}

// Met is that an organization of the network was proposed to others, as the network's coordinators see it.
type Met struct {
	Name    string
	State   ProposalState
	SentAt  time.Time
	EndedAt time.Time
	With    []string // names of the others, once all have accepted; empty: it has taken its card back
}

// MetAbroad lists which of the network's organizations the core has proposed to others, the newest first. Coordinators may; what is about
// an organization in whose application they have a conflict of interest is left out.
func (s *Service) MetAbroad(ctx context.Context, sc tenants.Scope) ([]Met, error) {
	if err := s.policies.May(sc, policies.CommonOffer, policies.On{}); err != nil {
		return nil, err
	}
	all, err := introductionsTo(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, nil)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	against, err := s.around.Applications.Conflicting(ctx, sc)
	if err != nil {
		return nil, err
	}
	known, err := s.knownHere(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	var found []Met
	for i := range all {
		p := &all[i]
		if p.concerns(sc.Tenant().ID, against) {
			continue
		}
		for n := range p.Parties {
			if p.Parties[n].Network != sc.Tenant().ID {
				continue
			}
			m := Met{Name: cmp.Or(p.Parties[n].Name, known[p.Parties[n].Organization].Name), State: p.State, SentAt: p.SentAt, EndedAt: p.EndedAt}
			for k := range p.Parties {
				if k != n && p.State == ProposalAccepted {
					m.With = append(m.With, p.Parties[k].Name)
				}
			}
			found = append(found, m)
		}
	}
	return found, nil
}

// knownHere are those of the network's organizations among the parties that show their cards no more.
func (s *Service) knownHere(ctx context.Context, sc tenants.Scope, all []Introduction) (map[ids.Organization]Organization, error) {
	var wanted []ids.Organization
	for i := range all {
		for _, o := range all[i].Parties {
			if o.Network == sc.Tenant().ID && o.Name == "" {
				wanted = append(wanted, o.Organization)
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	return s.around.Organizations.Organizations(ctx, sc, wanted)
}
