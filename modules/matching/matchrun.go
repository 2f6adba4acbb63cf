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

// Beside is what stands beside a solution, so that its people see what was traded for what.
type Beside struct {
	Trades       []Trade       `json:"trades,omitempty"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
	Skipped      bool          `json:"skipped,omitempty"` // there are too many organizations, or the time did not suffice
}

// Trade is a pair that suits one of the two better than what it got, and what it would cost to make it.
type Trade struct {
	For   int `json:"for"`  // the place of the organization
	With  int `json:"with"` // the one that it would rather have
	Rank  int `json:"rank"` // of its wish for it; 0: it has not wished, but the pair is worth more
	Cost  int `json:"cost"` // points of the total
	Fewer int `json:"fewer"`
}

// Alternative is the best solution without one of the chosen pairs.
type Alternative struct {
	Without [2]int  `json:"without"`
	Groups  [][]int `json:"groups"`
	Total   int     `json:"total"`
}

// What is solved beside a run, up to how many organizations: it must not take long, nor end by the clock, which would make
// it another one on another machine.
const (
	comparedPairs    = 160
	comparedGroups   = 16
	mostAlternatives = 3
)

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

// compute solves the run, and then what stands beside it; of that nothing is kept where the time does not suffice. A panic is an error.
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
		r.Beside, err = Beside{Skipped: true}, nil
	}
	return err
}

// without is the problem without some of its organizations.
func (p *Problem) without(gone ...int) *Problem {
	q := *p
	q.Free, q.Rows = nil, 0
	for n, i := range p.Free {
		if !slices.Contains(gone, i) {
			q.Free = append(q.Free, i)
			if n < p.Rows {
				q.Rows++
			}
		}
	}
	return &q
}

// banning is the problem in which two may not be together.
func (p *Problem) banning(i, j int) *Problem {
	q := *p
	q.barred = map[[2]int]bool{{min(i, j), max(i, j)}: true}
	for pair := range p.barred {
		q.barred[pair] = true
	}
	return &q
}

// weigh computes what stands beside a solution. By rankings alone there is no total that could be compared.
func (p *Problem) weigh(ctx context.Context, s Solution) (Beside, error) {
	most := comparedPairs
	if p.Method == BySeats {
		most = comparedGroups
	}
	if p.Method == ByRoommates {
		return Beside{}, nil
	}
	if len(p.Free) > most {
		return Beside{Skipped: true}, nil
	}
	var b Beside
	done, all := 0, 0
	if p.Method != BySeats {
		all = len(p.Free)
	}
	for _, g := range s.Groups {
		all += len(g) * (len(g) - 1) / 2
	}
	step := func() {
		if done++; p.told != nil {
			p.told(done, all)
		}
	}
	for _, g := range s.Groups {
		for n := range g {
			for m := range n {
				step()
				other, _, err := p.banning(g[m], g[n]).solve(ctx)
				if err != nil {
					return b, err
				}
				if len(other.Groups) == len(s.Groups) {
					b.Alternatives = append(b.Alternatives, Alternative{Without: [2]int{g[m], g[n]}, Groups: other.Groups, Total: other.Total})
				}
			}
		}
	}
	b.best()
	if p.Method == BySeats {
		return b, nil
	}
	for _, i := range slices.Sorted(slices.Values(p.Free)) {
		step()
		j, rank := p.rather(s, i)
		if j < 0 {
			continue
		}
		other, _, err := p.without(i, j).solve(ctx)
		if err != nil {
			return b, err
		}
		b.Trades = append(b.Trades, Trade{For: i, With: j, Rank: rank, Cost: s.Total - other.Total - p.points(i, j), Fewer: len(s.Groups) - len(other.Groups) - 1})
	}
	return b, nil
}

// best keeps the best alternatives that differ from each other.
func (b *Beside) best() {
	slices.SortStableFunc(b.Alternatives, func(x, y Alternative) int { return y.Total - x.Total })
	var some []Alternative
	for _, a := range b.Alternatives {
		if len(some) < mostAlternatives && !slices.ContainsFunc(some, func(o Alternative) bool { return same(o.Groups, a.Groups) }) {
			some = append(some, a)
		}
	}
	b.Alternatives = some
}

func same(a, b [][]int) bool { return slices.EqualFunc(a, b, slices.Equal[[]int]) }

// rather is with whom an organization would rather be than with whom it is: its dearest wish that can be, else the pair that is
// worth most; -1 where there is nobody.
func (p *Problem) rather(s Solution, i int) (with, rank int) {
	partner := -1
	for _, g := range s.Groups {
		if n := slices.Index(g, i); n >= 0 {
			partner = g[1-n]
		}
	}
	for n, j := range p.Basis.Sides[i].Wishes {
		if j == partner && partner >= 0 {
			return -1, 0
		}
		if j >= 0 && slices.Contains(p.Free, j) && !p.bars(i, j) {
			return j, n + 1
		}
	}
	with, most := -1, 0
	if partner >= 0 {
		most = p.points(i, partner)
	}
	for _, j := range slices.Sorted(slices.Values(p.Free)) {
		if j != i && !p.bars(i, j) && p.points(i, j) > most {
			with, most = j, p.points(i, j)
		}
	}
	return with, 0
}

// less is how many points less an alternative is worth than what the solver chose.
func (*Beside) less(r *Run, a *Alternative) int { return max(0, r.Solution.Total-a.Total) }
