package tenants

import (
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Role is what a person may be in a network (or in the core).
type Role string

// The roles of a membership. Lead and participant are held for an organization.
const (
	RoleCoordinator Role = "coordinator"
	RoleOfficer     Role = "officer"
	RoleFinance     Role = "finance"
	RoleReviewer    Role = "reviewer"
	RoleChair       Role = "chair"
	RoleFacilitator Role = "facilitator"
	RoleLead        Role = "lead"
	RoleParticipant Role = "participant"
	RoleFunder      Role = "funder"
	RoleCoreTeam    Role = "core_team"
	RoleOperator    Role = "operator"
)

// NetworkRoles are the roles of a network's own team, which its coordinator gives.
var NetworkRoles = []Role{
	RoleCoordinator, RoleOfficer, RoleFinance, RoleReviewer, RoleChair, RoleFacilitator, RoleFunder,
}

// CoreRoles are the roles of the core's team beside those of a network.
var CoreRoles = []Role{RoleCoreTeam, RoleOperator}

// OrganizationRoles are the roles that somebody has for an organization.
var OrganizationRoles = []Role{RoleLead, RoleParticipant}

// ParseRole reads a role's name, and false for anything else.
func ParseRole(name string) (Role, bool) {
	role := Role(name)
	return role, slices.Contains(NetworkRoles, role) || slices.Contains(CoreRoles, role) || slices.Contains(OrganizationRoles, role)
}

// Staff reports whether the role works for the network rather than for an organization; their sessions are shorter.
func (r Role) Staff() bool { return !slices.Contains(OrganizationRoles, r) }

// Grant is one role that a person holds.
type Grant struct {
	Role         Role             `json:"role"`
	Organization ids.Organization `json:"organization,omitzero"`
}

// Actor is who acts: a signed-in person with the roles that their memberships give right now, a visitor, or a named
// part of the system.
type Actor struct {
	Person   ids.Person
	Identity ids.Identity
	Session  ids.Session
	Token    ids.Token // the personal token that stands in for a session; with it nothing can be changed
	Name     string
	Email    string
	Locale   i18n.Locale
	Grants   []Grant
	System   string // the name of a part of the system; empty for people
}

// Visitor is anybody who has not signed in.
func Visitor() Actor { return Actor{} }

// SystemActor is a named part of the system that acts without a person, such as a job or a reaction.
func SystemActor(name string) Actor { return Actor{System: name} }

// Signed reports whether a person has signed in.
func (a Actor) Signed() bool { return !a.Person.IsZero() }

// Has reports whether the actor holds one of the roles.
func (a Actor) Has(roles ...Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(roles, g.Role) })
}

// OrganizationsAs lists the organizations for which the actor holds one of the roles; with none given, any role.
func (a Actor) OrganizationsAs(roles ...Role) []ids.Organization {
	var organizations []ids.Organization
	for _, g := range a.Grants {
		if g.Organization.IsZero() || len(roles) > 0 && !slices.Contains(roles, g.Role) {
			continue
		}
		if !slices.Contains(organizations, g.Organization) {
			organizations = append(organizations, g.Organization)
		}
	}
	return organizations
}
