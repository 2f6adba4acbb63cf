package partnerships

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
)

// ReplacementState is where the replacement of an organization stands.
type ReplacementState string

// The states of a replacement; all but the first are final.
const (
	ReplacementAsked     ReplacementState = "asked"
	ReplacementDone      ReplacementState = "done" // all have agreed, and the seat has changed hands
	ReplacementDeclined  ReplacementState = "declined"
	ReplacementWithdrawn ReplacementState = "withdrawn" // by a coordinator
	ReplacementLapsed    ReplacementState = "lapsed"
	ReplacementMoot      ReplacementState = "moot" // the one that comes was not free when the last of the others agreed, or the partnership ended
)

// ReplacementStates lists all of them.
var ReplacementStates = []ReplacementState{ReplacementAsked, ReplacementDone, ReplacementDeclined, ReplacementWithdrawn, ReplacementLapsed, ReplacementMoot}

// longestAsking is for how long the organizations are asked at most.
const longestAsking = 90 * 24 * time.Hour

// Replacement asks an organization to take the seat of one that leaves a partnership, and those that stay whether they agree.
type Replacement struct {
	ID          ids.Replacement
	Partnership ids.Partnership
	Seat        string
	Leaving     ids.Organization
	Coming      ids.Organization
	Reason      string // all that are asked read it, and the organization that leaves
	Until       time.Time
	State       ReplacementState
	AskedAt     time.Time
	AskedBy     ids.Person
	EndedAt     time.Time
	Answers     []Answer
}

// Answer is what one organization says of a replacement.
type Answer struct {
	Organization ids.Organization
	Agrees       bool
	Reason       string // of a no
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

// Parties are the organizations that are asked: the one that comes, and those of the partnership that stay.
func (r *Replacement) Parties(p *Partnership) []ids.Organization {
	all := []ids.Organization{r.Coming}
	for _, o := range p.Organizations() {
		if o != r.Leaving && o != r.Coming {
			all = append(all, o)
		}
	}
	return all
}

// Answered is what an organization has said, if it has.
func (r *Replacement) Answered(o ids.Organization) (Answer, bool) {
	i := slices.IndexFunc(r.Answers, func(a Answer) bool { return a.Organization == o })
	if i < 0 {
		return Answer{}, false
	}
	return r.Answers[i], true
}

// Owed are those of the organizations that are asked and have not answered.
func (r *Replacement) Owed(parties []ids.Organization) []ids.Organization {
	return slices.DeleteFunc(slices.Clone(parties), func(o ids.Organization) bool {
		_, answered := r.Answered(o)
		return answered
	})
}

// Says reports whether that person has answered so; a yes only as long as the replacement is asked or came about.
func (r *Replacement) Says(person ids.Person, agrees bool, reason string) bool {
	if agrees && r.State != ReplacementAsked && r.State != ReplacementDone {
		return false
	}
	return slices.ContainsFunc(r.Answers, func(a Answer) bool { return a.By == person && a.Agrees == agrees && a.Reason == reason })
}

// asks reports whether that person asks just that by the replacement, and it is not answered.
func (r *Replacement) asks(person ids.Person, cmd Replacing) bool {
	return r.State == ReplacementAsked && r.AskedBy == person && r.Seat == cmd.Seat && r.Coming == cmd.Coming && r.Reason == cmd.Reason && r.Until.Equal(cmd.Until.Truncate(time.Microsecond))
}

// replaceable are the states of partnerships in which an organization can be replaced.
var replaceable = []State{Accepted, Agreed, Active, Paused}

// Replaceable reports whether an organization of the partnership can be replaced.
func (p *Partnership) Replaceable() bool { return slices.Contains(replaceable, p.State) }

// on is the seat with that key.
func (p *Partnership) on(key string) (Seat, bool) {
	i := slices.IndexFunc(p.Seats, func(s Seat) bool { return s.Key == key })
	if i < 0 {
		return Seat{}, false
	}
	return p.Seats[i], true
}

// called is the partnership's title after its organizations.
func (p *Partnership) called(cards map[ids.Organization]Organization) string {
	var all []string
	for _, o := range p.Organizations() {
		all = append(all, cards[o].Name)
	}
	return strings.Join(all, " + ")
}
