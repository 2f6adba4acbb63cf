package selection

import (
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/mail"
	"kervan/modules/selection/reviewers"
)

// ConflictKind says what somebody's conflict of interest is.
type ConflictKind string

// The kinds of conflict. The first five are found by the program, of which the first can be declared as well; the others only
// their person can know.
const (
	ConflictMembership  ConflictKind = "membership"  // belongs to an applicant
	ConflictInvitation  ConflictKind = "invitation"  // was invited to the application, or their organization was
	ConflictPartnership ConflictKind = "partnership" // their organization is or was in a partnership with an applicant
	ConflictPeople      ConflictKind = "people"      // somebody belongs to their organization and to an applicant
	ConflictDomain      ConflictKind = "domain"      // writes from an applicant's e-mail domain
	ConflictWork        ConflictKind = "work"        // works or worked for an applicant
	ConflictFamily      ConflictKind = "family"      // family or close friends
	ConflictMoney       ConflictKind = "money"       // would gain or lose by the decision
	ConflictCooperation ConflictKind = "cooperation"
	ConflictDispute     ConflictKind = "dispute"
	ConflictOther       ConflictKind = "other"
)

// Declarable are the kinds that people declare.
var Declarable = []ConflictKind{
	ConflictMembership, ConflictWork, ConflictFamily, ConflictMoney, ConflictCooperation, ConflictDispute, ConflictOther,
}

// conflictKinds are all of them.
var conflictKinds = []ConflictKind{
	ConflictMembership, ConflictInvitation, ConflictPartnership, ConflictPeople, ConflictDomain, ConflictWork, ConflictFamily, ConflictMoney,
	ConflictCooperation, ConflictDispute, ConflictOther,
}

// ParseConflictKind accepts exactly the kinds that people declare.
func ParseConflictKind(name string) (ConflictKind, bool) {
	k := ConflictKind(name)
	return k, slices.Contains(Declarable, k)
}

// MaxNote is how many characters a note to a conflict has at most.
const MaxNote = 1000

// Conflict keeps a person from an application.
type Conflict struct {
	ID           ids.Change
	Call         ids.Call
	Application  ids.Application
	Person       ids.Person
	Kind         ConflictKind
	Note         string
	Detected     bool
	At           time.Time
	UndoneAt     time.Time
	UndoneBy     ids.Person
	UndoneReason string
}

// Stands reports whether the conflict holds.
func (c *Conflict) Stands() bool { return c.UndoneAt.IsZero() }

// Judge is somebody who reviews or decides, with what could tie them to applicants.
type Judge struct {
	Person        ids.Person
	Email         string
	Organizations []ids.Organization // to which they belong
	Partners      []ids.Organization // with which one of these is or was in a partnership
	Sharing       []ids.Organization // to which somebody belongs who belongs to one of these, too
	Home          []reviewers.Home   // what their organizations in networks that lend them are recognized by
	Reviews       bool               // a reviewer or the chair: their e-mail domain is looked at as well
}

// Guest is who was invited to an application: an organization of the network, or an address.
type Guest struct {
	Organization ids.Organization
	Email        string
}

// Traces are what is known of applicants and applications, by which ties are seen.
type Traces struct {
	Emails map[ids.Organization][]string // of each organization's people
	Guests map[ids.Application][]Guest   // of each application, whatever they answered
	Signs  map[ids.Organization][]string // what applicants are recognized by; only where somebody is lent
	Said   []Tie                         // what judges of anonymous calls have said of organizations
}

// Tie is what somebody has said of an organization that applies in a call: how they are tied to it, or, without a kind, that they
// are impartial.
type Tie struct {
	Call         ids.Call
	Person       ids.Person
	Organization ids.Organization
	Kind         ConflictKind
	UndoneAt     time.Time // zero: it was not taken back
}

// Holds reports whether they are tied.
func (t *Tie) Holds() bool { return t.Kind != "" && t.UndoneAt.IsZero() }

// Detect finds the conflicts of interest that can be seen from outside: somebody belongs to an applying organization, was
// invited to the application, or their organization was, or it is or was in a partnership with an applicant, or shares somebody
// with one; or they review and have an address under the same registered domain as one of an applicant's people, or have said
// themselves that they are not impartial to one. So whoever decides is held to what reviewers are held to, but for the domain: the
// team of a network writes from that of its house, as the organizations may that the house is home to. Of reviewers whom another
// network lends, their organizations and partnerships there count like those here.
// Domains at which anybody gets an address say nothing. Of each person and application it gives the first in that order.
func Detect(judges []Judge, applications []Application, traces Traces) []Conflict {
	domains := make(map[ids.Organization][]string, len(traces.Emails))
	for organization, addresses := range traces.Emails {
		for _, address := range addresses {
			if d := mail.Belonging(address); d != "" && !slices.Contains(domains[organization], d) {
				domains[organization] = append(domains[organization], d)
			}
		}
	}
	signs := make(map[ids.Organization][]string, len(traces.Signs))
	for organization, all := range traces.Signs {
		signs[organization] = append(signs[organization], all...)
		for _, d := range domains[organization] {
			signs[organization] = append(signs[organization], reviewers.SignOfDomain(d))
		}
	}
	var found []Conflict
	for _, j := range judges {
		own := ""
		if j.Reviews {
			own = mail.Belonging(j.Email)
		}
		for _, a := range applications {
			kind, ok := ties(&j, own, &a, domains, signs, traces.Guests[a.ID])
			if !ok {
				kind, ok = traces.said(j.Person, &a)
			}
			if ok {
				found = append(found, Conflict{Call: a.Call, Application: a.ID, Person: j.Person, Kind: kind, Detected: true})
			}
		}
	}
	return found
}

// said is what somebody has said of an organization of the application.
func (t *Traces) said(person ids.Person, a *Application) (ConflictKind, bool) {
	for _, s := range t.Said {
		if s.Person == person && s.Call == a.Call && slices.ContainsFunc(a.Organizations, func(o Applicant) bool { return o.ID == s.Organization }) {
			return s.Kind, true
		}
	}
	return "", false
}

func ties(j *Judge, own string, a *Application, domains, signs map[ids.Organization][]string, guests []Guest) (ConflictKind, bool) {
	applies := func(among []ids.Organization) bool {
		return slices.ContainsFunc(a.Organizations, func(o Applicant) bool { return slices.Contains(among, o.ID) })
	}
	home := func(of func(*reviewers.Home) []string) bool {
		return slices.ContainsFunc(j.Home, func(h reviewers.Home) bool {
			return slices.ContainsFunc(a.Organizations, func(o Applicant) bool { return h.Knows(of(&h), signs[o.ID]) })
		})
	}
	switch {
	case applies(j.Organizations):
		return ConflictMembership, true
	case home(func(h *reviewers.Home) []string { return h.Own }):
		return ConflictMembership, true
	case slices.ContainsFunc(guests, j.invited):
		return ConflictInvitation, true
	case applies(j.Partners), home(func(h *reviewers.Home) []string { return h.Partners }):
		return ConflictPartnership, true
	case applies(j.Sharing):
		return ConflictPeople, true
	case own != "" && slices.ContainsFunc(a.Organizations, func(o Applicant) bool { return slices.Contains(domains[o.ID], own) }):
		return ConflictDomain, true
	}
	return "", false
}

func (j *Judge) invited(g Guest) bool {
	if !g.Organization.IsZero() {
		return slices.Contains(j.Organizations, g.Organization)
	}
	return g.Email != "" && reviewers.AddressKey(g.Email) == reviewers.AddressKey(j.Email)
}
