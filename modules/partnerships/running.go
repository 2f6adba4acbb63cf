package partnerships

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
	"kervan/policies"
	"kervan/tenants"
)

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
		recent, err := recentRuns(ctx, tx, mostRecent)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(recent, func(r Run) bool { return r.State.Pending() && r.By == run.By }); i >= 0 {
			run.ID = recent[i].ID
			return nil
		}
		tx.Audit(runEntry("facilitation_run.started", run.ID))
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

// Compute computes a run that was begun, unless it was cancelled, and tells who began it. Only the system may.
func (s *Service) Compute(ctx context.Context, sc tenants.Scope, c Computing) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	run, going, err := s.step(ctx, sc, c.Run, runs.Begin, func(*Run) {})
	if err != nil || !going {
		return err
	}
	limited, stop := runs.Watch(ctx, func(ctx context.Context) (runs.State, error) { return runState(ctx, sc.Read(), run.ID) })
	found, err := assignment.Solve(limited, run.Instance.Instance())
	stop()
	verb := runs.Finish
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("partnerships: the machine stops: %w", ctx.Err()) // it is begun again
	case errors.Is(err, context.DeadlineExceeded):
		verb = runs.Fail
	case errors.Is(err, context.Canceled):
		return nil // by its people
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

// runEntry is about a run alone, so that it is read by those only who may see that run.
func runEntry(action string, id ids.Run) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "facilitation_run", SubjectID: id.String()}
}

func runAddress(id ids.Run) string { return "/facilitation/" + id.String() }

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
		tx.Audit(runEntry("facilitation_run.cancelled", id))
		return moveRun(ctx, tx, &run)
	})
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
		tx.Audit(runEntry("facilitation_run.applied", id))
		if err := s.accompanyAll(ctx, tx, chosen, run.Reason); err != nil {
			return err
		}
		return moveRun(ctx, tx, &run)
	})
	return len(chosen), nil, err
}

// RunAnswer is what was computed for a run, as the command solve prints it for the instance, whatever was changed by hand since.
// Coordinators may as for Plan. Faults: Forbidden; NotFound, also where there is no answer.
func (s *Service) RunAnswer(ctx context.Context, sc tenants.Scope, id ids.Run) (assignment.Result, time.Time, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return assignment.Result{}, time.Time{}, err
	}
	run, err := s.impartialRun(ctx, sc, id)
	if err != nil {
		return assignment.Result{}, time.Time{}, err
	}
	if !run.Answer.Given() {
		return assignment.Result{}, time.Time{}, fault.NotFound()
	}
	return run.Answer, run.At, nil
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
