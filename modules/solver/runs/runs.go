// Package runs says through which states an automatic assignment passes, of whatever to whatever.
package runs

import "slices"

// State is where a run stands. One that is done waits to be applied or cancelled; of an infeasible one it is known what stands
// against every assignment.
type State string

// The states of a run.
const (
	Queued     State = "queued"
	Running    State = "running"
	Done       State = "done"
	Infeasible State = "infeasible"
	Cancelled  State = "cancelled"
	Failed     State = "failed"
	Applied    State = "applied"
)

// States lists all of them.
var States = []State{Queued, Running, Done, Infeasible, Cancelled, Failed, Applied}

// Verb is what happens to a run.
type Verb string

// The verbs of a run's life.
const (
	Begin  Verb = "begin" // again, where its machine stopped
	Finish Verb = "finish"
	Refuse Verb = "refuse" // no assignment keeps all bounds
	Fail   Verb = "fail"
	Cancel Verb = "cancel"
	Apply  Verb = "apply"
)

// Verbs lists all of them.
var Verbs = []Verb{Begin, Finish, Refuse, Fail, Cancel, Apply}

var steps = map[Verb]struct {
	from []State
	to   State
}{
	Begin:  {[]State{Queued, Running}, Running},
	Finish: {[]State{Running}, Done},
	Refuse: {[]State{Running}, Infeasible},
	Fail:   {[]State{Running}, Failed},
	Cancel: {[]State{Queued, Running, Done}, Cancelled},
	Apply:  {[]State{Done}, Applied},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s State) After(v Verb) (State, bool) {
	step, ok := steps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	return step.to, true
}

// Pending reports whether the run still goes on.
func (s State) Pending() bool { return s == Queued || s == Running }
