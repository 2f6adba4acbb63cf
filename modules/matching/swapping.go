package matching

import (
	"cmp"
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// mostSwaps is how many changes by hand of a run can be undone.
const mostSwaps = 200

// mostRuns is how many runs of a round are kept; those of which a network has proposed something are kept whatever their number.
const mostRuns = 50

// Swap lets two organizations of a run change places; an organization that is alone takes the place of the other. What the solver found
// stays: the first swap makes another run of it, and further ones change that, unless something of it was proposed. It returns the run as
// it is then. The version is that of the run as it was shown. Coordinators may, unless they are not impartial in the round. Faults: Invalid by
// field (one, other), Conflict where it cannot be, the run is not done or was changed since, or one of them, or of their groups, shows its
// card no more; Forbidden, NotFound.
func (s *Service) Swap(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run, version int64, one, other ids.Organization) (ids.Run, error) {
	return s.reworking(ctx, sc, round, id, version, "round.swapped", func(run *Run) error {
		at := placesOf(run.Organizations, []ids.Organization{one, other})
		return run.swap(at[0], at[1])
	})
}

// UndoSwap takes the last swap of a run back, likewise. Coordinators may, unless they are not impartial in the round. Faults: Conflict
// where nothing was swapped, and as of Swap; Forbidden, NotFound.
func (s *Service) UndoSwap(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run, version int64) (ids.Run, error) {
	return s.reworking(ctx, sc, round, id, version, "round.swap_undone", func(run *Run) error { return run.undo() })
}

// reworking changes a run by hand, if it still is the version that was shown.
func (s *Service) reworking(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run, version int64, action string, change func(run *Run) error) (ids.Run, error) {
	r, seen, err := s.seen(ctx, sc, round, id, solving...)
	if err != nil {
		return ids.Run{}, err
	}
	names := map[ids.Organization]string{}
	if err := s.name(ctx, sc, names, seen.Organizations); err != nil {
		return ids.Run{}, err
	}
	abroad, err := s.proposedAbroad(ctx, &r, id)
	if err != nil {
		return ids.Run{}, err
	}
	var made ids.Run
	return made, s.changingRound(ctx, sc, round, func(ctx context.Context, tx *tenants.Tx, now Round) error {
		if now.Closed {
			return fault.Conflict("matching.round.closed")
		}
		run, err := lockMatchRun(ctx, tx, id)
		if err != nil {
			return err
		}
		if run.State != RunDone {
			return fault.Conflict("matching.run.not_done")
		}
		if run.Version() != version {
			return fault.Conflict("fault.stale")
		}
		run.hide(names)
		if err := change(&run); err != nil {
			return err
		}
		if run.At, err = tx.Now(ctx); err != nil {
			return err
		}
		run.EndedAt, run.By, run.Beside = run.At, sc.Actor().Person, Beside{}
		tx.Audit(roundEntry(action, round))
		proposed, err := proposedOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if !run.From.IsZero() && !proposed && !abroad {
			made = id
			return reworkMatchRun(ctx, tx, &run)
		}
		if run.From.IsZero() {
			run.From = id
		}
		run.ID = ids.New[ids.Run]()
		made = run.ID
		return insertMatchRun(ctx, tx, &run)
	})
}

// Swapped is what the totals of a run would be if two of its organizations changed places.
type Swapped struct {
	Before, After int
}

// WouldSwap tells what a swap would come to, and changes nothing. Coordinators may, unless they are not impartial in the round. Faults:
// as of Swap.
func (s *Service) WouldSwap(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run, one, other ids.Organization) (Swapped, error) {
	r, run, err := s.seen(ctx, sc, round, id, solving...)
	if err != nil {
		return Swapped{}, err
	}
	switch {
	case r.Closed:
		return Swapped{}, fault.Conflict("matching.round.closed")
	case run.State != RunDone:
		return Swapped{}, fault.Conflict("matching.run.not_done")
	}
	names := map[ids.Organization]string{}
	if err := s.name(ctx, sc, names, run.Organizations); err != nil {
		return Swapped{}, err
	}
	run.hide(names)
	at := placesOf(run.Organizations, []ids.Organization{one, other})
	before := run.total()
	if err := run.swap(at[0], at[1]); err != nil {
		return Swapped{}, err
	}
	return Swapped{Before: before, After: run.total()}, nil
}

// bars reports whether two places of the run cannot be together.
func (r *Run) bars(i, j int) bool {
	pair := [2]int{min(i, j), max(i, j)}
	_, found := slices.BinarySearchFunc(r.Barred, pair, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	return found || r.Basis.barred(&r.Rules, pair[0], pair[1])
}

// swap puts one organization in the place of the other, by places of the run, and notes that it did.
func (r *Run) swap(one, other int) error {
	if err := r.exchange(one, other); err != nil {
		return err
	}
	r.Swaps = append(r.Swaps, [2]int{one, other})
	if len(r.Swaps) > mostSwaps {
		r.Swaps = r.Swaps[len(r.Swaps)-mostSwaps:]
	}
	return nil
}

// undo swaps the last two back.
func (r *Run) undo() error {
	if len(r.Swaps) == 0 {
		return fault.Conflict("matching.swap.nothing")
	}
	last := r.Swaps[len(r.Swaps)-1]
	r.Swaps = r.Swaps[:len(r.Swaps)-1]
	return r.exchange(last[0], last[1])
}

func (r *Run) exchange(one, other int) error {
	var bad []fault.Field
	if one < 0 {
		bad = append(bad, fault.At("one", "fault.choose"))
	}
	if other < 0 || one == other {
		bad = append(bad, fault.At("other", "matching.swap.other"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	if r.gone(one, other) {
		return fault.Conflict("matching.board.taken_back")
	}
	groups := slices.Clone(r.Solution.Groups)
	p, total, found := Problem{Rules: r.Rules, Basis: r.Basis}, r.Solution.Total, false
	for n, g := range groups {
		a, b := slices.Index(g, one), slices.Index(g, other)
		if a >= 0 && b >= 0 {
			return fault.Conflict("matching.swap.same")
		}
		if a < 0 && b < 0 {
			continue
		}
		if r.gone(g...) {
			return fault.Conflict("matching.board.taken_back")
		}
		found = true
		total -= p.total(g)
		groups[n] = slices.Clone(g)
		if a >= 0 {
			groups[n][a] = other
		} else {
			groups[n][b] = one
		}
		total += p.total(groups[n])
	}
	if !found || slices.ContainsFunc(r.Kept, func(g []int) bool { return slices.Contains(g, one) || slices.Contains(g, other) }) {
		return fault.Conflict("matching.swap.kept")
	}
	for n := range groups {
		if (slices.Contains(groups[n], one) || slices.Contains(groups[n], other)) && !r.allows(groups[n]) {
			return fault.Conflict("matching.swap.cannot")
		}
	}
	sortGroups(groups)
	r.Solution.Groups, r.Solution.Total = groups, total
	return nil
}

// allows reports whether a group can be, and puts it in the order of the seats.
func (r *Run) allows(group []int) bool {
	for n, i := range group {
		for _, j := range group[:n] {
			if r.bars(i, j) {
				return false
			}
		}
	}
	return r.Rules.seats(r.Basis.Sides, group)
}

// seats puts a group in the order of the seats, and reports whether there is one.
func (g *Rules) seats(sides []Side, group []int) bool {
	slices.SortFunc(group, cmp.Compare[int])
	var place func(at int) bool
	place = func(at int) bool {
		if at == len(group) {
			return true
		}
		for n := at; n < len(group); n++ {
			side := &sides[group[n]]
			if !g.Seats[at].Takes(side.Country, side.Form) {
				continue
			}
			group[at], group[n] = group[n], group[at]
			if place(at + 1) {
				return true
			}
			group[at], group[n] = group[n], group[at]
		}
		return false
	}
	return place(0)
}
