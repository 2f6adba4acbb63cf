package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Plan is a run with everything that its page shows.
type Plan struct {
	Run

	Call  Call
	About []Application // of the run, in its order; without a number: it was withdrawn since
	Rows  []ProposedRow // by number
	Loads []ProposedLoad
	By    string
	Names map[ids.Person]string
}

// ProposedRow is one application of a run.
type ProposedRow struct {
	Application Application
	Reviewers   []Proposed
}

// Proposed is one review that is kept or proposed.
type Proposed struct {
	Person   ids.Person
	Kept     bool
	Affinity int // of MostAffinity
	Reasons  []Reason
}

// ProposedLoad is what a run gives a reviewer.
type ProposedLoad struct {
	Person    ids.Person
	Kept, New int
	Most      int
}

// Total is how many reviews are proposed that there are not yet.
func (p *Plan) Total() int {
	n := 0
	for _, l := range p.Loads {
		n += l.New
	}
	return n
}

// visible finds a run and its call, if the actor may know of everything that it is about.
func (s *Service) visible(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (Run, field, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Run{}, field{}, err
	}
	run, err := findRun(ctx, sc.Read(), id)
	if err != nil {
		return run, field{}, err
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return run, field{}, err
	}
	if run.Call != call || slices.ContainsFunc(run.Applications, func(a ids.Application) bool { return slices.Contains(without, a) }) {
		return run, field{}, fault.NotFound()
	}
	f, err := s.field(ctx, sc, run.Call)
	return run, f, err
}

// Plan shows a run. Coordinators and officers may, unless it is about an application in which they have a conflict of
// interest. Fault: NotFound.
func (s *Service) Plan(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (Plan, error) {
	run, f, err := s.visible(ctx, sc, call, id)
	if err != nil {
		return Plan{}, err
	}
	known, err := s.People.Persons(ctx, sc, append(slices.Clone(run.Reviewers), run.By))
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Run: run, Call: f.Call, By: known[run.By].Name, Names: make(map[ids.Person]string, len(known))}
	for person, one := range known {
		p.Names[person] = one.Name
	}
	p.lay(f)
	i18n.Sort(sc.Actor().Locale, p.Loads, func(l ProposedLoad) string { return p.Names[l.Person] })
	return p, nil
}

// lay puts the answer beside applications and reviewers.
func (p *Plan) lay(f field) {
	p.Loads = make([]ProposedLoad, len(p.Reviewers))
	for k, person := range p.Reviewers {
		p.Loads[k] = ProposedLoad{Person: person, Most: p.Instance.Load[k].Max}
	}
	for _, id := range p.Applications {
		a, there := f.application(id)
		if !there {
			a = Application{ID: id} // withdrawn since
		}
		p.About = append(p.About, a)
	}
	for i, list := range p.Answer.Assignment {
		row := ProposedRow{Application: p.About[i]}
		for _, k := range list {
			one := Proposed{Person: p.Reviewers[k], Kept: slices.Contains(p.Instance.Fixed, [2]int{i, k}), Affinity: p.Instance.Affinity[i][k]}
			_, one.Reasons = p.Basis.affinity(p.Settings.Weights, i, k)
			row.Reviewers = append(row.Reviewers, one)
			if one.Kept {
				p.Loads[k].Kept++
			} else {
				p.Loads[k].New++
			}
		}
		p.Rows = append(p.Rows, row)
	}
}

// CancelRun ends a run that goes on, or discards what it proposes. Coordinators and officers may, unless it is about an
// application in which they have a conflict of interest. Faults: Conflict when it has ended otherwise, NotFound.
func (s *Service) CancelRun(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) error {
	if _, _, err := s.visible(ctx, sc, call, id); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		run, err := lockRun(ctx, tx, id)
		if err != nil {
			return err
		}
		after, ok := run.State.After(CancelRun)
		switch {
		case run.State == RunCancelled: // a second click
			return nil
		case !ok:
			return fault.Conflict("selection.run.not_now")
		}
		run.State, run.EndedAt = after, now
		tx.Audit(runEntry("assignment_run.cancelled", id))
		return moveRun(ctx, tx, &run)
	})
}

// Problem is why a pair cannot be assigned any more.
type Problem struct {
	Application ids.Application
	Person      ids.Person
	Key         string       // of the words
	Kind        ConflictKind // where it is a conflict of interest
}

// ApplyRun gives out what a run proposes, all of it or nothing: where something of it is not possible any more, the pairs are
// given back with a Conflict. What was assigned otherwise in the meantime stays. Each reviewer is told once. Coordinators and
// officers may, unless it is about an application in which they have a conflict of interest. Other faults: Invalid when it
// would be due in the past, Conflict when the decisions are closed or the run is not to be applied, NotFound.
func (s *Service) ApplyRun(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (int, []Problem, error) {
	run, f, err := s.visible(ctx, sc, call, id)
	if err != nil {
		return 0, nil, err
	}
	found, err := s.lookOnce(ctx, sc, f, run.Reviewers)
	if err != nil {
		return 0, nil, err
	}
	var problems []Problem
	n := 0
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := s.opened(ctx, tx, f.Call, run.Settings.DueAt)
		if err != nil {
			return err
		}
		if run, err = lockRun(ctx, tx, id); err != nil {
			return err
		}
		after, ok := run.State.After(ApplyRun)
		if !ok {
			return fault.Conflict("selection.run.not_now")
		}
		if err := recuse(ctx, tx, found, now); err != nil {
			return err
		}
		pairs := run.fresh()
		if problems, err = s.impossible(ctx, tx, f, pairs); err != nil || len(problems) > 0 {
			return err
		}
		if n, err = s.assign(ctx, tx, f.Call, pairs, run.Settings.DueAt, now); err != nil {
			return err
		}
		run.State, run.AppliedAt, run.AppliedBy = after, now, sc.Actor().Person
		tx.Audit(runEntry("assignment_run.applied", id))
		return moveRun(ctx, tx, &run)
	})
	if err == nil && len(problems) > 0 {
		err = fault.Conflict("selection.run.stale")
	}
	return n, problems, err
}

// lookOnce finds conflicts of interest between reviewers and all applications of a field.
func (s *Service) lookOnce(ctx context.Context, sc tenants.Scope, f field, reviewers []ids.Person) ([]Conflict, error) {
	if len(reviewers) == 0 {
		return nil, nil
	}
	return s.detect(ctx, sc, f.Applications, reviewers...)
}

// fresh are the pairs that a run proposes and did not find.
func (r *Run) fresh() []pair {
	var pairs []pair
	for i, list := range r.Answer.Assignment {
		for _, k := range list {
			if !slices.Contains(r.Instance.Fixed, [2]int{i, k}) {
				pairs = append(pairs, pair{r.Applications[i], r.Reviewers[k]})
			}
		}
	}
	return pairs
}

// impossible are the pairs that must not be assigned, or cannot be, each with why. Applications outside of the field are
// not there any more.
func (s *Service) impossible(ctx context.Context, tx *tenants.Tx, f field, pairs []pair) ([]Problem, error) {
	held, err := reviewers.Eligible(ctx, tx, f.Call.ID, f.Call.Review.Anonymous)
	if err != nil {
		return nil, err
	}
	barred, err := unfit(ctx, tx, f.Call, f.Applications)
	if err != nil {
		return nil, err
	}
	reviews, err := reviewsOfCall(ctx, tx, f.Call.ID)
	if err != nil {
		return nil, err
	}
	state := map[pair]ReviewState{}
	for _, r := range reviews {
		state[pair{r.Application, r.Person}] = r.State
	}
	var problems []Problem
	for _, p := range pairs {
		a, there := f.application(p.Application)
		kind, conflict := barred[p]
		key := ""
		switch {
		case !there:
			key = "gone"
		case !a.Undecided:
			key = "decided"
		case !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == p.Person }):
			key = "no_reviewer"
		case conflict || state[p] == ReviewRecused:
			key = "conflict"
		case state[p] == ReviewHandedBack:
			key = "handed_back"
		}
		if key != "" {
			problems = append(problems, Problem{Application: p.Application, Person: p.Person, Key: "selection.problem." + key, Kind: kind})
		}
	}
	return problems, nil
}

// conflicted are the pairs that must not be assigned.
func conflicted(ctx context.Context, tx *tenants.Tx, call Call, chosen []Application, reviewers []ids.Person) ([]Refusal, error) {
	kinds, err := unfit(ctx, tx, call, chosen)
	if err != nil {
		return nil, err
	}
	var refused []Refusal
	for _, p := range each(chosen, reviewers, nil) {
		if kind, barred := kinds[p]; barred && !slices.ContainsFunc(refused, func(r Refusal) bool { return r.Application == p.Application && r.Person == p.Person }) {
			refused = append(refused, Refusal{Application: p.Application, Person: p.Person, Kind: kind})
		}
	}
	return refused, nil
}

// unfit are the pairs of the applications and reviewers that must not be assigned, each with why: conflicts of interest that hold and,
// in an anonymous call, whatever a reviewer has ever ticked. Of that what was taken back is no conflict any more; but the application
// that came to them alone thereafter would be known to be of whom they had ticked.
func unfit(ctx context.Context, tx *tenants.Tx, call Call, applications []Application) (map[pair]ConflictKind, error) {
	all, err := conflictsOfCall(ctx, tx, call.ID)
	if err != nil {
		return nil, err
	}
	kinds := map[pair]ConflictKind{}
	if call.Review.Anonymous {
		said, err := tickedIn(ctx, tx, call.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range said {
			for _, a := range applications {
				if a.applies(t.Organization) {
					kinds[pair{a.ID, t.Person}] = t.Kind
				}
			}
		}
	}
	for _, c := range all {
		if c.Stands() {
			kinds[pair{c.Application, c.Person}] = c.Kind
		}
	}
	return kinds, nil
}

// each are all pairs of the applications and the reviewers, but for those that are refused.
func each(chosen []Application, reviewers []ids.Person, refused []Refusal) []pair {
	var pairs []pair
	for _, a := range chosen {
		for _, person := range reviewers {
			if !slices.ContainsFunc(refused, func(r Refusal) bool { return r.Application == a.ID && r.Person == person }) {
				pairs = append(pairs, pair{a.ID, person})
			}
		}
	}
	return pairs
}

// RunAnswer is what was computed for a run, as the command solve prints it for the instance. Who may is as for RunFile. Fault:
// NotFound, also where there is no answer.
func (s *Service) RunAnswer(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (Answer, time.Time, error) {
	run, _, err := s.visible(ctx, sc, call, id)
	if err == nil && !run.Answer.Given() {
		err = fault.NotFound()
	}
	return run.Answer, run.At, err
}

// RunFile is the instance of a run, as the command solve reads it. Coordinators and officers may, unless it is about an
// application in which they have a conflict of interest. Fault: NotFound.
func (s *Service) RunFile(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (Instance, time.Time, error) {
	run, _, err := s.visible(ctx, sc, call, id)
	return run.Instance, run.At, err
}
