package oversight

import (
	"time"

	"kervan/tenants"
)

// Number is how many there are, or Few.
type Number int

// Few stands for one or two.
const Few Number = -1

// enough is from how many on a number of applicants' things is told.
const enough = 3

// Told is a number as it may be told.
func Told(n int) Number {
	if n > 0 && n < enough {
		return Few
	}
	return Number(n)
}

// Total is a sum of numbers. With More, some of them are Few and not in it, so that they cannot be found by subtracting.
type Total struct {
	N    int
	More bool
}

// Sum adds numbers up.
func Sum(numbers ...Number) Total {
	var t Total
	for _, n := range numbers {
		if n == Few {
			t.More = true
		} else {
			t.N += int(n)
		}
	}
	return t
}

// Stage is a part of the way that applications go.
type Stage string

// The stages, in the order of the way.
const (
	Written  Stage = "written"
	HandedIn Stage = "handed_in"
	Checked  Stage = "checked"
	Reviewed Stage = "reviewed"
	Decided  Stage = "decided"
	Accepted Stage = "accepted"
	Declined Stage = "declined" // the place was given back, or nobody answered in time
	Left     Stage = "left"     // withdrawn before a decision, or after
)

// Stages lists all of them.
var Stages = []Stage{Written, HandedIn, Checked, Reviewed, Decided, Accepted, Declined, Left}

// StageOf is the stage of an application's state; false for a state that is not known.
func StageOf(state string) (Stage, bool) {
	s, ok := stages[state]
	return s, ok
}

var stages = map[string]Stage{
	"draft": Written, "submitted": HandedIn, "returned": HandedIn, "eligible": Checked, "ineligible": Checked,
	"in_review": Reviewed, "reviewed": Reviewed, "shortlisted": Reviewed,
	"selected": Decided, "waiting": Decided, "rejected": Decided, "accepted": Accepted,
	"declined": Declined, "lapsed": Declined, "withdrawn": Left,
}

// Standing is how partnerships stand, put together from their states.
type Standing string

// The standings of partnerships.
const (
	Running   Standing = "running"
	Paused    Standing = "paused"
	Completed Standing = "completed"
	Ended     Standing = "ended"
)

// Standings lists all of them.
var Standings = []Standing{Running, Paused, Completed, Ended}

// StandingOf is the standing of a partnership's state; false for a state that is not known.
func StandingOf(state string) (Standing, bool) {
	s, ok := standings[state]
	return s, ok
}

var standings = map[string]Standing{
	"proposed": Running, "accepted": Running, "agreed": Running, "active": Running, "paused": Paused, "completed": Completed, "ended_early": Ended,
}

// Call is when a call is open; it has no words.
type Call struct {
	Draft  bool      `json:"draft,omitempty"`
	Opens  time.Time `json:"opens,omitzero"`
	Closes time.Time `json:"closes,omitzero"` // or was closed by hand
	Zone   string    `json:"zone"`
}

// Phase is what a call is at a moment.
type Phase string

// The phases of a call.
const (
	PhaseDraft     Phase = "draft"
	PhaseAnnounced Phase = "announced"
	PhaseOpen      Phase = "open"
	PhaseClosed    Phase = "closed"
)

// Phases lists all of them.
var Phases = []Phase{PhaseDraft, PhaseAnnounced, PhaseOpen, PhaseClosed}

// Phase is what the call is at the moment.
func (c Call) Phase(now time.Time) Phase {
	switch {
	case c.Draft:
		return PhaseDraft
	case now.Before(c.Opens):
		return PhaseAnnounced
	case now.Before(c.Closes):
		return PhaseOpen
	default:
		return PhaseClosed
	}
}

// Exact is what is counted inside a network, before it is made fit to be told.
type Exact struct {
	Organizations int
	People        map[tenants.Role]int
	Calls         []Call
	Applications  map[string]int // by state
	ReviewsNeeded int
	ReviewsDone   int
	Partnerships  map[string]int // by state
	LastActivity  time.Time
}

// Figures is how a network stands, in numbers that may be told.
type Figures struct {
	Organizations Number                  `json:"organizations"`
	People        map[tenants.Role]Number `json:"people"`
	Calls         []Call                  `json:"calls"`
	Applications  map[Stage]Number        `json:"applications"`
	ReviewsNeeded Number                  `json:"reviews_needed"`
	ReviewsDone   Number                  `json:"reviews_done"`
	Partnerships  map[Standing]Number     `json:"partnerships"`
	LastActivity  time.Time               `json:"last_activity,omitzero"`
}

// Figures makes the numbers fit to be told to people who do not work for the network.
func (e Exact) Figures() Figures { return e.figures(Told) }

// Plain is the numbers as they are, for the network's own team.
func (e Exact) Plain() Figures {
	return e.figures(func(n int) Number { return Number(n) })
}

func (e Exact) figures(told func(int) Number) Figures {
	f := Figures{
		Organizations: told(e.Organizations), People: map[tenants.Role]Number{}, Calls: e.Calls, Applications: map[Stage]Number{},
		ReviewsNeeded: told(e.ReviewsNeeded), ReviewsDone: told(e.ReviewsDone), Partnerships: map[Standing]Number{}, LastActivity: e.LastActivity,
	}
	for role, n := range e.People {
		if role.Staff() {
			f.People[role] = Number(n)
		} else {
			f.People[role] = told(n)
		}
	}
	byStage, byStanding := map[Stage]int{}, map[Standing]int{}
	for state, n := range e.Applications {
		byStage[stages[state]] += n
	}
	for state, n := range e.Partnerships {
		byStanding[standings[state]] += n
	}
	for _, s := range Stages {
		f.Applications[s] = told(byStage[s])
	}
	for _, s := range Standings {
		f.Partnerships[s] = told(byStanding[s])
	}
	return f
}

// Applied is how many applications were handed in, whatever became of them but withdrawal.
func (f *Figures) Applied() Total {
	var handed []Number
	for _, s := range Stages {
		if s != Written && s != Left {
			handed = append(handed, f.Applications[s])
		}
	}
	return Sum(handed...)
}

// Decided is how many applications were told a decision.
func (f *Figures) Decided() Total {
	return Sum(f.Applications[Decided], f.Applications[Accepted], f.Applications[Declined])
}

// Together is how many partnerships were founded.
func (f *Figures) Together() Total {
	var all []Number
	for _, s := range Standings {
		all = append(all, f.Partnerships[s])
	}
	return Sum(all...)
}

// InPhase counts the calls that are in the phase at the moment.
func (f *Figures) InPhase(p Phase, now time.Time) int {
	n := 0
	for _, c := range f.Calls {
		if c.Phase(now) == p {
			n++
		}
	}
	return n
}

// Deadline finds the call that closes next.
func (f *Figures) Deadline(now time.Time) (Call, bool) {
	var next Call
	found := false
	for _, c := range f.Calls {
		if p := c.Phase(now); (p == PhaseOpen || p == PhaseAnnounced) && (!found || c.Closes.Before(next.Closes)) {
			next, found = c, true
		}
	}
	return next, found
}
