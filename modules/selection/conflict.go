package selection

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"kervan/modules/ids"
)

// ConflictKind says what somebody's conflict of interest is.
type ConflictKind string

// The kinds of conflict. The first two are found by the program; the others only their person can know.
const (
	ConflictMembership  ConflictKind = "membership" // belongs to an applicant
	ConflictDomain      ConflictKind = "domain"     // writes from an applicant's e-mail domain
	ConflictWork        ConflictKind = "work"       // works or worked for an applicant
	ConflictFamily      ConflictKind = "family"     // family or close friends
	ConflictMoney       ConflictKind = "money"      // would gain or lose by the decision
	ConflictCooperation ConflictKind = "cooperation"
	ConflictDispute     ConflictKind = "dispute"
	ConflictOther       ConflictKind = "other"
)

// Declarable are the kinds that people declare.
var Declarable = []ConflictKind{
	ConflictMembership, ConflictWork, ConflictFamily, ConflictMoney, ConflictCooperation, ConflictDispute, ConflictOther,
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
	Reviews       bool               // a reviewer or the chair: their e-mail domain is looked at, too
}

// Detect finds the conflicts of interest that can be seen from outside: somebody belongs to an applying organization,
// or reviews and has an address under the same registered domain as one of its people. Domains at which anybody gets an
// address say nothing. The emails are those of each organization's people.
func Detect(judges []Judge, applications []Application, emails map[ids.Organization][]string) []Conflict {
	domains := make(map[ids.Organization][]string, len(emails))
	for organization, addresses := range emails {
		for _, address := range addresses {
			if d := ownDomain(address); d != "" && !slices.Contains(domains[organization], d) {
				domains[organization] = append(domains[organization], d)
			}
		}
	}
	var found []Conflict
	for _, j := range judges {
		own := ""
		if j.Reviews {
			own = ownDomain(j.Email)
		}
		for _, a := range applications {
			if kind, ok := ties(j, own, a, domains); ok {
				found = append(found, Conflict{Call: a.Call, Application: a.ID, Person: j.Person, Kind: kind, Detected: true})
			}
		}
	}
	return found
}

func ties(j Judge, own string, a Application, domains map[ids.Organization][]string) (ConflictKind, bool) {
	for _, o := range a.Organizations {
		if slices.Contains(j.Organizations, o.ID) {
			return ConflictMembership, true
		}
	}
	for _, o := range a.Organizations {
		if own != "" && slices.Contains(domains[o.ID], own) {
			return ConflictDomain, true
		}
	}
	return "", false
}

//go:embed freemail.txt
var freemailText string

var freemail = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(freemailText) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			all[name] = true
		}
	}
	return all
})

// ownDomain is the registered domain of an address that tells where somebody belongs, in lower case; empty for addresses
// of mail providers.
func ownDomain(address string) string {
	_, host, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !ok {
		return ""
	}
	registered, err := publicsuffix.EffectiveTLDPlusOne(strings.Trim(host, "."))
	if err != nil || freemail()[registered] || freemail()[host] {
		return ""
	}
	return registered
}
