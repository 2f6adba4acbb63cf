package matching

import (
	"context"
	"fmt"
	"math"
	"slices"

	"kervan/modules/solver/roommates"
	"kervan/modules/solver/seats"
)

// Beside is what stands beside a solution, so that its people see what was traded for what.
type Beside struct {
	Trades       []Trade       `json:"trades,omitempty"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
	Lone         []Lone        `json:"lone,omitempty"`
	Stable       *Stables      `json:"stable,omitempty"`  // of a stable one by rankings
	Skipped      bool          `json:"skipped,omitempty"` // there are too many organizations, or the time did not suffice
}

// Trade is a match that suits an organization better than what it got, and what it would cost to make it.
type Trade struct {
	For   int   `json:"for"`             // the place of the organization
	With  int   `json:"with"`            // the one that it would rather have; -1: no one of the group in particular
	Group []int `json:"group,omitempty"` // in rounds for three or four seats: in the order of the seats
	Rank  int   `json:"rank"`            // of its wish for the one; 0: it has not wished, but the match is worth more
	Cost  int   `json:"cost"`            // points of the total, by the best solution with it that was found; less than 0: that is worth more
	Least int   `json:"least,omitempty"` // what it costs at least, where it was not proved that no solution with it is better
	Open  bool  `json:"open,omitempty"`  // that was not proved
	Fewer int   `json:"fewer"`
}

// members are the organizations that the trade is about.
func (t *Trade) members() []int {
	if t.Group != nil {
		return t.Group
	}
	return []int{t.For, t.With}
}

// Alternative is the best solution that was found without one of the chosen matches.
type Alternative struct {
	Without []int   `json:"without"`
	Groups  [][]int `json:"groups"`
	Total   int     `json:"total"`
	Bound   int     `json:"bound,omitempty"` // no solution without it is worth more; 0: it was proved that none is better
}

// Stables are the stable solutions beside one.
type Stables struct {
	Some  []Stable `json:"some,omitempty"`  // those that are better for most organizations
	Count int      `json:"count,omitempty"` // how many there are, or were found
	More  bool     `json:"more,omitempty"`  // there may be more
}

// Stable is another stable solution.
type Stable struct {
	Groups [][]int `json:"groups"`
	Better []int   `json:"better,omitempty"` // for whom it is better, by place
	Worse  []int   `json:"worse,omitempty"`
}

// Lone is an organization in no match, and why.
type Lone struct {
	At   int   `json:"at"`
	Why  Alone `json:"why"`
	Seat int   `json:"seat,omitempty"` // the scarce one, from 1
}

// Alone is why an organization is in no match.
type Alone string

// The reasons, of which the first that is true counts: there is no match in which it could be; all organizations that take some seat are in
// matches of which each needs one; fewer are left than a match has; by rankings everybody with whom it could be would rather have
// somebody else, or there is no stable solution and one of them would not; its best match is worth no points; others were chosen.
const (
	NoMatch   Alone = "none"
	Scarce    Alone = "scarce"
	LeftOver  Alone = "odd"
	Refused   Alone = "refused"
	Unstable  Alone = "unstable"
	Worthless Alone = "worthless"
	Lost      Alone = "lost"
)

// Reasons lists all of them.
var Reasons = []Alone{NoMatch, Scarce, LeftOver, Refused, Unstable, Worthless, Lost}

// What is solved beside a run of pairs, up to how many organizations: it must not take long, nor end by the clock, which would make
// it another one on another machine. For larger matches package seats sees to that.
const (
	comparedPairs    = 160
	mostAlternatives = 3
	mostStable       = 50 // of which those that are shown are chosen
)

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
	switch {
	case p.Method == BySeats:
		return p.weighGroups(ctx, s)
	case p.Method == ByRoommates:
		stable, err := p.stables(ctx, s)
		return Beside{Lone: p.lone(s, p.suits), Stable: stable}, err
	case len(p.Free) > comparedPairs:
		return Beside{Lone: p.lone(s, p.suits), Skipped: true}, nil
	}
	b := Beside{Lone: p.lone(s, p.suits)}
	step := p.steps(len(p.Free) + len(s.Groups))
	for _, g := range s.Groups {
		step()
		other, _, err := p.banning(g[0], g[1]).solve(ctx)
		if err != nil {
			return b, err
		}
		if len(other.Groups) == len(s.Groups) {
			b.Alternatives = append(b.Alternatives, Alternative{Without: g, Groups: other.Groups, Total: other.Total})
		}
	}
	b.best()
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

// stables are the stable solutions beside a stable one by rankings.
func (p *Problem) stables(ctx context.Context, s Solution) (*Stables, error) {
	if s.Stable == nil || !*s.Stable {
		return nil, nil //nolint:nilnil // there are none
	}
	lists := p.rankings()
	all, complete, err := roommates.Every(ctx, lists, mostStable)
	if err != nil {
		return nil, fmt.Errorf("matching: look for other stable ones: %w", err)
	}
	now := p.partners(s.Groups)
	found := &Stables{More: !complete}
	for _, partners := range all {
		for a, b := range partners {
			if b != roommates.Alone && p.bars(p.Free[a], p.Free[b]) {
				partners[a] = roommates.Alone
			}
		}
		better, worse := roommates.Changes(lists, now, partners)
		if len(better) == 0 && len(worse) == 0 {
			continue // it is the same one
		}
		one := Stable{Better: p.places(better), Worse: p.places(worse)}
		for a, b := range partners {
			if a < b {
				one.Groups = append(one.Groups, p.seatedPair(p.Free[a], p.Free[b]))
			}
		}
		sortGroups(one.Groups)
		found.Some = append(found.Some, one)
	}
	found.Count = len(found.Some)
	slices.SortStableFunc(found.Some, func(x, y Stable) int { return len(y.Better) - len(x.Better) })
	found.Some = found.Some[:min(mostAlternatives, len(found.Some))]
	return found, nil
}

// partners are who is with whom in pairs, by the order of Free.
func (p *Problem) partners(groups [][]int) []int {
	at, all := map[int]int{}, make([]int, len(p.Free))
	for n, i := range p.Free {
		at[i], all[n] = n, roommates.Alone
	}
	for _, g := range groups {
		all[at[g[0]]], all[at[g[1]]] = at[g[1]], at[g[0]]
	}
	return all
}

// steps tells how far it is, each time that it is called, of so many times.
func (p *Problem) steps(all int) func() {
	done := 0
	return func() {
		if done++; p.told != nil {
			p.told(done, all)
		}
	}
}

// weighGroups is weigh for three seats or four.
func (p *Problem) weighGroups(ctx context.Context, s Solution) (Beside, error) {
	var b Beside
	at := map[int]int{} // in the pool
	for n, i := range p.Free {
		at[i] = n
	}
	among := func(places []int) []int {
		all := make([]int, len(places))
		for n, i := range places {
			all[n] = at[i]
		}
		return all
	}
	chosen := make([][]int, len(s.Groups))
	for n, g := range s.Groups {
		chosen[n] = among(g)
	}
	around, err := seats.Look(ctx, p.pool(), chosen)
	if err != nil {
		return b, fmt.Errorf("matching: look around: %w", err)
	}
	step := p.steps(len(p.Free) + len(s.Groups))
	possible := map[int]int{} // what the best match of who is alone is worth
	for _, i := range slices.Sorted(slices.Values(p.Free)) {
		step()
		t, worth, found := p.favourite(around, s, i, at)
		if found {
			possible[i] = worth
		}
		if t.Group == nil {
			continue
		}
		with, err := around.With(ctx, among(t.Group))
		if err != nil {
			return b, fmt.Errorf("matching: look around: %w", err)
		}
		t.Cost, t.Fewer, t.Open = s.Total-int(with.Score), len(s.Groups)-len(with.Groups), !with.Exact
		if t.Open {
			t.Least = s.Total - int(with.Bound)
		}
		b.Trades = append(b.Trades, t)
	}
	b.Lone = p.lone(s, func(i int) (int, bool) {
		worth, found := possible[i]
		return worth, found
	})
	others, err := around.Alternatives(ctx, chosen, mostAlternatives, step)
	if err != nil {
		return b, fmt.Errorf("matching: look around: %w", err)
	}
	for _, o := range others {
		a := Alternative{Without: p.places(o.Without), Total: int(o.Score)}
		if !o.Exact {
			a.Bound = int(o.Bound)
		}
		for _, g := range o.Groups {
			a.Groups = append(a.Groups, p.places(g))
		}
		sortGroups(a.Groups)
		b.Alternatives = append(b.Alternatives, a)
	}
	return b, nil
}

// places are the places of organizations of the pool.
func (p *Problem) places(among []int) []int {
	all := make([]int, len(among))
	for n, m := range among {
		all[n] = p.Free[m]
	}
	return all
}

// pool is the problem as package seats takes it, the organizations in the order of Free.
func (p *Problem) pool() seats.Pool {
	n := len(p.Free)
	pool := seats.Pool{Seats: len(p.Rules.Seats), Takes: make([]uint8, n), Scores: make([][]int64, n), Size: p.Rules.Most, Seed: p.Rules.Seed}
	for m, i := range p.Free {
		for q := range p.Rules.Seats {
			if s := &p.Basis.Sides[i]; p.Rules.Seats[q].Takes(s.Country, s.Form) {
				pool.Takes[m] |= 1 << q
			}
		}
		pool.Scores[m] = make([]int64, n)
		for l, j := range p.Free {
			if worth := p.worth(i, j); worth != nil {
				pool.Scores[m][l] = int64(*worth)
			} else {
				pool.Scores[m][l] = seats.Forbidden
			}
		}
	}
	return pool
}

// favourite is the match in which an organization would rather be than where it is: the one that is worth most with its dearest wish that
// can be, unless that has come true; else the one that is worth most, if it is worth more. There is no group where there is none. For who is
// in no match it is told, too, what the best one is worth, if there is any.
func (p *Problem) favourite(around *seats.Around, s Solution, i int, at map[int]int) (t Trade, worth int, found bool) {
	t = Trade{For: i, With: -1}
	above := int64(math.MinInt64)
	now := slices.IndexFunc(s.Groups, func(g []int) bool { return slices.Contains(g, i) })
	if now >= 0 {
		above = int64(p.total(s.Groups[now]))
	}
	group, most, found := around.Best(at[i], -1, above)
	for n, j := range p.Basis.Sides[i].Wishes {
		if now >= 0 && slices.Contains(s.Groups[now], j) {
			return t, int(most), found
		}
		wished, free := at[j]
		if !free || j == i {
			continue
		}
		if with, _, can := around.Best(at[i], wished, math.MinInt64); can {
			t.With, t.Rank, t.Group = j, n+1, p.places(with)
			return t, int(most), found
		}
	}
	if found {
		t.Group = p.places(group)
	}
	return t, int(most), found
}

// suits says whether an organization could be in any pair, and what the best one is worth.
func (p *Problem) suits(i int) (worth int, found bool) {
	for _, j := range p.Free {
		if j != i && !p.bars(i, j) {
			worth, found = max(worth, p.points(i, j)), true
		}
	}
	return worth, found
}

// lone is why organizations are in no match, by place. What the best match of one is worth, if it could be in any, tells suits.
func (p *Problem) lone(s Solution, suits func(i int) (worth int, found bool)) []Lone {
	in := map[int]bool{}
	for _, g := range s.Groups {
		for _, i := range g {
			in[i] = true
		}
	}
	scarce := 0
	for q := range p.Rules.Seats {
		taking := 0
		for _, i := range p.Free {
			if side := &p.Basis.Sides[i]; p.Rules.Seats[q].Takes(side.Country, side.Form) {
				taking++
			}
		}
		if taking == len(s.Groups) && scarce == 0 {
			scarce = q + 1
		}
	}
	var all []Lone
	for _, i := range slices.Sorted(slices.Values(p.Free)) {
		if in[i] {
			continue
		}
		one := Lone{At: i, Why: Lost}
		switch worth, found := suits(i); {
		case !found:
			one.Why = NoMatch
		case scarce > 0:
			one.Why, one.Seat = Scarce, scarce
		case len(p.Free)-len(in) < len(p.Rules.Seats):
			one.Why = LeftOver
		case p.Method == ByRoommates && slices.ContainsFunc(s.Blocking, func(b [2]int) bool { return b[0] == i || b[1] == i }):
			one.Why = Unstable
		case p.Method == ByRoommates:
			one.Why = Refused
		case worth == 0 && !p.Rules.Most:
			one.Why = Worthless
		}
		all = append(all, one)
	}
	return all
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
