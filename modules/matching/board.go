package matching

import (
	"context"
	"errors"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Board is a run with everything that its page shows.
type Board struct {
	Run

	RoundOf Round
	Groups  []Group
	Alone   []int // places of those that are in no group
	Names   map[ids.Organization]string
	Solved  int   // the total that the solver found, where this one was changed by hand
	Others  []Run // of the round, done, the newest first
	problem *Problem
}

// Group is one match of a run, by places.
type Group struct {
	Members []int
	Kept    bool
	Busy    bool // one of them has a proposal to answer, or has accepted one
	Gone    bool // one of them shows its card no more
	Apart   bool // they cannot be put together as things stand now, for whatever reason
	Points  int  // none once one is gone
	Pairs   []Couple
}

// Couple are two of a group, and how they come to their points.
type Couple struct {
	One, Other int
	Points     int
	Marks      []Mark
}

// Mark is what a pair gets for a criterion.
type Mark struct {
	Criterion Criterion
	Met       int // of wholly
	Weight    int
}

// Name is what the organization at a place is called.
func (b *Board) Name(at int) string { return b.Names[b.Organizations[at]] }

// Total is what all groups are worth, those that are kept, too; but for those of which an organization shows its card no more.
func (b *Board) Total() int {
	n := 0
	for i := range b.Groups {
		n += b.Groups[i].Points
	}
	return n
}

// Board shows a run. Coordinators may, unless they are not impartial in the round. Faults: Forbidden, NotFound.
func (s *Service) Board(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run) (Board, error) {
	r, run, err := s.seen(ctx, sc, round, id)
	if err != nil {
		return Board{}, err
	}
	b := Board{Run: run, RoundOf: r, Names: map[ids.Organization]string{}, Solved: run.Solution.Total}
	if err := s.name(ctx, sc, b.Names, run.Organizations); err != nil {
		return b, err
	}
	b.hide(b.Names)
	all, err := runsOf(ctx, sc.Read(), round)
	if err != nil {
		return b, err
	}
	for _, o := range all {
		if o.ID != id && o.State == RunDone {
			b.Others = append(b.Others, o)
		}
		if o.ID == run.From {
			b.Solved = o.Solution.Total
		}
	}
	if run.State != RunDone {
		return b, nil
	}
	now, err := s.engagements(ctx, sc, &r, run.Organizations)
	if err != nil {
		return b, err
	}
	b.lay(sc.Actor().Locale, &now)
	return b, nil
}

// lay puts the solution beside the organizations.
func (b *Board) lay(l i18n.Locale, now *engagements) {
	b.problem = b.Run.problem()
	b.Beside.Trades = slices.DeleteFunc(b.Beside.Trades, func(t Trade) bool { return b.gone(t.members()...) })
	b.Beside.Alternatives = slices.DeleteFunc(b.Beside.Alternatives, func(a Alternative) bool {
		return b.gone(a.Without...) || slices.ContainsFunc(only(a.Groups, b.Solution.Groups), func(g []int) bool { return b.gone(g...) })
	})
	if st := b.Beside.Stable; st != nil {
		st.Some = slices.DeleteFunc(st.Some, func(o Stable) bool { return b.gone(o.Better...) || b.gone(o.Worse...) })
	}
	b.Beside.Lone = slices.DeleteFunc(b.Beside.Lone, func(o Lone) bool { return b.gone(o.At) })
	taken := map[int]bool{}
	for n, members := range b.groups() {
		g := Group{Members: members, Kept: n < len(b.Kept)}
		for at, i := range members {
			taken[i] = true
			g.Busy = g.Busy || now.busy[b.Organizations[i]]
			g.Gone = g.Gone || b.gone(i)
			for _, j := range members[:at] {
				g.Apart = g.Apart || now.parted[PairOf(b.Organizations[i], b.Organizations[j])] || b.Basis.barred(&b.RoundOf.Rules, i, j)
				pair := b.pair(j, i)
				g.Points += pair.Points
				g.Pairs = append(g.Pairs, pair)
			}
		}
		if g.Gone { // what its card said is not told any more either
			g.Points, g.Pairs = 0, nil
		}
		b.Groups = append(b.Groups, g)
	}
	slices.SortStableFunc(b.Groups, func(x, y Group) int { return y.Points - x.Points })
	for i := range b.Organizations {
		if !taken[i] {
			b.Alone = append(b.Alone, i)
		}
	}
	i18n.Sort(l, b.Alone, b.Name)
}

func (b *Board) pair(i, j int) Couple {
	p := Couple{One: i, Other: j, Points: b.Basis.Points(&b.Rules.Weights, i, j)}
	for _, c := range Criteria {
		if w := b.Rules.Weights.Of(c); w > 0 {
			p.Marks = append(p.Marks, Mark{Criterion: c, Met: b.Basis.met(c, i, j), Weight: w})
		}
	}
	return p
}

// TradesOf are the matches in which some organizations would rather be.
func (b *Board) TradesOf(members ...int) []Trade {
	var some []Trade
	for i := range b.Beside.Trades {
		if t := &b.Beside.Trades[i]; slices.Contains(members, t.For) {
			some = append(some, *t)
		}
	}
	return some
}

// WhyAlone is why an organization is in no match; nothing where that was not worked out.
func (b *Board) WhyAlone(at int) *Lone {
	for i := range b.Beside.Lone {
		if b.Beside.Lone[i].At == at {
			return &b.Beside.Lone[i]
		}
	}
	return nil
}

// WhatIf is what would be if two were together, or by rankings if one preferred the other to all others.
type WhatIf struct {
	One, Other int
	Solution   Solution
	New, Gone  [][]int // the groups that there are only then, and those that there would be no more
	Cost       int
	Fewer      int
}

// mostWait is how long somebody waits for an answer on the page, mostWaitInGroups where there are three seats or four.
const (
	mostWait         = 3 * time.Second
	mostWaitInGroups = 20 * time.Second
)

// WhatIf computes what would be if two organizations of a run were together, in a round by rankings if one preferred the other to all
// others, and changes nothing. Coordinators may, unless they are not impartial in the round. Faults: Invalid by field (if_one, if_other),
// Conflict where the run is not done, where they cannot be, where an organization of the run shows its card no more, where it takes too
// long, or where with three seats or four no group with both was found: by rules that want as many groups as can be, none among so many;
// TooMany where others ask already, Forbidden, NotFound.
func (s *Service) WhatIf(ctx context.Context, sc tenants.Scope, b *Board, one, other ids.Organization) (WhatIf, error) {
	if _, err := s.steered(ctx, sc, b.Round); err != nil {
		return WhatIf{}, err
	}
	at := placesOf(b.Organizations, []ids.Organization{one, other})
	w := WhatIf{One: at[0], Other: at[1]}
	var bad []fault.Field
	if at[0] < 0 {
		bad = append(bad, fault.At("if_one", "fault.choose"))
	}
	if at[1] < 0 || at[0] == at[1] {
		bad = append(bad, fault.At("if_other", "matching.swap.other"))
	}
	switch {
	case len(bad) > 0:
		return w, fault.Invalid("fault.check_fields", bad...)
	case b.State != RunDone:
		return w, fault.Conflict("matching.run.not_done")
	case b.gone(b.problem.Free...):
		return w, fault.Conflict("matching.board.taken_back")
	case !slices.Contains(b.problem.Free, at[0]) || !slices.Contains(b.problem.Free, at[1]):
		return w, fault.Conflict("matching.swap.kept")
	case b.problem.bars(at[0], at[1]):
		return w, fault.Conflict("matching.tie.cannot")
	}
	wait := mostWait
	if b.problem.Method == BySeats {
		wait = mostWaitInGroups
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := s.asked(sc, func() (err error) {
		w.Solution, err = b.would(ctx, at[0], at[1])
		return err
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return w, fault.Conflict("matching.what_if.too_long")
	}
	if err != nil {
		return w, err
	}
	w.Cost, w.Fewer = b.Solution.Total-w.Solution.Total, len(b.Solution.Groups)-len(w.Solution.Groups)
	w.New, w.Gone = only(w.Solution.Groups, b.Solution.Groups), only(b.Solution.Groups, w.Solution.Groups)
	return w, nil
}

// would is the solution in which two are together, or by rankings that in which one prefers the other. Fault: Conflict where none is
// found.
func (b *Board) would(ctx context.Context, one, other int) (Solution, error) {
	if b.problem.Method == ByRoommates || b.problem.Method == BySeats {
		s, _, err := b.problem.asking(one, other).solve(ctx)
		if err != nil || b.problem.Method == ByRoommates {
			return s, err
		}
		if !slices.ContainsFunc(s.Groups, func(g []int) bool { return slices.Contains(g, one) && slices.Contains(g, other) }) {
			if b.Rules.Most {
				return s, fault.Conflict("matching.what_if.not_as_many")
			}
			return s, fault.Conflict("matching.what_if.no_match")
		}
		if !s.Exact {
			s.Bound -= together
		}
		return s, nil
	}
	rest, _, err := b.problem.without(one, other).solve(ctx)
	pair := []int{one, other}
	b.allows(pair)
	return Solution{Groups: append(rest.Groups, pair), Total: rest.Total + b.problem.points(one, other), Exact: true}, err
}

// only are the groups of the first that the second does not have.
func only(first, second [][]int) [][]int {
	return slices.DeleteFunc(slices.Clone(first), func(g []int) bool {
		return slices.ContainsFunc(second, func(o []int) bool { return sameMembers(g, o) })
	})
}

func sameMembers[T comparable](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

// Comparison is what two runs of a round have in common and what not, by organizations.
type Comparison struct {
	RoundOf    Round
	One, Other Run
	Both       [][]ids.Organization
	OnlyOne    [][]ids.Organization
	OnlyOther  [][]ids.Organization
	Names      map[ids.Organization]string
	Totals     [2]int
}

// Compare shows two runs of a round side by side. Coordinators may, unless they are not impartial in the round. Faults: Conflict when one
// of them is not done, Forbidden, NotFound.
func (s *Service) Compare(ctx context.Context, sc tenants.Scope, round ids.Round, one, other ids.Run) (Comparison, error) {
	r, first, err := s.seen(ctx, sc, round, one)
	if err != nil {
		return Comparison{}, err
	}
	second, err := findMatchRun(ctx, sc.Read(), other)
	switch {
	case err != nil:
		return Comparison{}, err
	case second.Round != round:
		return Comparison{}, fault.NotFound()
	case first.State != RunDone || second.State != RunDone:
		return Comparison{}, fault.Conflict("matching.run.not_done")
	}
	c := Comparison{RoundOf: r, One: first, Other: second, Names: map[ids.Organization]string{}}
	if err := s.name(ctx, sc, c.Names, append(slices.Clone(first.Organizations), second.Organizations...)); err != nil {
		return c, err
	}
	first.hide(c.Names)
	second.hide(c.Names)
	c.Totals = [2]int{first.total(), second.total()}
	a, b := first.called(), second.called()
	has := func(all [][]ids.Organization, g []ids.Organization) bool {
		return slices.ContainsFunc(all, func(o []ids.Organization) bool { return sameMembers(g, o) })
	}
	for _, g := range a {
		if has(b, g) {
			c.Both = append(c.Both, g)
		} else {
			c.OnlyOne = append(c.OnlyOne, g)
		}
	}
	for _, g := range b {
		if !has(a, g) {
			c.OnlyOther = append(c.OnlyOther, g)
		}
	}
	return c, nil
}

// called are the run's groups by organizations.
func (r *Run) called() [][]ids.Organization {
	all := make([][]ids.Organization, 0, len(r.groups()))
	for _, g := range r.groups() {
		group := make([]ids.Organization, len(g))
		for n, at := range g {
			group[n] = r.Organizations[at]
		}
		all = append(all, group)
	}
	return all
}

// total is what all groups of the run are worth, those that were kept, too; as Board.Total.
func (r *Run) total() int {
	p, n := Problem{Rules: r.Rules, Basis: r.Basis}, 0
	for _, g := range r.groups() {
		n += p.total(g)
	}
	return n
}
