package partnerships

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
	"kervan/policies"
	"kervan/tenants"
)

// Planning is what an automatic assignment begins with.
type Planning struct {
	People  []Facilitator
	Absent  map[ids.Person]bool // not available today
	Calls   []CallAlone         // of partnerships that nobody accompanies
	Alone   int                 // partnerships that nobody accompanies
	Instead Facilitator         // whose partnerships are to be given to others; without an ID: nobody's
	Runs    []Run               // of the last ones those that the actor may see, without what they were computed from
	Usual   Settings
}

// CallAlone is a call with how many of its partnerships nobody accompanies.
type CallAlone struct {
	ID    ids.Call
	Title i18n.Text
	Alone int
}

// Planning shows what an automatic assignment begins with: of partnerships that nobody accompanies, or of those that somebody
// accompanies who is to be replaced. Coordinators may. Fault: NotFound when that somebody accompanies none.
func (s *Service) Planning(ctx context.Context, sc tenants.Scope, instead ids.Person) (Planning, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return Planning{}, err
	}
	all, err := s.facilitators(ctx, sc)
	if err != nil {
		return Planning{}, err
	}
	concerned, err := s.concerned(ctx, sc, &Settings{Instead: instead})
	if err != nil {
		return Planning{}, err
	}
	p := Planning{Absent: map[ids.Person]bool{}, Alone: len(concerned)}
	for i := range concerned {
		c := &concerned[i]
		k := slices.IndexFunc(p.Calls, func(one CallAlone) bool { return one.ID == c.Call })
		if k < 0 {
			k, p.Calls = len(p.Calls), append(p.Calls, CallAlone{ID: c.Call, Title: c.CallTitle})
		}
		p.Calls[k].Alone++
	}
	if p.Runs, err = s.openRuns(ctx, sc); err != nil {
		return p, err
	}
	p.Usual = Settings{Instead: instead, Own: map[ids.Person]assignment.Bounds{}, Fair: true, Weights: expertise.UsualWeights, Seed: 1}
	day, load := today(time.Now(), sc), len(concerned)
	for _, f := range all {
		if f.ID == instead {
			p.Instead = f
			continue
		}
		p.People = append(p.People, f)
		if f.Most > 0 || f.Least > 0 {
			p.Usual.Own[f.ID] = assignment.Bounds{Min: f.Least, Max: f.Most}
		}
		load += f.Now
		if p.Absent[f.ID] = !f.Available(day); !p.Absent[f.ID] {
			p.Usual.People = append(p.Usual.People, f.ID)
		}
	}
	if !instead.IsZero() && (p.Instead.ID.IsZero() || len(concerned) == 0) {
		return p, fault.NotFound()
	}
	// One more than an equal share, so that affinity has a choice; three or four are usual.
	p.Usual.Load.Max = min(MostAccompanied, max(4, 1+(load+len(p.People))/max(1, len(p.People))))
	for id, own := range p.Usual.Own {
		if own.Max == 0 {
			own.Max = max(own.Min, p.Usual.Load.Max)
			p.Usual.Own[id] = own
		}
	}
	return p, nil
}

// concerned are the partnerships of a run: those that go on and nobody accompanies, or that somebody accompanies who is to be
// replaced; the oldest first. Those in which the actor has a conflict of interest are left to others.
func (s *Service) concerned(ctx context.Context, sc tenants.Scope, g *Settings) ([]Partnership, error) {
	all, err := list(ctx, sc.Read(), Query{Call: g.Call, Facilitator: g.Instead, Unaccompanied: g.Instead.IsZero(), Going: true, Desc: true})
	if err != nil {
		return nil, err
	}
	partial, err := s.partialIn(ctx, sc, all)
	return slices.DeleteFunc(all, func(p Partnership) bool { return partial[p.ID] }), err
}

// runJob computes a run.
const runJob = "partnerships.assign"

// Computing is the argument of the job that computes a run.
type Computing struct {
	Run ids.Run `json:"run"`
}

// StartRun begins an automatic assignment; nobody accompanies anything more before it is applied. While one of the actor's own
// still goes on, that is the one. Who is to be replaced reads the reason, in at most 1,000 characters. Coordinators may. Faults:
// Invalid by field, Conflict when there is no partnership to give, NotFound.
func (s *Service) StartRun(ctx context.Context, sc tenants.Scope, g Settings, reason string) (ids.Run, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return ids.Run{}, err
	}
	bad := g.check()
	if !g.Instead.IsZero() {
		bad = append(bad, wrong(reason)...)
	} else {
		reason = ""
	}
	if len(bad) > 0 {
		return ids.Run{}, fault.Invalid("fault.check_fields", bad...)
	}
	known, err := s.facilitators(ctx, sc)
	if err != nil {
		return ids.Run{}, err
	}
	people := slices.DeleteFunc(known, func(f Facilitator) bool { return !slices.Contains(g.People, f.ID) })
	if len(people) != len(g.People) {
		return ids.Run{}, fault.NotFound()
	}
	// Nothing depends on the alphabet of who asks.
	slices.SortFunc(people, func(a, b Facilitator) int { return slices.Compare(a.ID[:], b.ID[:]) })
	all, err := s.concerned(ctx, sc, &g)
	if err != nil {
		return ids.Run{}, err
	}
	if len(all) == 0 {
		return ids.Run{}, fault.Conflict("partnerships.automatic.complete")
	}
	cards, err := s.cards(ctx, sc, all)
	if err != nil {
		return ids.Run{}, err
	}
	needs, err := s.needs(ctx, sc, all, cards)
	if err != nil {
		return ids.Run{}, err
	}
	clashes, err := s.clashes(ctx, sc, all, persons(people))
	if err != nil {
		return ids.Run{}, err
	}
	run := draft(g, all, people, needs, clashes)
	run.ID, run.By, run.Reason = ids.New[ids.Run](), sc.Actor().Person, reason
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		if run.At, err = tx.Now(ctx); err != nil {
			return err
		}
		recent, err := recentRuns(ctx, tx)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(recent, func(r Run) bool { return r.State.Pending() && r.By == run.By }); i >= 0 {
			run.ID = recent[i].ID
			return nil
		}
		tx.Audit(audit.Entry{Action: "facilitation_run.started", SubjectKind: "network", SubjectID: sc.Tenant().ID.String(), Detail: map[string]any{"partnerships": len(run.Partnerships), "people": len(run.People)}})
		tx.Enqueue(runJob, Computing{Run: run.ID})
		return insertRun(ctx, tx, &run)
	})
	return run.ID, err
}

func (s *Service) cards(ctx context.Context, sc tenants.Scope, all []Partnership) (map[ids.Organization]Organization, error) {
	var organizations []ids.Organization
	for i := range all {
		organizations = append(organizations, all[i].Organizations()...)
	}
	return s.organizations.Cards(ctx, sc, organizations)
}

// mostTime is how long a run may take; a job of its queue is ended soon after.
const mostTime = 25 * time.Second

// Compute computes a run that was begun, unless it was cancelled, and tells who began it. Only the system may.
func (s *Service) Compute(ctx context.Context, sc tenants.Scope, c Computing) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	run, going, err := s.step(ctx, sc, c.Run, runs.Begin, func(*Run) {})
	if err != nil || !going {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	found, err := assignment.Solve(limited, run.Instance.Instance())
	verb := runs.Finish
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("partnerships: the machine stops: %w", ctx.Err()) // it is begun again
	case errors.Is(err, context.DeadlineExceeded):
		verb = runs.Fail
	case err != nil:
		return err
	case len(found.Obstacles) > 0:
		verb = runs.Refuse
	}
	_, _, err = s.step(ctx, sc, c.Run, verb, func(r *Run) {
		if verb != runs.Fail {
			r.answer(found)
		}
	})
	return err
}

// step moves a run by the system, and tells who began it once it has ended. It is not going on where the verb is not possible.
func (s *Service) step(ctx context.Context, sc tenants.Scope, id ids.Run, verb runs.Verb, change func(*Run)) (run Run, going bool, err error) {
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if run, err = lockRun(ctx, tx, id); err != nil {
			return err
		}
		if run.State, going = run.State.After(verb); !going {
			return nil
		}
		change(&run)
		if !run.State.Pending() {
			run.EndedAt = now
			if !run.By.IsZero() {
				tx.Announce(events.NotificationRequested{Person: run.By, Key: "partnerships.run_notify." + string(run.State), Path: runAddress(run.ID)})
			}
		}
		return moveRun(ctx, tx, &run)
	})
	return run, going, err
}

func runAddress(id ids.Run) string { return "/facilitation/" + id.String() }

// Plan is a run with everything that its page shows.
type Plan struct {
	Run

	Rows   []PlannedRow // in the order of the run; none where it was not possible
	Loads  []PlannedLoad
	Names  map[ids.Person]string
	Titles map[int]string // of the partnerships that exist, in the order of the run
}

// PlannedRow is one partnership of a run.
type PlannedRow struct {
	Listed // without an ID when it does not exist any more

	Chosen       int       // of the people; nobody: -1
	Alternatives []Planned // who could accompany it, the chosen one too, the best first
}

// Planned is somebody who could accompany a partnership.
type Planned struct {
	Index  int // of the people
	Person ids.Person
	Fit
}

// PlannedLoad is what somebody gets by what is chosen.
type PlannedLoad struct {
	Person ids.Person
	New    int
	Bounds assignment.Bounds // for the new ones
}

// Plan shows a run. Coordinators may, unless they have a conflict of interest in one of its partnerships. Faults: Forbidden, NotFound.
func (s *Service) Plan(ctx context.Context, sc tenants.Scope, id ids.Run) (Plan, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return Plan{}, err
	}
	run, err := findRun(ctx, sc.Read(), id)
	if err != nil {
		return Plan{}, err
	}
	all, err := those(ctx, sc.Read(), run.Partnerships)
	if err != nil {
		return Plan{}, err
	}
	if err := s.impartial(ctx, sc, all...); err != nil {
		return Plan{}, err
	}
	listed, err := s.listed(ctx, sc, all)
	if err != nil {
		return Plan{}, err
	}
	known, err := s.people.Persons(ctx, sc, append(slices.Clone(run.People), run.By, run.Settings.Instead))
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Run: run, Names: make(map[ids.Person]string, len(known)), Titles: map[int]string{}}
	for person, one := range known {
		p.Names[person] = one.Name
	}
	p.lay(listed)
	return p, nil
}

// lay puts what is chosen beside partnerships and people.
func (p *Plan) lay(listed []Listed) {
	p.Loads = make([]PlannedLoad, len(p.People))
	for k, person := range p.People {
		p.Loads[k] = PlannedLoad{Person: person, Bounds: p.Instance.Load[k]}
	}
	for _, l := range listed {
		p.Titles[slices.Index(p.Partnerships, l.ID)] = l.Title
	}
	for i, chosen := range p.Chosen {
		row := PlannedRow{Chosen: chosen}
		if k := slices.IndexFunc(listed, func(l Listed) bool { return l.ID == p.Partnerships[i] }); k >= 0 {
			row.Listed = listed[k]
		}
		for k, person := range p.People {
			if p.Instance.Conflict[i][k] == 0 {
				row.Alternatives = append(row.Alternatives, Planned{Index: k, Person: person, Fit: p.fit(i, k)})
			}
		}
		slices.SortStableFunc(row.Alternatives, func(a, b Planned) int { return b.Affinity - a.Affinity })
		if chosen != nobody {
			p.Loads[chosen].New++
		}
		p.Rows = append(p.Rows, row)
	}
}

// Change changes by hand who a run gives what, before it is applied: for each partnership the place of the person, or -1. Coordinators
// may as for Plan. Faults: Invalid by field, Conflict when the run is not open any more, Forbidden, NotFound.
func (s *Service) Change(ctx context.Context, sc tenants.Scope, id ids.Run, chosen []int) error {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return err
	}
	if _, err := s.impartialRun(ctx, sc, id); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		run, err := lockRun(ctx, tx, id)
		if err != nil {
			return err
		}
		if run.State != runs.Done {
			return fault.Conflict("partnerships.run.not_now")
		}
		if err := run.choose(chosen); err != nil {
			return err
		}
		return moveRun(ctx, tx, &run)
	})
}

// CancelRun ends a run that goes on, or discards what it proposes. Coordinators may as for Plan. Faults: Conflict when it has ended
// otherwise, Forbidden, NotFound.
func (s *Service) CancelRun(ctx context.Context, sc tenants.Scope, id ids.Run) error {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return err
	}
	if _, err := s.impartialRun(ctx, sc, id); err != nil {
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
		after, ok := run.State.After(runs.Cancel)
		switch {
		case run.State == runs.Cancelled: // a second click
			return nil
		case !ok:
			return fault.Conflict("partnerships.run.not_now")
		}
		run.State, run.EndedAt = after, now
		tx.Audit(audit.Entry{Action: "facilitation_run.cancelled", SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
		return moveRun(ctx, tx, &run)
	})
}

// Problem is why a partnership cannot be given to somebody any more.
type Problem struct {
	Partnership ids.Partnership
	Person      ids.Person
	Key         string // of the words
}

// ApplyRun gives out what is chosen, all of it or nothing: where something of it is not possible any more, it is told with a
// Conflict. Everybody is told once. Coordinators may as for Plan. Other faults: Conflict when the run is not to be applied, Forbidden,
// NotFound.
func (s *Service) ApplyRun(ctx context.Context, sc tenants.Scope, id ids.Run) (int, []Problem, error) {
	plan, err := s.Plan(ctx, sc, id)
	if err != nil {
		return 0, nil, err
	}
	var all []Partnership
	for _, row := range plan.Rows {
		if !row.ID.IsZero() {
			all = append(all, row.Partnership)
		}
	}
	clashes, err := s.clashes(ctx, sc, all, plan.People)
	if err != nil {
		return 0, nil, err
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleFacilitator)
	if err != nil {
		return 0, nil, err
	}
	chosen, problems := plan.possible(held, clashes)
	if len(problems) > 0 && plan.State == runs.Done {
		return 0, problems, fault.Conflict("partnerships.run.stale")
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		run, err := lockRun(ctx, tx, id)
		if err != nil {
			return err
		}
		after, ok := run.State.After(runs.Apply)
		if !ok || !slices.Equal(run.Chosen, plan.Run.Chosen) {
			return fault.Conflict("partnerships.run.not_now")
		}
		run.State, run.AppliedAt, run.AppliedBy = after, now, sc.Actor().Person
		tx.Audit(audit.Entry{Action: "facilitation_run.applied", SubjectKind: "network", SubjectID: sc.Tenant().ID.String(), Detail: map[string]any{"partnerships": len(chosen)}})
		if err := s.accompanyAll(ctx, tx, chosen, run.Reason); err != nil {
			return err
		}
		return moveRun(ctx, tx, &run)
	})
	return len(chosen), nil, err
}

// possible are the partnerships with whoever is chosen, and what of it is not possible any more.
func (p *Plan) possible(held []tenants.Membership, clashes map[pair]ConflictKind) (chosen []given, problems []Problem) {
	for i, row := range p.Rows {
		if row.Chosen == nobody {
			continue
		}
		person := p.People[row.Chosen]
		_, clash := clashes[pair{row.ID, person}]
		key := ""
		switch {
		case row.ID.IsZero() || !row.Going():
			key = "gone"
		case row.Facilitator != p.Settings.Instead:
			key = "taken"
		case !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == person }):
			key = "no_guide"
		case clash:
			key = "conflict"
		}
		if key != "" {
			problems = append(problems, Problem{Partnership: p.Partnerships[i], Person: person, Key: "partnerships.problem." + key})
		}
		chosen = append(chosen, given{row.Listed, person})
	}
	return chosen, problems
}

// RunFile is the instance of a run, as the command solve reads it. Coordinators may as for Plan. Faults: Forbidden, NotFound.
func (s *Service) RunFile(ctx context.Context, sc tenants.Scope, id ids.Run) (assignment.File, time.Time, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return assignment.File{}, time.Time{}, err
	}
	run, err := s.impartialRun(ctx, sc, id)
	if err != nil {
		return assignment.File{}, time.Time{}, err
	}
	return run.Instance, run.At, nil
}
