package matching

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/solver"
)

// RunState is where a run of a round stands.
type RunState string

// The states of a run. What is done waits to be proposed.
const (
	RunQueued    RunState = "queued"
	RunRunning   RunState = "running"
	RunDone      RunState = "done"
	RunCancelled RunState = "cancelled"
	RunFailed    RunState = "failed"
)

// RunStates lists all of them.
var RunStates = []RunState{RunQueued, RunRunning, RunDone, RunCancelled, RunFailed}

// RunVerb is what happens to a run.
type RunVerb string

// The verbs of a run's life.
const (
	BeginRun  RunVerb = "begin" // again, where its machine stopped
	FinishRun RunVerb = "finish"
	FailRun   RunVerb = "fail"
	CancelRun RunVerb = "cancel"
)

// RunVerbs lists all of them.
var RunVerbs = []RunVerb{BeginRun, FinishRun, FailRun, CancelRun}

var runSteps = map[RunVerb]struct {
	from []RunState
	to   RunState
}{
	BeginRun:  {[]RunState{RunQueued, RunRunning}, RunRunning},
	FinishRun: {[]RunState{RunRunning}, RunDone},
	FailRun:   {[]RunState{RunRunning}, RunFailed},
	CancelRun: {[]RunState{RunQueued, RunRunning}, RunCancelled},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s RunState) After(v RunVerb) (RunState, bool) {
	step, ok := runSteps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	return step.to, true
}

// Pending reports whether the run still goes on.
func (s RunState) Pending() bool { return s == RunQueued || s == RunRunning }

// Failure is why a run has failed.
type Failure string

// The failures.
const (
	TooLong   Failure = "time"   // it took longer than a run may
	TooMany   Failure = "size"   // the instance is larger than the solver takes
	Defective Failure = "defect" // a defect of the program, about which its log tells
)

// failureOf is what an error of the solver means.
func failureOf(err error) Failure {
	if errors.Is(err, context.DeadlineExceeded) {
		return TooLong
	}
	if m, ok := errors.AsType[*solver.Mistake](err); ok && (m.Where == "" || m.Where == "organizations") { // the instance is too long, or has too many organizations
		return TooMany
	}
	return Defective
}

// Run is what the solver was asked for a round, and what it answered. Places are those of organizations.
type Run struct {
	ID            ids.Run
	Round         ids.Round
	Number        int // in its round, from 1
	State         RunState
	Failure       Failure // of a failed one
	By            ids.Person
	At            time.Time
	EndedAt       time.Time
	From          ids.Run // the one that somebody changed by hand; zero: it was solved
	Rules         Rules
	Organizations []ids.Organization
	Applications  []ids.Application // with which they are in the pool; empty in a pool of cards
	Basis         Basis
	Kept          [][]int
	Barred        [][2]int // pairs that cannot be, beside those that the rules keep apart; the smaller place first, sorted
	Instance      json.RawMessage
	Answer        json.RawMessage
	Solution      Solution
	Beside        Beside
	Swaps         [][2]int // which places were exchanged by hand, one after the other
	Progress      int      // how much of it is computed, in percent
}

// Version is the number of what stands in a run, which a change by hand makes another one.
func (r *Run) Version() int64 { return r.EndedAt.UnixMicro() }

// problem is what the run solves.
func (r *Run) problem() *Problem {
	forbidden := make(map[[2]int]bool, len(r.Barred))
	for _, pair := range r.Barred {
		forbidden[pair] = true
	}
	return newProblem(r.Rules, r.Basis, r.Kept, forbidden)
}

// hide forgets what was known of those that have no name any more, as they show their cards no more.
func (r *Run) hide(names map[ids.Organization]string) {
	for i := range r.Basis.Sides {
		if names[r.Organizations[i]] == "" {
			r.Basis.Sides[i] = Side{Gone: true}
		}
	}
}

// gone reports whether one of the places is of an organization that shows its card no more.
func (r *Run) gone(places ...int) bool {
	return slices.ContainsFunc(places, func(i int) bool { return r.Basis.Sides[i].Gone })
}

// groups are all groups of the run by places, those that were kept first.
func (r *Run) groups() [][]int { return append(slices.Clone(r.Kept), r.Solution.Groups...) }

// solve computes the problem.
func (p *Problem) solve(ctx context.Context) (Solution, json.RawMessage, error) {
	instance, err := p.instance()
	if err != nil {
		return Solution{}, nil, err
	}
	answer, err := solver.Solve(ctx, instance)
	if err != nil {
		return Solution{}, nil, fmt.Errorf("matching: solve: %w", err)
	}
	s, err := p.read(answer)
	return s, answer, err
}

// compute solves the run, and then what stands beside it; of that nothing but who is in no match is kept where the time does not suffice.
// A panic is an error.
func (r *Run) compute(ctx context.Context, p *Problem, weigh func(ctx context.Context, s Solution) (Beside, error)) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("matching: solving panicked: %v\n%s", what, debug.Stack())
		}
	}()
	if r.Solution, r.Answer, err = p.solve(ctx); err != nil {
		return err
	}
	r.Beside, err = weigh(ctx, r.Solution)
	if errors.Is(err, context.DeadlineExceeded) {
		r.Beside, err = Beside{Lone: r.Beside.Lone, Skipped: true}, nil
	}
	return err
}
