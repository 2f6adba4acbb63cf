package partnerships

import (
	"slices"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
)

// Profile is what is known of somebody who accompanies partnerships. They and the coordinators see it, nobody else.
type Profile struct {
	expertise.Expertise

	Person    ids.Person
	Least     int      // partnerships at a time
	Most      int      // likewise; 0: not said
	From, To  i18n.Day // the first and the last day on which they can; empty: open
	Conflicts []ids.Organization
	Note      string // to the coordinators
	Version   int64  // 0: nothing was said yet
}

// What a profile holds at most.
const (
	MostAccompanied = 50
	mostConflicts   = 100
	maxNote         = 1000
)

// check finds what cannot be kept, by the names of the inputs.
func (p *Profile) check() []fault.Field {
	bad := p.Check()
	between := func(name string, n, low int) {
		if n < low || n > MostAccompanied {
			bad = append(bad, fault.AtWith(name, "partnerships.between", fault.Args{"Low": low, "High": MostAccompanied}))
		}
	}
	between("least", p.Least, 0)
	if p.Most != 0 {
		between("most", p.Most, max(1, p.Least))
	}
	day := func(name string, d i18n.Day) bool {
		t, err := time.Parse(time.DateOnly, string(d))
		if d != "" && (err != nil || t.Year() < 2000 || t.Year() > 2200) {
			bad = append(bad, fault.At(name, "partnerships.profile.day_wrong"))
			return false
		}
		return d != ""
	}
	if from, to := day("from", p.From), day("to", p.To); from && to && p.To < p.From {
		bad = append(bad, fault.At("to", "partnerships.profile.days_order"))
	}
	if len(p.Conflicts) > mostConflicts {
		bad = append(bad, fault.At("conflict", "fault.choose"))
	}
	return bad
}

// Available reports whether they can on that day.
func (p *Profile) Available(day i18n.Day) bool {
	return (p.From == "" || p.From <= day) && (p.To == "" || day <= p.To)
}

// Ending is how it came that somebody does not accompany a partnership any more.
type Ending string

// The endings.
const (
	Changed  Ending = "changed"  // somebody else does now
	Taken    Ending = "taken"    // a coordinator has taken it from them
	Returned Ending = "returned" // they have handed it back
)

// Facilitation is the time in which somebody accompanies a partnership.
type Facilitation struct {
	ID           ids.Change
	Partnership  ids.Partnership
	Person       ids.Person
	Since        time.Time
	By           ids.Person
	Reason       string // coordinators read it, and the person
	EndedAt      time.Time
	EndedBy      ids.Person
	Ending       Ending // empty: it goes on
	EndingReason string // likewise
}

// going are the states in which a partnership is accompanied.
var going = []State{Accepted, Agreed, Active, Paused}

// Going reports whether the partnership goes on, so that it can be accompanied.
func (p *Partnership) Going() bool { return slices.Contains(going, p.State) }

// Need is what of a partnership decides who suits it.
type Need struct {
	Topics    []expertise.Ranked `json:"topics,omitempty"`    // that its organizations want to become stronger in
	Languages [][]string         `json:"languages,omitempty"` // of each organization in the order of the seats; empty: not known
	Countries []string           `json:"countries,omitempty"` // of each organization
}

// Side is one side of an affinity.
type Side string

// The sides of an affinity.
const (
	SideTopic    Side = "topic"
	SideLanguage Side = "language"
	SideCountry  Side = "country"
)

// Reason is why somebody suits a partnership: what of one side they share.
type Reason struct {
	Side Side
	Keys []string // of topics, or codes of languages or countries
}

// Fit is how well somebody suits a partnership.
type Fit struct {
	Affinity    int // of expertise.MostAffinity
	Reasons     []Reason
	Understands bool // they share a language with every organization of which one is known
}

// FitOf tells how well somebody suits a partnership: the share of the topics that they know, as expertise.Shared counts them;
// all of the language where one language is theirs and everybody's, half of it where each organization shares another one with
// them, else none; and the share of the countries that they know. The affinity is the mean of the three by their weights. A side of
// which nothing is known gives nobody anything, and an organization of which no language is known stands against nobody.
func FitOf(w expertise.Weights, n *Need, e *expertise.Expertise) Fit {
	fit := Fit{Understands: true}
	because := func(side Side, weight int, keys []string) {
		if weight > 0 && len(keys) > 0 {
			fit.Reasons = append(fit.Reasons, Reason{side, keys})
		}
	}
	points, named, topics := expertise.Shared(n.Topics, e.Topics)
	because(SideTopic, w.Topic, topics)
	common, spoken := slices.Clone(e.Languages), []string{}
	told := false
	for _, theirs := range n.Languages {
		if len(theirs) == 0 {
			continue
		}
		told = true
		shared := slices.DeleteFunc(slices.Clone(e.Languages), func(code string) bool { return !slices.Contains(theirs, code) })
		common = slices.DeleteFunc(common, func(code string) bool { return !slices.Contains(theirs, code) })
		spoken = append(spoken, shared...)
		fit.Understands = fit.Understands && len(shared) > 0
	}
	language := expertise.Part{Of: 2}
	switch {
	case !told:
	case len(common) > 0:
		language.Has = 2
		because(SideLanguage, w.Language, once(common))
	case fit.Understands:
		language.Has = 1
		because(SideLanguage, w.Language, once(spoken))
	}
	known := slices.DeleteFunc(slices.Clone(n.Countries), func(code string) bool { return !slices.Contains(e.Countries, code) })
	because(SideCountry, w.Country, once(known))
	fit.Affinity = w.Affinity(expertise.Part{Has: points, Of: named}, language, expertise.Part{Has: len(known), Of: len(n.Countries)})
	return fit
}

// once are the keys in order, each once.
func once(keys []string) []string { return slices.Compact(slices.Sorted(slices.Values(keys))) }

// ConflictKind says what keeps somebody from accompanying a partnership.
type ConflictKind string

// The kinds of conflicts of interest. All but the second are told by people.
const (
	ConflictMembership ConflictKind = "membership" // belongs to one of the organizations
	ConflictDomain     ConflictKind = "domain"     // has an address under the same domain as one of an organization's people
	ConflictDeclared   ConflictKind = "declared"   // has said so of one of the organizations
	ConflictSelection  ConflictKind = "selection"  // had one in the application from which it came
)

// pair is a partnership with somebody who accompanies it, or could.
type pair struct {
	Partnership ids.Partnership
	Person      ids.Person
}

// tie is what is known of somebody by which conflicts of interest are seen.
type tie struct {
	person        ids.Person
	email         string
	organizations []ids.Organization // to which they belong
	declared      []ids.Organization
}

// clash finds the first conflict of interest, in the order of the kinds. Domains are those of the addresses of each
// organization's people; barred are who has one in an application of the partnership.
func (t *tie) clash(p *Partnership, domains map[ids.Organization][]string, barred []ids.Person) (ConflictKind, bool) {
	own := mail.Belonging(t.email)
	among := func(all []ids.Organization) bool {
		return slices.ContainsFunc(p.Organizations(), func(o ids.Organization) bool { return slices.Contains(all, o) })
	}
	switch {
	case among(t.organizations):
		return ConflictMembership, true
	case own != "" && slices.ContainsFunc(p.Organizations(), func(o ids.Organization) bool { return slices.Contains(domains[o], own) }):
		return ConflictDomain, true
	case among(t.declared):
		return ConflictDeclared, true
	case slices.Contains(barred, t.person):
		return ConflictSelection, true
	}
	return "", false
}
