package lending

import (
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// State is where a request stands.
type State string

// The states of a request. A lapsed one was not answered before its reviews are due; no job writes that down.
const (
	Waiting   State = "waiting"
	Agreed    State = "agreed"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Lapsed    State = "lapsed"
)

// Verb is what happens to a request.
type Verb string

// The verbs of a request's life.
const (
	Agree    Verb = "agree"
	Refuse   Verb = "refuse"
	Withdraw Verb = "withdraw"
)

var after = map[Verb]State{Agree: Agreed, Refuse: Refused, Withdraw: Withdrawn}

// After is the state to which a verb leads, and false where the verb is not possible: only what waits can be answered or taken back.
func (s State) After(v Verb) (State, bool) {
	to, known := after[v]
	if s != Waiting || !known {
		return s, false
	}
	return to, true
}

// Request is what one network asks of another, as both see it.
type Request struct {
	ID            ids.LoanRequest
	Asker, Lender ids.Tenant
	Call          ids.Call // of the asker
	Title         i18n.Text
	Zone          string   // of the call
	Wanted        int      // reviewers
	Topics        []string // of capacity
	Languages     []string
	Reviews       int       // of each
	Due           time.Time // by which they are wanted
	Message       string
	State         State
	Reason        string // of a refusal
	AskedAt       time.Time
	AnsweredAt    time.Time
	ForgottenAt   time.Time // since then it is not known what they wrote each other
}

// Forgotten reports whether it is not known any more what the networks wrote each other; see Kept.
func (q *Request) Forgotten() bool { return !q.ForgottenAt.IsZero() }

// At is the state at an instant: what was not answered in time is lapsed.
func (q *Request) At(now time.Time) State {
	if q.State == Waiting && !now.Before(q.Due) {
		return Lapsed
	}
	return q.State
}

// Stage is where a loan stands.
type Stage string

// The stages of a loan, which are those of the invitation that came of it; see the selection.
const (
	Asked    Stage = "asked"
	Accepted Stage = "accepted"
	Declined Stage = "declined"
	Late     Stage = "lapsed"
	Dropped  Stage = "withdrawn" // not asked any more, or asked before by the other network itself
	Ended    Stage = "ended"
)

// Stages lists all of them.
var Stages = []Stage{Asked, Accepted, Declined, Late, Dropped, Ended}

// Endable reports whether a loan can still be ended: also one that was not answered in time, since it can be asked for again.
func (s Stage) Endable() bool { return s == Asked || s == Accepted || s == Late }

// Loan is a reviewer who is lent, as both networks see them.
type Loan struct {
	ID        ids.Loan
	Request   ids.LoanRequest
	Name      string
	Topics    []string
	Languages []string
	Countries []string
	Stage     Stage
	Done      int // reviews that they have submitted …
	Given     int // … of those that they were given
	MovedAt   time.Time

	ForgottenAt time.Time // since then it is not known who it was
}

// Forgotten reports whether it is not known any more who was lent; see Kept.
func (l *Loan) Forgotten() bool { return !l.ForgottenAt.IsZero() }

// Endable reports whether the loan can still be ended: while it is known who it is of.
func (l *Loan) Endable() bool { return l.Stage.Endable() && !l.Forgotten() }

// Finished reports whether everything is submitted that they were given.
func (l *Loan) Finished() bool { return l.Stage == Accepted && l.Given > 0 && l.Done == l.Given }

// Progress is what a lending network is told of a loan.
type Progress struct {
	Stage       Stage
	Done, Given int
}

// Reviewer is somebody of the own network who may be lent.
type Reviewer struct {
	Person    ids.Person
	Name      string
	Email     string
	Locale    i18n.Locale
	Topics    []string
	Languages []string
	Countries []string
	Owed      int // reviews in the own network
}

// Home is what somebody belongs to in the own network.
type Home struct {
	Own, Partners []events.Affiliation
}

// What a request holds at most.
const (
	MostWanted    = 20
	MostReviews   = 500
	MostLanguages = 3
	maxMessage    = 2000
	maxReason     = 1000
	longestDue    = 365 * 24 * time.Hour
)

// Asking is what a coordinator asks of another network.
type Asking struct {
	Lender    ids.Tenant
	Wanted    int
	Topics    []string
	Languages []string
	Reviews   int
	Due       time.Time
	Message   string
}

// check finds what cannot be sent, by the names of the inputs.
func (a *Asking) check(now time.Time, topics []forms.Option) []fault.Field {
	var bad []fault.Field
	if a.Wanted < 1 || a.Wanted > MostWanted {
		bad = append(bad, fault.AtWith("wanted", "lending.number_wrong", fault.Args{"Max": MostWanted}))
	}
	if slices.ContainsFunc(a.Topics, func(key string) bool {
		return !slices.ContainsFunc(topics, func(o forms.Option) bool { return o.Value == key })
	}) {
		bad = append(bad, fault.At("topic", "fault.choose"))
	}
	for i, code := range a.Languages {
		if !forms.IsLanguage(code) || slices.Contains(a.Languages[:i], code) || i >= MostLanguages {
			bad = append(bad, fault.At("language", "fault.choose"))
			break
		}
	}
	if a.Reviews < 1 || a.Reviews > MostReviews {
		bad = append(bad, fault.AtWith("reviews", "lending.number_wrong", fault.Args{"Max": MostReviews}))
	}
	if !a.Due.IsZero() && (!a.Due.After(now) || a.Due.After(now.Add(longestDue))) {
		bad = append(bad, fault.At("due", "lending.due_wrong")) // a missing day was refused when it was read
	}
	return bad
}

// Line is what the core team sees: how often one network asked another, and what came of it.
type Line struct {
	Asker, Lender                    ids.Tenant
	Requests, Waiting, Agreed        int
	Lent, Reviewing, Given, Finished int
}
