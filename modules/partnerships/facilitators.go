package partnerships

import (
	"context"
	"slices"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
	"kervan/policies"
	"kervan/tenants"
)

// Want is what an organization wants to become stronger in, the first first, and the languages in which it works.
type Want struct {
	Topics    []string
	Languages []string
}

// Needs tell what partnerships need from whoever accompanies them, each in a fixed number of queries. The applications, matching,
// organizations and selection modules satisfy it.
type Needs interface {
	// Topics are what the organizations of applications want to become stronger in, a list for each, the first first.
	Topics(ctx context.Context, sc tenants.Scope, applications []ids.Application) (map[ids.Application][][]string, error)
	Wants(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Organization]Want, error)
	// Barred are who has a conflict of interest in each of the applications.
	Barred(ctx context.Context, sc tenants.Scope, applications []ids.Application) (map[ids.Application][]ids.Person, error)
}

// Facilitator is somebody who can accompany partnerships, with what is known of them and what they have to do.
type Facilitator struct {
	ID    ids.Person
	Name  string
	Email string
	Profile
	Accompanying
}

// Facilitators lists those who can accompany partnerships, by name. Coordinators may.
func (s *Service) Facilitators(ctx context.Context, sc tenants.Scope) ([]Facilitator, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return nil, err
	}
	return s.facilitators(ctx, sc)
}

func (s *Service) facilitators(ctx context.Context, sc tenants.Scope) ([]Facilitator, error) {
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleFacilitator)
	if err != nil {
		return nil, err
	}
	persons := make([]ids.Person, len(held))
	for i, m := range held {
		persons[i] = m.Person
	}
	known, err := s.people.Persons(ctx, sc, persons)
	if err != nil {
		return nil, err
	}
	told, err := profiles(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	loads, err := accompanying(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	all := make([]Facilitator, len(persons))
	for i, id := range persons {
		all[i] = Facilitator{ID: id, Name: known[id].Name, Email: known[id].Email, Profile: told[id], Accompanying: loads[id]}
	}
	i18n.Sort(sc.Actor().Locale, all, func(f Facilitator) string { return f.Name })
	return all, nil
}

// Unaccompanied is how many partnerships that go on nobody accompanies, where there is somebody who could, without those in which the
// actor has a conflict of interest. To all but coordinators it is none.
func (s *Service) Unaccompanied(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return 0, nil //nolint:nilerr // it is not theirs to know
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleFacilitator)
	if err != nil || len(held) == 0 {
		return 0, err
	}
	all, err := pick(ctx, sc.Read(), Query{Unaccompanied: true})
	if err != nil {
		return 0, err
	}
	partial, err := s.partialIn(ctx, sc, all)
	return len(all) - len(partial), err
}

// Profiling is a profile with what its form offers.
type Profiling struct {
	Profile

	Name  string                            // whose it is; empty: the actor's own
	Among []ids.Organization                // with which one may have a conflict of interest, by name
	Cards map[ids.Organization]Organization // of these
}

// OwnProfile is what the actor has said of themselves. Facilitators may.
func (s *Service) OwnProfile(ctx context.Context, sc tenants.Scope) (Profiling, error) {
	if err := s.policies.May(sc, policies.FacilitatorSelf, policies.On{}); err != nil {
		return Profiling{}, err
	}
	return s.profiling(ctx, sc, sc.Actor().Person)
}

// FacilitatorProfile is what is known of somebody who can accompany partnerships. Coordinators may. Fault: NotFound.
func (s *Service) FacilitatorProfile(ctx context.Context, sc tenants.Scope, id ids.Person) (Profiling, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return Profiling{}, err
	}
	if err := s.isFacilitator(ctx, sc, id); err != nil {
		return Profiling{}, err
	}
	known, err := s.people.Persons(ctx, sc, []ids.Person{id})
	if err != nil {
		return Profiling{}, err
	}
	v, err := s.profiling(ctx, sc, id)
	v.Name = known[id].Name
	return v, err
}

func (s *Service) profiling(ctx context.Context, sc tenants.Scope, id ids.Person) (Profiling, error) {
	p, err := profileOf(ctx, sc.Read(), id)
	if err != nil {
		return Profiling{}, err
	}
	sitting, err := seated(ctx, sc.Read())
	if err != nil {
		return Profiling{}, err
	}
	v := Profiling{Profile: p, Among: sitting}
	for _, o := range p.Conflicts {
		if !slices.Contains(v.Among, o) {
			v.Among = append(v.Among, o)
		}
	}
	if v.Cards, err = s.organizations.Cards(ctx, sc, v.Among); err != nil {
		return Profiling{}, err
	}
	i18n.Sort(sc.Actor().Locale, v.Among, func(o ids.Organization) string { return v.Cards[o].Name })
	return v, nil
}

func (s *Service) isFacilitator(ctx context.Context, sc tenants.Scope, id ids.Person) error {
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleFacilitator)
	if err == nil && !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == id }) {
		err = fault.NotFound()
	}
	return err
}

// SaveOwnProfile keeps what the actor says of themselves; the coordinators are told of a new conflict of interest in a partnership that
// the actor accompanies. Facilitators may. Faults: Invalid by field, Conflict when it was changed in the meantime.
func (s *Service) SaveOwnProfile(ctx context.Context, sc tenants.Scope, p Profile) error {
	if err := s.policies.May(sc, policies.FacilitatorSelf, policies.On{}); err != nil {
		return err
	}
	p.Person = sc.Actor().Person
	return s.saveProfile(ctx, sc, p)
}

// SaveFacilitatorProfile keeps what is known of somebody who can accompany partnerships; the other coordinators are told as by
// SaveOwnProfile. Coordinators may. Faults: Invalid by field, Conflict when it was changed in the meantime, NotFound.
func (s *Service) SaveFacilitatorProfile(ctx context.Context, sc tenants.Scope, p Profile) error {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return err
	}
	if err := s.isFacilitator(ctx, sc, p.Person); err != nil {
		return err
	}
	return s.saveProfile(ctx, sc, p)
}

func (s *Service) saveProfile(ctx context.Context, sc tenants.Scope, p Profile) error {
	bad := p.check()
	cards, err := s.organizations.Cards(ctx, sc, p.Conflicts)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.Conflicts, func(o ids.Organization) bool { return cards[o].Name == "" }) {
		bad = append(bad, fault.At("conflict", "fault.choose"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		before, err := profileOf(ctx, tx, p.Person)
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "facilitator.profile_changed", SubjectKind: "person", SubjectID: p.Person.String()})
		if err := keepProfile(ctx, tx, &p); err != nil {
			return err
		}
		declared := slices.DeleteFunc(slices.Clone(p.Conflicts), func(o ids.Organization) bool { return slices.Contains(before.Conflicts, o) })
		return s.warnOfDeclared(ctx, tx, p.Person, declared)
	})
}

// needs are what partnerships need from whoever accompanies them: what their applications and their organizations' cards name,
// in a fixed number of queries.
func (s *Service) needs(ctx context.Context, sc tenants.Scope, all []Partnership, cards map[ids.Organization]Organization) (map[ids.Partnership]Need, error) {
	brought, err := broughtBy(ctx, sc.Read(), all)
	if err != nil {
		return nil, err
	}
	var applications []ids.Application
	var organizations []ids.Organization
	for i := range all {
		applications = append(applications, brought[all[i].ID]...)
		organizations = append(organizations, all[i].Organizations()...)
	}
	topics, err := s.Needs.Topics(ctx, sc, applications)
	if err != nil {
		return nil, err
	}
	wants, err := s.Needs.Wants(ctx, sc, organizations)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Partnership]Need, len(all))
	for i := range all {
		p := &all[i]
		var n Need
		name := func(list []string) {
			for k, key := range list {
				n.Topics = append(n.Topics, expertise.Ranked{Key: key, Rank: k + 1})
			}
		}
		for _, a := range brought[p.ID] {
			for _, list := range topics[a] {
				name(list)
			}
		}
		for _, o := range p.Organizations() {
			name(wants[o].Topics)
			n.Languages, n.Countries = append(n.Languages, wants[o].Languages), append(n.Countries, string(cards[o].Country))
		}
		found[p.ID] = n
	}
	return found, nil
}

// clashes finds the conflicts of interest between people and partnerships, in a fixed number of queries.
func (s *Service) clashes(ctx context.Context, sc tenants.Scope, all []Partnership, persons []ids.Person) (map[pair]ConflictKind, error) {
	found := map[pair]ConflictKind{}
	if len(all) == 0 || len(persons) == 0 {
		return found, nil
	}
	brought, err := broughtBy(ctx, sc.Read(), all)
	if err != nil {
		return nil, err
	}
	var applications []ids.Application
	var organizations []ids.Organization
	for i := range all {
		applications = append(applications, brought[all[i].ID]...)
		organizations = append(organizations, all[i].Organizations()...)
	}
	barred, err := s.Needs.Barred(ctx, sc, applications)
	if err != nil {
		return nil, err
	}
	ties, domains, err := s.ties(ctx, sc, organizations, persons)
	if err != nil {
		return nil, err
	}
	for i := range all {
		p := &all[i]
		var out []ids.Person
		for _, a := range brought[p.ID] {
			out = append(out, barred[a]...)
		}
		for k := range ties {
			if kind, ok := ties[k].clash(p, domains, out); ok {
				found[pair{p.ID, ties[k].person}] = kind
			}
		}
	}
	return found, nil
}

// ties are what is known of people by which conflicts of interest are seen, and the domains of organizations' people.
func (s *Service) ties(ctx context.Context, sc tenants.Scope, organizations []ids.Organization, persons []ids.Person) ([]tie, map[ids.Organization][]string, error) {
	members, err := tenants.MembersOf(ctx, sc.Read(), organizations...)
	if err != nil {
		return nil, nil, err
	}
	own, err := tenants.MembershipsOf(ctx, sc.Read(), persons...)
	if err != nil {
		return nil, nil, err
	}
	everybody := slices.Clone(persons)
	for _, m := range members {
		everybody = append(everybody, m.Person)
	}
	known, err := s.people.Persons(ctx, sc, everybody)
	if err != nil {
		return nil, nil, err
	}
	told, err := profiles(ctx, sc.Read())
	if err != nil {
		return nil, nil, err
	}
	domains := map[ids.Organization][]string{}
	for _, m := range members {
		if d := mail.Belonging(known[m.Person].Email); d != "" {
			domains[m.Organization] = append(domains[m.Organization], d)
		}
	}
	all := make([]tie, len(persons))
	for i, id := range persons {
		all[i] = tie{person: id, email: known[id].Email, declared: told[id].Conflicts}
		for _, m := range own {
			if m.Person == id {
				all[i].organizations = append(all[i].organizations, m.Organization)
			}
		}
	}
	return all, domains, nil
}
