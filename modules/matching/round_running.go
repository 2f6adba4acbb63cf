package matching

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// runJob computes a run.
const runJob = "matching.run"

// Computing is the argument of the job that computes a run.
type Computing struct {
	Run ids.Run `json:"run"`
}

// Reactions registers the module's jobs.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.HandleJob(r, runJob, s.Compute)
	tenants.HandleJob(r, lapseJob, s.Lapse)
	s.leaving(r)
	s.introductionJobs(r)
	tenants.HandleJob(r, forgetJob, func(ctx context.Context, sc tenants.Scope, _ struct{}) error { return s.forgetGone(ctx, sc) })
	tenants.HandleJob(r, tellCoreJob, s.tellCore)
	tenants.HandleJob(r, wishedJob, s.noteWished)
	tenants.React(r, "matching.profile_changed", func(ctx context.Context, sc tenants.Scope, e events.OrganizationChanged) error {
		return s.followProfile(ctx, sc, e.Organization)
	})
}

// StartRun has the solver put the round's organizations together; nothing is proposed by that. While a run of the round goes on, that
// is the one. Coordinators may, unless they are not impartial in the round. Faults: Conflict when the round is closed, has nobody
// or more organizations than a run may have, or when what is locked does not fit any more; Forbidden, NotFound.
func (s *Service) StartRun(ctx context.Context, sc tenants.Scope, id ids.Round) (ids.Run, error) {
	r, err := s.steered(ctx, sc, id)
	if err != nil {
		return ids.Run{}, err
	}
	run, err := s.drafted(ctx, sc, &r)
	if err != nil {
		return ids.Run{}, err
	}
	var started ids.Run
	err = s.changingRound(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, now Round) error {
		if started, err = pendingRun(ctx, tx, id); err != nil || !started.IsZero() {
			return err
		}
		switch {
		case now.Closed:
			return fault.Conflict("matching.round.closed")
		case now.Version != r.Version:
			return fault.Conflict("fault.stale")
		}
		if run.At, err = tx.Now(ctx); err != nil {
			return err
		}
		run.ID, run.By = ids.New[ids.Run](), sc.Actor().Person
		started = run.ID
		tx.Audit(roundEntry("round.run_started", id))
		tx.Enqueue(runJob, Computing{Run: run.ID})
		return insertMatchRun(ctx, tx, &run)
	})
	return started, err
}

// drafted puts a run together of what stands just now.
func (s *Service) drafted(ctx context.Context, sc tenants.Scope, r *Round) (Run, error) {
	members, err := s.gathered(ctx, sc, r)
	if err != nil {
		return Run{}, err
	}
	members = slices.DeleteFunc(members, func(m Member) bool { return m.Out != "" })
	most := r.Rules.most()
	switch {
	case len(members) < FewestSeats:
		return Run{}, fault.Conflict("matching.run.nobody")
	case len(members) > most:
		return Run{}, fault.Conflict("matching.run.too_many").With("Max", most)
	}
	run := Run{Round: r.ID, State: RunQueued, Rules: r.Rules}
	for i := range members {
		run.Organizations = append(run.Organizations, members[i].ID)
		if r.Pool.OfCall() {
			run.Applications = append(run.Applications, members[i].Application)
		}
	}
	if run.Basis, err = s.basis(ctx, sc, r, members, run.Organizations); err != nil {
		return run, err
	}
	ties, err := tiesOf(ctx, sc.Read(), r.ID)
	if err != nil {
		return run, err
	}
	now, err := s.engagements(ctx, sc, r, run.Organizations)
	if err != nil {
		return run, err
	}
	barred := map[[2]int]bool{}
	for pair := range now.parted {
		if at := placesOf(run.Organizations, pair[:]); at[0] >= 0 && at[1] >= 0 {
			barred[[2]int{min(at[0], at[1]), max(at[0], at[1])}] = true
		}
	}
	sides := make(map[ids.Organization]*Side, len(members))
	for i := range members {
		sides[members[i].ID] = &run.Basis.Sides[i]
	}
	for _, t := range ties {
		at := placesOf(run.Organizations, t.Organizations)
		if !t.Lock || slices.Contains(at, -1) {
			continue // or one of them takes no part any more
		}
		group, err := r.Rules.seated(sides, t.Organizations)
		if err != nil {
			return run, fault.Conflict("matching.run.lock_outdated")
		}
		run.Kept = append(run.Kept, placesOf(run.Organizations, group))
	}
	for pair := range barred {
		run.Barred = append(run.Barred, pair)
	}
	sortPairs(run.Barred)
	for _, g := range run.Kept {
		for n := range g {
			for _, m := range g[:n] {
				if barred[[2]int{min(g[n], m), max(g[n], m)}] || run.Basis.barred(&r.Rules, g[n], m) {
					return run, fault.Conflict("matching.run.lock_outdated") // ruled out since
				}
			}
		}
	}
	run.Basis.forget(&r.Rules, barred)
	run.Instance, err = run.problem().instance()
	return run, err
}

func sortPairs(pairs [][2]int) {
	slices.SortFunc(pairs, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
}

// basis is what the points of the members are computed from.
func (s *Service) basis(ctx context.Context, sc tenants.Scope, r *Round, members []Member, organizations []ids.Organization) (Basis, error) {
	var b Basis
	place := make(map[ids.Organization]int, len(organizations))
	for i, id := range organizations {
		place[id] = i
	}
	wishes, err := s.wishedFor(ctx, sc, r, organizations)
	if err != nil {
		return b, err
	}
	for i := range members {
		side := sideOf(&members[i].Listed)
		for _, id := range wishes[members[i].ID] {
			if at, ok := place[id]; ok {
				side.Wishes = append(side.Wishes, at)
			} else {
				side.Wishes = append(side.Wishes, -1)
			}
		}
		b.Sides = append(b.Sides, side)
	}
	if r.Pool == SharedPool { // whether they have worked together, no card says
		return b, nil
	}
	together, err := s.around.Partnerships.Together(ctx, sc, organizations)
	for pair := range together {
		i, one := place[pair[0]]
		j, other := place[pair[1]]
		if one && other {
			b.Together = append(b.Together, [2]int{min(i, j), max(i, j)})
		}
	}
	sortPairs(b.Together)
	return b, err
}

// wishedFor are whom the organizations of the round's pool wish for, the dearest first.
func (s *Service) wishedFor(ctx context.Context, sc tenants.Scope, r *Round, organizations []ids.Organization) (map[ids.Organization][]ids.Organization, error) {
	if r.Pool == SharedPool {
		return wishesAbroad(ctx, s.tenants.Platform().Read(), organizations)
	}
	return wishesOf(ctx, sc.Read(), organizations)
}

// mostTime is how long a run may take; a job of its queue is ended soon after.
const mostTime = 25 * time.Second

// Compute computes a run that was begun, unless it was cancelled, and tells who began it. What the solver refuses or cannot do fails the
// run at once: another try would find the same. Only the system may.
func (s *Service) Compute(ctx context.Context, sc tenants.Scope, c Computing) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	run, going, err := s.step(ctx, sc, c.Run, BeginRun, func(*Run) {})
	if err != nil || !going {
		return err
	}
	err = solveRun(ctx, sc, &run)
	verb := FinishRun
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("matching: the machine stops: %w", ctx.Err()) // it is begun again
	case errors.Is(err, context.Canceled):
		return nil // by its people
	case err != nil:
		if verb, run.Failure = FailRun, failureOf(err); run.Failure == Defective {
			slog.ErrorContext(ctx, "a run cannot be solved", "run", c.Run, "error", err)
		}
	}
	_, _, err = s.step(ctx, sc, c.Run, verb, func(r *Run) {
		r.Answer, r.Solution, r.Beside, r.Failure = run.Answer, run.Solution, run.Beside, run.Failure
	})
	return err
}

// step moves a run by the system, and tells who began it once it has ended. It is not going on where the verb is not possible.
func (s *Service) step(ctx context.Context, sc tenants.Scope, id ids.Run, verb RunVerb, change func(*Run)) (run Run, going bool, err error) {
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if run, err = lockMatchRun(ctx, tx, id); err != nil {
			return err
		}
		if run.State, going = run.State.After(verb); !going {
			return nil
		}
		change(&run)
		if !run.State.Pending() {
			run.EndedAt = now
			if sc.Tenant().Kind == tenants.KindCore {
				tx.Enqueue(forgetJob, struct{}{}) // what was taken back while it went on
			}
			if !run.By.IsZero() {
				tx.Announce(events.NotificationRequested{Person: run.By, Key: "matching.run_notify." + string(run.State), Path: (&Round{ID: run.Round, Pool: poolIn(sc)}).runPath(run.ID)})
			}
		}
		return moveMatchRun(ctx, tx, &run)
	})
	return run, going, err
}

// firstShare is how many percent of a run its solution is; the rest is what stands beside it.
const firstShare = 20

// share is how many percent of a run are computed once so much is of what stands beside its solution.
func share(done, all int) int32 { return int32(firstShare + (100-firstShare)*done/max(all, 1)) }

// progressed notes how far a run is, and tells whether it still goes on.
func progressed(ctx context.Context, sc tenants.Scope, id ids.Run, percent int) (state RunState, err error) {
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		state, err = progressRun(ctx, tx, id, percent)
		return err
	})
	return state, err
}

// solveRun solves the run and what stands beside it until it takes too long or the run is cancelled.
func solveRun(ctx context.Context, sc tenants.Scope, run *Run) error {
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	var percent atomic.Int32
	go func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				if state, err := progressed(ctx, sc, run.ID, int(percent.Load())); err == nil && !state.Pending() {
					cancel()
					return
				}
			}
		}
	}()
	p := run.problem()
	p.told = func(done, all int) { percent.Store(share(done, all)) }
	return run.compute(ctx, p, p.weigh)
}

// CancelRun ends a run that goes on. Coordinators may, unless they are not impartial in the round. Faults: Conflict when it has ended,
// Forbidden, NotFound.
func (s *Service) CancelRun(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run) error {
	if _, _, err := s.seen(ctx, sc, round, id, solving...); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		run, err := lockMatchRun(ctx, tx, id)
		if err != nil {
			return err
		}
		var ok bool
		if run.State, ok = run.State.After(CancelRun); !ok {
			return fault.Conflict("matching.run.ended")
		}
		run.EndedAt = now
		tx.Audit(roundEntry("round.run_cancelled", round))
		return moveMatchRun(ctx, tx, &run)
	})
}

// seen finds a round and a run of it, without some of the run's columns, if the actor may steer the round.
func (s *Service) seen(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run, without ...string) (Round, Run, error) {
	r, err := s.steered(ctx, sc, round)
	if err != nil {
		return r, Run{}, err
	}
	run, err := findMatchRun(ctx, sc.Read(), id, without...)
	if err == nil && run.Round != round {
		err = fault.NotFound()
	}
	return r, run, err
}

// RunFile is a run's instance as the program's command solve reads it, and the run's number. A pair that cannot be is null, or
// not there, and nobody reads from it why. Coordinators may, unless they are not impartial in the round. Faults: Forbidden, NotFound.
func (s *Service) RunFile(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run) (json.RawMessage, int, error) {
	_, run, err := s.seen(ctx, sc, round, id)
	return run.Instance, run.Number, err
}

// Addresses of rounds: a network's, and the core's.
const (
	roundsPath       = "/rounds"
	commonRoundsPath = commonPath + "/rounds"
)

// roundsAt is where the rounds are of the kind of tenant.
func roundsAt(kind tenants.Kind) string {
	if kind == tenants.KindCore {
		return commonRoundsPath
	}
	return roundsPath
}

// list is where the round is listed.
func (r *Round) list() string {
	if r.Pool == SharedPool {
		return commonRoundsPath
	}
	return roundsPath
}

// path is the round's own address.
func (r *Round) path() string { return r.list() + "/" + r.ID.String() }

// runPath is the address of a run of the round.
func (r *Round) runPath(id ids.Run) string { return r.path() + "/runs/" + id.String() }

const proposalsPath = "/partners/proposals"

func proposalPath(id ids.Match) string { return proposalsPath + "/" + id.String() }
