package selection

import (
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
)

// RunState is where an automatic assignment stands, and RunVerb what happens to it.
type (
	RunState = runs.State
	RunVerb  = runs.Verb
)

// The states of a run.
const (
	RunQueued     = runs.Queued
	RunRunning    = runs.Running
	RunDone       = runs.Done
	RunInfeasible = runs.Infeasible
	RunCancelled  = runs.Cancelled
	RunFailed     = runs.Failed
	RunApplied    = runs.Applied
)

// RunStates lists all of them.
var RunStates = runs.States

// The verbs of a run's life.
const (
	BeginRun  = runs.Begin
	FinishRun = runs.Finish
	RefuseRun = runs.Refuse
	FailRun   = runs.Fail
	CancelRun = runs.Cancel
	ApplyRun  = runs.Apply
)

// RunVerbs lists all of them.
var RunVerbs = runs.Verbs

// Bounds are the least and the most of something.
type Bounds = assignment.Bounds

// Settings are what a run is asked for.
type Settings struct {
	Reviews   Bounds             `json:"reviews"` // of each application, those that exist already included
	Load      Bounds             `json:"load"`    // of each reviewer, likewise
	Most      map[ids.Person]int `json:"most,omitempty"`
	Reviewers []ids.Person       `json:"reviewers"` // who may get something
	Fair      bool               `json:"fair"`      // the worst-served application first, and only then the total
	Weights   Weights            `json:"weights"`
	Seed      uint64             `json:"seed"`
	DueAt     time.Time          `json:"due_at"`
}

// What settings hold at most.
const (
	MostPerApplication = 10
	MostSeed           = 999_999
)

func (g *Settings) check() []fault.Field {
	var bad []fault.Field
	between := func(name string, n, low, high int) {
		if n < low || n > high {
			bad = append(bad, fault.AtWith(name, "selection.run.between", fault.Args{"Low": low, "High": high}))
		}
	}
	between("reviews_min", g.Reviews.Min, 1, MostPerApplication)
	between("reviews_max", g.Reviews.Max, max(1, g.Reviews.Min), MostPerApplication)
	between("load_min", g.Load.Min, 0, reviewers.MostReviews)
	between("load_max", g.Load.Max, max(1, g.Load.Min), reviewers.MostReviews)
	if len(g.Reviewers) == 0 {
		bad = append(bad, fault.At("reviewer", "selection.assign.no_reviewer"))
	}
	for _, person := range g.Reviewers {
		if most, own := g.Most[person]; own {
			between("most-"+person.String(), most, 1, reviewers.MostReviews)
		}
	}
	between("weight_topic", g.Weights.Topic, 0, MostWeight)
	between("weight_language", g.Weights.Language, 0, MostWeight)
	between("weight_country", g.Weights.Country, 0, MostWeight)
	if g.Weights.Sum() == 0 {
		bad = append(bad, fault.At("weight_topic", "selection.run.weightless"))
	}
	if g.Seed > MostSeed {
		bad = append(bad, fault.AtWith("seed", "selection.run.between", fault.Args{"Low": 0, "High": MostSeed}))
	}
	return bad
}

// Instance is what a run is computed from, as the program's command solve reads it, and Answer what was computed. Tables are by
// application, then by reviewer, in the order of the run.
type (
	Instance = assignment.File
	Answer   = assignment.Result
)

// Basis is what affinities are computed from, in the order of the run, so that their reasons stay what they were.
type Basis struct {
	Leanings  []Leaning   `json:"leanings"`
	Expertise []Expertise `json:"expertise"`
	Wishes    [][]Wish    `json:"wishes,omitempty"` // by application and reviewer; nothing where nobody wishes for anything
}

// affinity is that of an application and a reviewer of the run, by the weights and after the reviewer's wish, and why.
func (b *Basis) affinity(w Weights, i, k int) (int, []Reason) {
	n, reasons := Affinity(w, &b.Leanings[i], &b.Expertise[k])
	if len(b.Wishes) == 0 || b.Wishes[i][k] == "" {
		return n, reasons
	}
	wish := b.Wishes[i][k]
	return Swayed(n, wish), append(reasons, Reason{SideWish, []string{string(wish)}})
}

// Run is one automatic assignment of a call's reviewers.
type Run struct {
	ID           ids.Run
	Call         ids.Call
	State        RunState
	By           ids.Person
	At           time.Time
	EndedAt      time.Time
	AppliedBy    ids.Person
	AppliedAt    time.Time
	Settings     Settings
	Applications []ids.Application
	Reviewers    []ids.Person
	Instance     Instance
	Basis        Basis
	Answer       Answer
	Obstacles    []assignment.Obstacle
	Progress     int // how much of it is computed, in percent
}

// pair is a review that could be.
type pair struct {
	Application ids.Application
	Person      ids.Person
}

// drafting is what a run is made of.
type drafting struct {
	settings     Settings
	applications []Application // of the call, that the actor may know of
	reviews      []Review      // of these
	barred       map[pair]bool // by a conflict of interest
	profiles     map[ids.Person]reviewers.Profile
	wishes       map[pair]Wish
}

// draft puts a run together. It is about the applications that can be reviewed and have fewer reviews than they may have;
// what they have is kept. Whoever takes no part keeps what they have and gets no more. Reviews of other applications count
// in the load of their reviewers.
func (d *drafting) draft() Run {
	g := d.settings
	run := Run{Settings: g, State: RunQueued, Reviewers: slices.Clone(g.Reviewers)}
	active := map[ids.Application]int{}
	for _, r := range d.reviews {
		if r.State.Active() {
			active[r.Application]++
		}
	}
	place := map[ids.Application]int{}
	for _, a := range d.applications {
		if a.Undecided && active[a.ID] < g.Reviews.Max {
			place[a.ID] = len(run.Applications)
			run.Applications = append(run.Applications, a.ID)
			run.Basis.Leanings = append(run.Basis.Leanings, a.Leaning)
		}
	}
	inside, outside := map[ids.Person]int{}, map[ids.Person]int{}
	shut := map[pair]bool{}
	in := assignment.NewFile(g.Reviews, g.Fair, g.Seed)
	for _, r := range d.reviews {
		i, there := place[r.Application]
		switch {
		case r.State == ReviewHandedBack || r.State == ReviewRecused:
			shut[pair{r.Application, r.Person}] = true
		case !r.State.Active():
		case !there:
			outside[r.Person]++
		default:
			inside[r.Person]++
			k := slices.Index(run.Reviewers, r.Person)
			if k < 0 {
				k = len(run.Reviewers)
				run.Reviewers = append(run.Reviewers, r.Person)
			}
			in.Fixed = append(in.Fixed, [2]int{i, k})
		}
	}
	for k, person := range run.Reviewers {
		p := d.profiles[person]
		run.Basis.Expertise = append(run.Basis.Expertise, p.Expertise())
		in.Load = append(in.Load, d.load(person, k < len(g.Reviewers), inside[person], outside[person]))
	}
	if len(d.wishes) > 0 {
		for _, id := range run.Applications {
			row := make([]Wish, len(run.Reviewers))
			for k, person := range run.Reviewers {
				row[k] = d.wishes[pair{id, person}]
			}
			run.Basis.Wishes = append(run.Basis.Wishes, row)
		}
	}
	for i, id := range run.Applications {
		affinity, conflict := make([]int, len(run.Reviewers)), make([]int, len(run.Reviewers))
		for k, person := range run.Reviewers {
			affinity[k], _ = run.Basis.affinity(g.Weights, i, k)
			kept := slices.Contains(in.Fixed, [2]int{i, k})
			if !kept && (k >= len(g.Reviewers) || d.barred[pair{id, person}] || shut[pair{id, person}]) {
				conflict[k] = 1
			}
		}
		in.Affinity, in.Conflict = append(in.Affinity, affinity), append(in.Conflict, conflict)
	}
	run.Instance = in
	return run
}

// load is how many of the run's applications somebody gets who has so many of them, and so many others, already.
func (d *drafting) load(person ids.Person, takesPart bool, inside, outside int) Bounds {
	if !takesPart {
		return Bounds{Min: 0, Max: inside}
	}
	b := d.settings.Load
	if most, own := d.settings.Most[person]; own {
		b.Max = most
	}
	b.Max = max(inside, b.Max-outside)
	b.Min = min(max(0, b.Min-outside), b.Max)
	return b
}
