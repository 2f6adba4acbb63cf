package partnerships

import (
	"slices"
	"strconv"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
)

// Settings are what a run is asked for.
type Settings struct {
	Call    ids.Call                         `json:"call,omitzero"`    // only partnerships of that one
	Instead ids.Person                       `json:"instead,omitzero"` // only those that they accompany, who gets nothing
	People  []ids.Person                     `json:"people"`           // who may get something
	Load    assignment.Bounds                `json:"load"`             // of each of them, with those that they accompany already
	Own     map[ids.Person]assignment.Bounds `json:"own,omitempty"`    // in place of Load
	Fair    bool                             `json:"fair"`             // the worst-served partnership first, and only then the total
	Weights expertise.Weights                `json:"weights"`
	Seed    uint64                           `json:"seed"`
}

// mostSeed is the highest seed.
const mostSeed = 999_999

// check finds what no run can be asked for, by the names of the inputs.
func (g *Settings) check() []fault.Field {
	var bad []fault.Field
	between := func(name string, n, low, high int) {
		if n < low || n > high {
			bad = append(bad, fault.AtWith(name, "partnerships.between", fault.Args{"Low": low, "High": high}))
		}
	}
	between("load_min", g.Load.Min, 0, MostAccompanied)
	between("load_max", g.Load.Max, max(1, g.Load.Min), MostAccompanied)
	if len(g.People) == 0 {
		bad = append(bad, fault.At("people", "partnerships.automatic.nobody"))
	}
	for i, person := range g.People {
		if own, told := g.Own[person]; told {
			between("least-"+person.String(), own.Min, 0, MostAccompanied)
			between("most-"+person.String(), own.Max, max(1, own.Min), MostAccompanied)
		}
		if slices.Contains(g.People[:i], person) || person == g.Instead {
			bad = append(bad, fault.At("people", "fault.choose"))
		}
	}
	between("weight_topic", g.Weights.Topic, 0, expertise.MostWeight)
	between("weight_language", g.Weights.Language, 0, expertise.MostWeight)
	between("weight_country", g.Weights.Country, 0, expertise.MostWeight)
	if g.Weights.Sum() == 0 {
		bad = append(bad, fault.At("weight_topic", "partnerships.automatic.weightless"))
	}
	if g.Seed > mostSeed {
		bad = append(bad, fault.AtWith("seed", "partnerships.between", fault.Args{"Low": 0, "High": mostSeed}))
	}
	return bad
}

// bounds are how many of a run's partnerships somebody gets who accompanies so many others already.
func (g *Settings) bounds(person ids.Person, now int) assignment.Bounds {
	b, own := g.Own[person]
	if !own {
		b = g.Load
	}
	b.Max = max(0, b.Max-now)
	b.Min = min(max(0, b.Min-now), b.Max)
	return b
}

// Basis is what affinities are computed from, in the order of the run, so that their reasons stay what they were.
type Basis struct {
	Needs []Need                `json:"needs"`
	Knows []expertise.Expertise `json:"knows"`
}

// Run is one automatic assignment of those who accompany to partnerships that nobody accompanies.
type Run struct {
	ID           ids.Run
	State        runs.State
	By           ids.Person
	At           time.Time
	EndedAt      time.Time
	AppliedBy    ids.Person
	AppliedAt    time.Time
	Settings     Settings
	Reason       string // why somebody is replaced; they read it
	Partnerships []ids.Partnership
	People       []ids.Person
	Instance     assignment.File
	Basis        Basis
	Answer       assignment.Result
	Obstacles    []assignment.Obstacle
	Chosen       []int // of the people, for each partnership; nobody: -1
}

// nobody stands where a partnership has nobody.
const nobody = -1

// draft puts a run together for partnerships. Whoever has a conflict of interest in one, or shares no language with one of its
// organizations, is kept from it.
func draft(g Settings, all []Partnership, people []Facilitator, needs map[ids.Partnership]Need, clashes map[pair]ConflictKind) Run {
	run := Run{Settings: g, State: runs.Queued, Instance: assignment.NewFile(assignment.Bounds{Min: 1, Max: 1}, g.Fair, g.Seed)}
	in := &run.Instance
	for i := range people {
		f := &people[i]
		run.People = append(run.People, f.ID)
		run.Basis.Knows = append(run.Basis.Knows, f.Expertise)
		in.Load = append(in.Load, g.bounds(f.ID, f.Now))
	}
	for i := range all {
		need := needs[all[i].ID]
		affinity, conflict := make([]int, len(people)), make([]int, len(people))
		for k := range people {
			fit := FitOf(g.Weights, &need, &people[k].Expertise)
			affinity[k] = fit.Affinity
			if _, clash := clashes[pair{all[i].ID, people[k].ID}]; clash || !fit.Understands {
				conflict[k] = 1
			}
		}
		run.Partnerships, run.Basis.Needs = append(run.Partnerships, all[i].ID), append(run.Basis.Needs, need)
		in.Affinity, in.Conflict = append(in.Affinity, affinity), append(in.Conflict, conflict)
	}
	return run
}

// answer writes down what was found; that is what is chosen until somebody changes it.
func (r *Run) answer(found assignment.Answer) {
	r.Answer, r.Obstacles = r.Instance.Result(found), found.Obstacles
	r.Chosen = r.proposed()
}

// proposed is who was found for each partnership.
func (r *Run) proposed() []int {
	all := make([]int, len(r.Answer.Assignment))
	for i, list := range r.Answer.Assignment {
		if all[i] = nobody; len(list) > 0 {
			all[i] = list[0]
		}
	}
	return all
}

// choose changes by hand who is chosen. Faults: Invalid by field where somebody is kept from a partnership, or does not take part.
func (r *Run) choose(chosen []int) error {
	if len(chosen) != len(r.Partnerships) {
		return fault.Conflict("fault.stale")
	}
	var bad []fault.Field
	for i, k := range chosen {
		if k != nobody && (k < 0 || k >= len(r.People) || r.Instance.Conflict[i][k] == 1) {
			bad = append(bad, fault.At(choice(i), "fault.choose"))
		}
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	r.Chosen = slices.Clone(chosen)
	return nil
}

// choice is the name of the input of the partnership at that place.
func choice(i int) string { return "choice-" + strconv.Itoa(i+1) }

// Changed reports whether somebody has changed what was proposed.
func (r *Run) Changed() bool { return !slices.Equal(r.proposed(), r.Chosen) }

// fit is how well the person at that place suits the partnership at the other.
func (r *Run) fit(i, k int) Fit {
	return FitOf(r.Settings.Weights, &r.Basis.Needs[i], &r.Basis.Knows[k])
}
