package accounts

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Member is a line of the list of people.
type Member struct {
	Person ids.Person
	Name   string
	Email  string
	Roles  []tenants.Role
	Since  time.Time
}

// Pending is an invitation that waits for an answer.
type Pending struct {
	ID      ids.Invitation
	Name    string
	Email   string
	Role    tenants.Role
	Expires time.Time
}

// TeamQuery is what a listing of the team asks for.
type TeamQuery struct {
	Search string
	Role   tenants.Role
	Sort   string // name (default) or since
	Desc   bool
}

// Team lists the network's own people with their roles, and the open invitations. Coordinators and officers may. A team
// is a few dozen people, so it is ordered here, by the reader's alphabet.
func (s *Service) Team(ctx context.Context, sc tenants.Scope, q TeamQuery) ([]Member, []Pending, error) {
	if err := s.policies.May(sc, policies.PersonList, policies.On{}); err != nil {
		return nil, nil, err
	}
	held, err := tenants.Holders(ctx, sc.Read(), slices.Concat(tenants.NetworkRoles, tenants.CoreRoles)...)
	if err != nil {
		return nil, nil, err
	}
	var persons []ids.Person
	members := map[ids.Person]*Member{}
	for _, h := range held {
		m, ok := members[h.Person]
		if !ok {
			m = &Member{Person: h.Person, Since: h.GrantedAt}
			members[h.Person] = m
			persons = append(persons, h.Person)
		}
		m.Roles = append(m.Roles, h.Role)
	}
	cards, err := s.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, nil, err
	}
	team := make([]Member, 0, len(persons))
	for _, id := range persons {
		m := members[id]
		m.Name, m.Email = cards[id].Name, cards[id].Email
		team = append(team, *m)
	}
	team = q.pick(sc.Actor().Locale, team)
	pending, err := openInvitations(ctx, sc.Read(), ids.Organization{})
	return team, pending, err
}

func (q TeamQuery) pick(l i18n.Locale, team []Member) []Member {
	team = slices.DeleteFunc(team, func(m Member) bool {
		key := i18n.SearchKey(m.Name + " " + m.Email)
		for _, word := range i18n.SearchWords(q.Search) {
			if !strings.Contains(key, word) {
				return true
			}
		}
		return q.Role != "" && !slices.Contains(m.Roles, q.Role)
	})
	i18n.Sort(l, team, func(m Member) string { return m.Name })
	if q.Sort == "since" {
		slices.SortStableFunc(team, func(a, b Member) int { return a.Since.Compare(b.Since) })
	}
	if q.Desc {
		slices.Reverse(team)
	}
	return team
}

// Alone reports whether one person runs the program and nobody else is invited to. Coordinators may ask.
func (s *Service) Alone(ctx context.Context, sc tenants.Scope) (bool, error) {
	if err := s.policies.May(sc, policies.PersonInvite, policies.On{}); err != nil {
		return false, err
	}
	return alone(ctx, sc.Read())
}

// Dismiss takes a role of the network's team from somebody; their next request is without it. A coordinator may, but
// not the last coordinator from themselves. Faults: NotFound, Conflict.
func (s *Service) Dismiss(ctx context.Context, sc tenants.Scope, person ids.Person, role tenants.Role) error {
	if err := s.policies.May(sc, policies.PersonRevoke, policies.On{}); err != nil {
		return err
	}
	if !role.Staff() {
		return fault.NotFound()
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		// Counted again inside the lock: two coordinators may dismiss each other at once.
		if err := lockRoles(ctx, tx); err != nil {
			return err
		}
		held, err := tx.RevokeRole(ctx, person, tenants.Grant{Role: role})
		if err != nil || !held {
			return orNotFound(err)
		}
		left, err := tenants.Holders(ctx, tx, role)
		if err != nil {
			return err
		}
		if len(left) == 0 && (role == tenants.RoleCoordinator || role == tenants.RoleCoreTeam) {
			return fault.Conflict("accounts.people.last")
		}
		tx.Audit(audit.Entry{Action: "person.dismissed", SubjectKind: "person", SubjectID: person.String(), Detail: map[string]any{"role": string(role)}})
		return nil
	})
}
