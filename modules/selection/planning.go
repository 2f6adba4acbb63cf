package selection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
	"kervan/policies"
	"kervan/tenants"
)

// Planning is what an automatic assignment begins with.
type Planning struct {
	Board   Board
	Known   []reviewers.Known
	Runs    []Run // the last ones, without what they were computed from
	Lacking int   // how many applications have fewer reviewers than they need
	Usual   Settings
	Away    map[ids.Person]bool // most of the time until the usual due date
	Wished  bool                // reviewers are asked what they would like to review
	Wishers int                 // how many have said something, of the applications that the actor may know of
}

// Planning shows what an automatic assignment begins with. Coordinators and officers may; applications in which they have a
// conflict of interest, and runs about them, are left out. Fault: NotFound.
func (s *Service) Planning(ctx context.Context, sc tenants.Scope, call ids.Call) (Planning, error) {
	b, err := s.Board(ctx, sc, call)
	if err != nil {
		return Planning{}, err
	}
	p := Planning{Board: b, Away: map[ids.Person]bool{}}
	if p.Known, err = s.Reviewers.KnownReviewers(ctx, sc); err != nil {
		return p, err
	}
	held, err := reviewers.Eligible(ctx, sc.Read(), b.Call.ID, b.Call.Review.Anonymous)
	if err != nil {
		return p, err
	}
	p.Known = slices.DeleteFunc(p.Known, func(k reviewers.Known) bool { return !allHold(held, []ids.Person{k.Profile.Person}) })
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return p, err
	}
	if p.Runs, err = recentRuns(ctx, sc.Read(), call, without); err != nil {
		return p, err
	}
	if err := s.wishers(ctx, sc, &p); err != nil {
		return p, err
	}
	reviews, fresh := 0, 0
	for _, row := range b.Rows {
		reviews += row.Progress.Active
		if row.Undecided && row.Progress.Lacking() > 0 {
			p.Lacking++
			fresh += row.Progress.Lacking()
		}
	}
	reviews += fresh
	now := time.Now()
	p.Usual = Settings{
		Reviews: Bounds{Min: b.Call.Review.Reviews, Max: b.Call.Review.Reviews}, Weights: UsualWeights, Most: map[ids.Person]int{}, Fair: true, Seed: 1, DueAt: usualDue(b, now),
	}
	for _, k := range p.Known {
		if k.Most > 0 {
			p.Usual.Most[k.Profile.Person] = k.Most
		}
		if k.AwayMostly(now, p.Usual.DueAt, zone(b.Call)) {
			p.Away[k.Profile.Person] = true
			continue
		}
		p.Usual.Reviewers = append(p.Usual.Reviewers, k.Profile.Person)
	}
	// One more than an equal share, so that affinity has a choice; half of one of what is new, so that nobody is left without any.
	n := max(1, len(p.Usual.Reviewers))
	p.Usual.Load = Bounds{Min: min(reviewers.MostReviews, fresh/(2*n)), Max: min(reviewers.MostReviews, 1+(reviews+n)/n)}
	return p, nil
}

func usualDue(b Board, now time.Time) time.Time {
	if b.LatestDue.After(now) {
		return b.LatestDue
	}
	return DueAt(now, 14, zone(b.Call))
}

// runJob computes a run.
const runJob = "selection.assign"

// Computing is the argument of the job that computes a run.
type Computing struct {
	Run ids.Run `json:"run"`
}

// StartRun begins an automatic assignment of a call's applications, but for those in which the actor has a conflict of
// interest; nothing is assigned before it is applied. While one of the actor's own for the call still goes on, that is the
// one. Coordinators and officers may. Faults: Invalid by field, Conflict when the decisions are closed or no application
// lacks a reviewer, NotFound.
func (s *Service) StartRun(ctx context.Context, sc tenants.Scope, call ids.Call, g Settings) (ids.Run, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return ids.Run{}, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return ids.Run{}, err
	}
	if err := s.checkSettings(ctx, sc, f, &g); err != nil {
		return ids.Run{}, err
	}
	leanings, err := s.Applications.Leanings(ctx, sc, call)
	if err != nil {
		return ids.Run{}, err
	}
	for i := range f.Applications {
		a := &f.Applications[i]
		a.Leaning = leanings[a.ID]
		a.Leaning.Countries = a.countries()
	}
	found, err := s.detect(ctx, sc, f.Applications, g.Reviewers...)
	if err != nil {
		return ids.Run{}, err
	}
	profiles, err := reviewers.AllProfiles(ctx, sc.Read())
	if err != nil {
		return ids.Run{}, err
	}
	var id ids.Run
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := s.opened(ctx, tx, f.Call, g.DueAt)
		if err != nil {
			return err
		}
		if err := recuse(ctx, tx, found, now); err != nil {
			return err
		}
		recent, err := recentRuns(ctx, tx, call, nil)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(recent, func(r Run) bool { return r.State.Pending() && r.By == sc.Actor().Person }); i >= 0 {
			id = recent[i].ID
			return nil
		}
		run, err := drafted(ctx, tx, f, g, profiles)
		if err != nil {
			return err
		}
		if len(run.Applications) == 0 {
			return fault.Conflict("selection.run.complete")
		}
		run.ID, run.Call, run.By, run.At = ids.New[ids.Run](), call, sc.Actor().Person, now
		id = run.ID
		tx.Audit(runEntry("assignment_run.started", id))
		tx.Enqueue(runJob, Computing{Run: id})
		return insertRun(ctx, tx, &run)
	})
	return id, err
}

// checkSettings refuses what no run can be asked for, and people who may not review.
func (s *Service) checkSettings(ctx context.Context, sc tenants.Scope, f field, g *Settings) error {
	if bad := g.check(); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	g.DueAt = g.DueAt.Truncate(time.Microsecond) // as the database keeps it
	held, err := reviewers.Eligible(ctx, sc.Read(), f.Call.ID, f.Call.Review.Anonymous)
	if err != nil {
		return err
	}
	for i, person := range g.Reviewers {
		if !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == person }) || slices.Contains(g.Reviewers[:i], person) {
			return fault.NotFound()
		}
	}
	if len(f.Applications)*len(g.Reviewers) > 500_000 {
		return fault.Conflict("selection.run.too_large")
	}
	return nil
}

// opened locks a call's selection and makes sure that reviewers can be assigned until that date.
func (s *Service) opened(ctx context.Context, tx *tenants.Tx, call Call, due time.Time) (time.Time, error) {
	list, err := lockSelection(ctx, tx, call)
	if err != nil {
		return time.Time{}, err
	}
	if !list.May(Decide) {
		return time.Time{}, fault.Conflict("selection.list.not_open")
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return now, err
	}
	if !due.After(now) {
		return now, fault.Invalid("fault.check_fields", fault.At("due", "selection.assign.due_past"))
	}
	return now, nil
}

// drafted puts a run together of what stands in the transaction.
func drafted(ctx context.Context, tx *tenants.Tx, f field, g Settings, profiles map[ids.Person]reviewers.Profile) (Run, error) {
	reviews, err := reviewsOfCall(ctx, tx, f.Call.ID)
	if err != nil {
		return Run{}, err
	}
	kinds, err := unfit(ctx, tx, f.Call, f.Applications)
	if err != nil {
		return Run{}, err
	}
	wishes, err := wishesOf(ctx, tx, f.Call.ID)
	if err != nil {
		return Run{}, err
	}
	d := drafting{settings: g, applications: f.Applications, barred: map[pair]bool{}, profiles: profiles, wishes: wishTable(wishes)}
	for _, r := range reviews {
		if _, known := f.application(r.Application); known {
			d.reviews = append(d.reviews, r)
		}
	}
	for p := range kinds {
		d.barred[p] = true
	}
	return d.draft(), nil
}

// Compute computes a run that was begun, unless it was cancelled, and tells who began it. Only the system may.
func (s *Service) Compute(ctx context.Context, sc tenants.Scope, c Computing) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	run, going, err := s.step(ctx, sc, c.Run, BeginRun, func(*Run) {})
	if err != nil || !going {
		return err
	}
	var percent atomic.Int32
	limited, stop := runs.Watch(ctx, func(ctx context.Context) (RunState, error) { return progressed(ctx, sc, run.ID, int(percent.Load())) })
	answer, err := assignment.Follow(limited, run.Instance.Instance(), func(p int) { percent.Store(int32(p)) })
	stop()
	verb := FinishRun
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("selection: the machine stops: %w", ctx.Err()) // it is begun again
	case errors.Is(err, context.DeadlineExceeded):
		verb = FailRun
	case errors.Is(err, context.Canceled):
		return nil // by its people
	case err != nil:
		return err
	case len(answer.Obstacles) > 0:
		verb = RefuseRun
	}
	_, _, err = s.step(ctx, sc, c.Run, verb, func(r *Run) {
		r.Answer, r.Obstacles, r.Progress = run.Instance.Result(answer), answer.Obstacles, int(percent.Load())
	})
	return err
}

// progressed notes how much of a run is computed, and tells whether it still goes on.
func progressed(ctx context.Context, sc tenants.Scope, id ids.Run, percent int) (state RunState, err error) {
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		state, err = progressRun(ctx, tx, id, percent)
		return err
	})
	return state, err
}

// step moves a run by the system, and tells who began it once it has ended. It is not going on where the verb is not possible.
func (s *Service) step(ctx context.Context, sc tenants.Scope, id ids.Run, verb RunVerb, change func(*Run)) (run Run, going bool, err error) {
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
				tx.Announce(events.NotificationRequested{Person: run.By, Key: "selection.run_notify." + string(run.State), Path: runAddress(run.Call, run.ID)})
			}
		}
		return moveRun(ctx, tx, &run)
	})
	return run, going, err
}

func runAddress(call ids.Call, id ids.Run) string {
	return address(call, "automatic") + "/" + id.String()
}
