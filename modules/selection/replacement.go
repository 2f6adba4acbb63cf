package selection

import (
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
)

// ReplacementState is where the replacement of an organization that drops out of a place stands.
type ReplacementState string

// The states of a replacement; all but the first are final.
const (
	ReplacementAsked     ReplacementState = "asked"
	ReplacementDone      ReplacementState = "done" // all have agreed, and the seat has changed hands
	ReplacementDeclined  ReplacementState = "declined"
	ReplacementWithdrawn ReplacementState = "withdrawn" // by a coordinator
	ReplacementLapsed    ReplacementState = "lapsed"
	ReplacementOvertaken ReplacementState = "overtaken" // the place was given back or lost meanwhile
	ReplacementMoot      ReplacementState = "moot"      // it was taken as it is, one that was asked has dropped out, or the one that comes is not free any more
)

// ReplacementStates lists all of them.
var ReplacementStates = []ReplacementState{ReplacementAsked, ReplacementDone, ReplacementDeclined, ReplacementWithdrawn, ReplacementLapsed, ReplacementOvertaken, ReplacementMoot}

// MaxReplacementReason is how many characters a reason has at most why somebody drops out, is to be replaced, or does not agree; and
// longestAsking for how long organizations are asked at most.
const (
	MaxReplacementReason = 1000
	longestAsking        = 90 * 24 * time.Hour
)

// Replacement asks an organization to take the seat of one that drops out of a place, and those that stay whether they agree.
type Replacement struct {
	ID          ids.Replacement
	Application ids.Application
	Call        ids.Call
	Seat        string // its key in the call's composition
	Leaving     ids.Organization
	Coming      ids.Organization
	From        Town   // where that one sat when it was asked
	Reason      string // all that are asked read it, and the organization that leaves
	Until       time.Time
	State       ReplacementState
	AskedAt     time.Time
	AskedBy     ids.Person // never shown to applicants
	EndedAt     time.Time
	Parties     []ids.Organization // that are asked: the one that comes first, then those that stay and have not dropped out
	Answers     []Consent
}

// Town is where an organization sits: a town of a country, and GeoNames' number of it where it was chosen from the gazetteer.
type Town struct {
	Country, City string
	Place         int
}

// Consent is what one organization says of a replacement.
type Consent struct {
	Organization ids.Organization
	Agrees       bool
	Reason       string // of a no; the team alone reads it
	At           time.Time
	By           ids.Person
}

// Departure is what an organization has said that drops out of a place; the others keep that for now.
type Departure struct {
	Application  ids.Application
	Call         ids.Call
	Organization ids.Organization
	Reason       string // those that stay read it, and the team
	At           time.Time
	By           ids.Person
}

// At is the state by the clock: what was not answered in time has lapsed, whether a job has noted it or not.
func (r *Replacement) At(now time.Time) ReplacementState {
	if r.State == ReplacementAsked && !now.Before(r.Until) {
		return ReplacementLapsed
	}
	return r.State
}

// Answered is what an organization has said, if it has.
func (r *Replacement) Answered(o ids.Organization) (Consent, bool) {
	i := slices.IndexFunc(r.Answers, func(c Consent) bool { return c.Organization == o })
	if i < 0 {
		return Consent{}, false
	}
	return r.Answers[i], true
}

// Owed are those of the organizations that are asked and have not answered.
func (r *Replacement) Owed() []ids.Organization {
	return slices.DeleteFunc(slices.Clone(r.Parties), func(o ids.Organization) bool {
		_, answered := r.Answered(o)
		return answered
	})
}

// replaceable reports whether a place in this state, by the clock, is one of which an organization can drop out and be replaced: it is
// offered, or was accepted and is held on conditions. Before that nothing is theirs, and afterwards there is a partnership.
func (s DecisionState) replaceable() bool { return s == DecisionOffered || s == DecisionConditional }

// reseat gives an application the organizations that hold its place by now, where seats have changed hands, in that order; those that it
// was applied with and that have left are kept beside. What was applied with, judged and decided stays as it was.
func reseat(a Application, done []Replacement, known map[ids.Organization]Applicant) Application {
	a.Organizations = slices.Clone(a.Organizations)
	for _, r := range done {
		i := slices.IndexFunc(a.Organizations, func(o Applicant) bool { return o.ID == r.Leaving })
		came, there := known[r.Coming]
		if r.Application != a.ID || i < 0 || !there {
			continue
		}
		came.Seat, came.Came = a.Organizations[i].Seat, true
		came.settle(r.From)
		a.Organizations[i] = came
		a.Left = append(slices.Clip(a.Left), r.Leaving)
	}
	return a
}

// settle says where an organization sat, if that was kept.
func (o *Applicant) settle(t Town) {
	if t.Country != "" {
		o.Country, o.City, o.Place, o.Region = t.Country, t.City, t.Place, geo.RegionOf(geo.Country(t.Country), t.City, t.Place)
	}
}

// staying are the organizations of an application but one.
func (a *Application) staying(leaving ids.Organization) []Applicant {
	return slices.DeleteFunc(slices.Clone(a.Organizations), func(o Applicant) bool { return o.ID == leaving })
}

// present are the organizations of an application that have not dropped out of its place, but some.
func (a *Application) present(gone map[ids.Organization]Departure, but ...ids.Organization) []ids.Organization {
	var all []ids.Organization
	for _, o := range a.Organizations {
		if _, left := gone[o.ID]; !left && !slices.Contains(but, o.ID) {
			all = append(all, o.ID)
		}
	}
	return all
}

// remains reports whether somebody stays in the place when those go.
func (a *Application) remains(gone map[ids.Organization]Departure, going ...ids.Organization) bool {
	return len(a.present(gone, going...)) > 0
}

// organization is the one of the application with that id.
func (a *Application) organization(id ids.Organization) (Applicant, bool) {
	i := slices.IndexFunc(a.Organizations, func(o Applicant) bool { return o.ID == id })
	if i < 0 {
		return Applicant{}, false
	}
	return a.Organizations[i], true
}

// occupied are the organizations of applications that hold a place, wait for one or may still be decided: none of them takes the seat
// of another in the same call, or it could have two.
func occupied(all []Application, decisions []Decision) map[ids.Organization]bool {
	found := map[ids.Organization]bool{}
	for _, a := range occupying(all, decisions) {
		for _, o := range a.Organizations {
			found[o.ID] = true
		}
	}
	return found
}

// occupying are the applications that hold a place, wait for one or may still be decided.
func occupying(all []Application, decisions []Decision) []Application {
	return slices.DeleteFunc(slices.Clone(all), func(a Application) bool {
		at := slices.IndexFunc(decisions, func(d Decision) bool { return d.Application == a.ID })
		if at < 0 {
			return !a.Undecided
		}
		d := decisions[at].State
		return !d.Holds() && d != DecisionWaiting && d != DecisionDraft
	})
}
