package partnerships

import (
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// State is how far a partnership is.
type State string

// The states of a partnership. Paused stands beside accepted, agreed and active; the last two are final.
const (
	Proposed   State = "proposed"
	Accepted   State = "accepted"
	Agreed     State = "agreed"
	Active     State = "active"
	Paused     State = "paused"
	Completed  State = "completed"
	EndedEarly State = "ended_early"
)

// States lists all states in the order of a partnership's life.
var States = []State{Proposed, Accepted, Agreed, Active, Paused, Completed, EndedEarly}

// ParseState accepts exactly the states above.
func ParseState(s string) (State, bool) { return State(s), slices.Contains(States, State(s)) }

// Verb is what is done to a partnership.
type Verb string

// The verbs, in the order in which a partnership lives.
const (
	Accept   Verb = "accept"
	Agree    Verb = "agree"
	Begin    Verb = "begin"
	Pause    Verb = "pause"
	Resume   Verb = "resume"
	Complete Verb = "complete"
	EndEarly Verb = "end_early"
)

// Verbs lists all verbs.
var Verbs = []Verb{Accept, Agree, Begin, Pause, Resume, Complete, EndEarly}

// steps says from which states a verb leads, and where to; Resume leads to the state before the pause.
var steps = map[Verb]struct {
	from []State
	to   State
}{
	Accept:   {[]State{Proposed}, Accepted},
	Agree:    {[]State{Accepted}, Agreed},
	Begin:    {[]State{Agreed}, Active},
	Pause:    {[]State{Accepted, Agreed, Active}, Paused},
	Resume:   {[]State{Paused}, ""},
	Complete: {[]State{Active}, Completed},
	EndEarly: {[]State{Proposed, Accepted, Agreed, Active, Paused}, EndedEarly},
}

// Partnership is one partnership with its seats.
type Partnership struct {
	ID            ids.Partnership
	Application   ids.Application
	Call          ids.Call
	Number        string // of the application
	Title         string
	CallTitle     i18n.Text
	GrantMinor    int64 // in the currency's smallest unit
	GrantCurrency string
	State         State
	Resumes       State      // of a paused one
	Facilitator   ids.Person // who accompanies it; zero: nobody
	Version       int64
	Since         time.Time
	Seats         []Seat
}

// Seat is an organization's place in a partnership.
type Seat struct {
	Key          string
	Title        i18n.Text
	Organization ids.Organization
}

// Change is a line of the history. By is zero where the system acted.
type Change struct {
	At     time.Time
	By     ids.Person
	State  State
	Reason string
}

// May reports whether the verb can be done in the present state.
func (p *Partnership) May(v Verb) bool { return slices.Contains(steps[v].from, p.State) }

// Do moves the partnership on. Fault: Conflict when its state does not allow the verb.
func (p *Partnership) Do(v Verb) error {
	if !p.May(v) {
		return fault.Conflict("partnerships.not_now")
	}
	before := p.State
	if p.State = steps[v].to; v == Resume {
		p.State = p.Resumes
	}
	p.Resumes = ""
	if v == Pause {
		p.Resumes = before
	}
	return nil
}

// Organizations lists who sits on the seats, in their order.
func (p *Partnership) Organizations() []ids.Organization {
	all := make([]ids.Organization, len(p.Seats))
	for i, s := range p.Seats {
		all[i] = s.Organization
	}
	return all
}

// Joint is what an accepted application brings: the organizations with their seats, in order.
type Joint struct {
	Number string
	Title  string
	Call   ids.Call
	Won    bool // its place was accepted, and is not held on conditions
	Seats  []Seat
}

// Call is what the call promised.
type Call struct {
	Title         i18n.Text
	GrantMinor    int64 // per partnership
	GrantCurrency string
}

// Organization is what this module shows of one.
type Organization struct {
	Name        string
	NameEnglish string // empty: it has none
	City        string
	Country     geo.Country
}

// Person is what this module shows of somebody.
type Person struct {
	Name  string
	Email string
}
