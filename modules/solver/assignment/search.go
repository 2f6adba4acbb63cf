package assignment

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Searches may look at so many sets of reviewers, and exchanges at so many pairs; mostSets is how many a search may choose
// from.
const (
	searchEffort   = 300_000_000
	exchangeEffort = 50_000_000
	mostSets       = 400_000
)

// set is reviewers that an application could have, and what it is served by them.
type set struct {
	reviewers []int
	sum       int64
}

// menus lists for each application all sets that lead it to a threshold. It is false where they are too many.
func (p *problem) menus(threshold int64) (menus [][]set, ok bool) {
	n := p.reachable(threshold)
	left := mostSets
	menus = make([][]set, p.applications)
	for i := range menus {
		b := p.reviews[i]
		var open []int
		for r := range p.reviewers {
			if n.open[p.pair(i, r)] {
				open = append(open, r)
			}
		}
		slices.SortStableFunc(open, func(a, b int) int {
			return cmp.Compare(p.value[p.pair(i, b)], p.value[p.pair(i, a)])
		})
		chosen := make([]int, 0, b.Max)
		var choose func(from int, sum int64)
		choose = func(from int, sum int64) {
			if left < 0 {
				return
			}
			if len(chosen) >= b.Min && sum >= threshold {
				menus[i] = append(menus[i], set{slices.Clone(chosen), sum})
				left--
			}
			for k := from; k < len(open) && len(chosen) < b.Max; k++ {
				if !p.reaches(i, open[k:], sum, b.Max-len(chosen), threshold) {
					return
				}
				chosen = append(chosen, open[k])
				choose(k+1, sum+p.value[p.pair(i, open[k])])
				chosen = chosen[:len(chosen)-1]
			}
		}
		choose(0, p.base[i])
		if left < 0 {
			return nil, false
		}
	}
	return menus, true
}

// reaches tells whether so many of the reviewers, the best first, can raise a sum to a threshold.
func (p *problem) reaches(i int, best []int, sum int64, places int, threshold int64) bool {
	for _, r := range best[:min(places, len(best))] {
		if sum >= threshold {
			return true
		}
		sum += p.value[p.pair(i, r)]
	}
	return sum >= threshold
}

// searchWorst looks for the highest threshold that all applications can reach at once, among those that single ones can.
func (f *fairness) searchWorst(ctx context.Context) error {
	menus, ok := f.menus(f.worst + 1)
	if !ok {
		return nil
	}
	var marks []int64
	for _, menu := range menus {
		for _, s := range menu {
			if s.sum <= f.worstBound {
				marks = append(marks, s.sum)
			}
		}
	}
	slices.Sort(marks)
	marks = slices.Compact(marks)
	proven := len(marks) // the first mark that nothing reaches
	for low, high := 0, len(marks); low < high && f.search > 0; {
		middle := (low + high) / 2
		s := newSearch(f.network, above(menus, marks[middle]), 0, f.search/4+1)
		s.told = f.searched(f.search - (f.search/4 + 1))
		if err := s.run(ctx); err != nil {
			return err
		}
		f.search -= f.search/4 + 1 - s.effort
		switch {
		case s.found:
			f.offer(s.pairs())
			low, _ = slices.BinarySearch(marks, f.worst+1)
		case s.effort > 0:
			high, proven = middle, middle
		default:
			high = middle
		}
	}
	if proven < len(marks) {
		f.worstBound = f.worst
		if proven > 0 {
			f.worstBound = max(f.worst, marks[proven-1])
		}
	} else if len(marks) > 0 {
		f.worstBound = max(f.worst, marks[len(marks)-1])
	} else {
		f.worstBound = f.worst
	}
	return nil
}

// searchTotal looks for the highest total at the threshold that was reached.
func (f *fairness) searchTotal(ctx context.Context) error {
	menus, ok := f.menus(f.worst)
	if !ok {
		return nil
	}
	s := newSearch(f.network, menus, 1, f.search)
	s.best, s.told = f.total, f.searched(0)
	if err := s.run(ctx); err != nil {
		return err
	}
	if s.found {
		f.offer(s.pairs())
	}
	if s.effort > 0 {
		f.totalBound = f.total
	}
	return nil
}

// searched tells how much effort of all searches is spent: all but what is left of one, and of those after it.
func (f *fairness) searched(after int) func(left int) {
	return func(left int) { f.course.tell(liftPercent, whole, searchEffort-after-left, searchEffort) }
}

func above(menus [][]set, threshold int64) [][]set {
	higher := make([][]set, len(menus))
	for i, menu := range menus {
		for _, s := range menu {
			if s.sum >= threshold {
				higher[i] = append(higher[i], s)
			}
		}
	}
	return higher
}

// search chooses one set for each application so that the loads of reviewers keep their bounds: any choice with weight 0, the
// one of the highest total with weight 1. It is a branch and bound with prices on reviewers: for any prices, positive or
// negative, no choice has a total above
//
//	Σ over applications of the highest (sum − prices of the set) + Σ over reviewers of the higher of price × least and price × most load
//
// (the Lagrangian dual; M. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
// Science 27, 1981). Prices follow subgradients. With weight 0 a bound below 0 proves that there is no choice. Bounds are
// floating point with room for its errors, which costs effort, never exactness; sums of choices are exact.
type search struct {
	*network
	sets   [][]set // by application
	weight float64
	effort int // sets that may still be looked at
	told   func(left int)

	found  bool
	choice []int // of each application: the set
	best   int64 // total to exceed

	levels []*level
}

// level is what is left to choose from when some applications have one set each, and its prices: room that is used again
// for every branch of this depth.
type level struct {
	left    [][]int // by application: indices of its sets
	room    []int   // where these are kept
	options []int

	now, at prices // those tried, and those of the best bound
	choice  []int
	use     []int
	over    []float64
}

// prices are prices of reviewers, and what they tell.
type prices struct {
	of           []float64
	highest      []float64 // by application: the highest reduced sum of a set
	bound, error float64
}

func (p *prices) set(q *prices) {
	copy(p.of, q.of)
	copy(p.highest, q.highest)
	p.bound, p.error = q.bound, q.error
}

func newSearch(n *network, sets [][]set, weight float64, effort int) *search {
	return &search{network: n, sets: sets, weight: weight, effort: effort}
}

func (s *search) level(depth int) *level {
	if depth == len(s.levels) {
		made := func() prices {
			return prices{of: make([]float64, s.reviewers), highest: make([]float64, s.applications)}
		}
		s.levels = append(s.levels, &level{
			left: make([][]int, s.applications), now: made(), at: made(),
			choice: make([]int, s.applications), use: make([]int, s.reviewers), over: make([]float64, s.reviewers),
		})
	}
	return s.levels[depth]
}

func (s *search) run(ctx context.Context) error {
	l := s.level(0)
	for i, sets := range s.sets {
		for k := range sets {
			l.left[i] = append(l.left[i], k)
		}
		if len(sets) == 0 {
			return nil
		}
	}
	return s.visit(ctx, 0, 300)
}

// visit searches below a level, and prices it first in so many rounds.
func (s *search) visit(ctx context.Context, depth, rounds int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.told(s.effort)
	l := s.level(depth)
	if s.reprice(l, rounds); s.done() {
		return nil
	}
	narrow := s.thin(l)
	if narrow == nobody {
		return nil
	}
	if len(l.left[narrow]) == 1 {
		for i, left := range l.left {
			l.choice[i] = left[0]
		}
		s.try(l)
		return nil
	}
	l.options = append(l.options[:0], l.left[narrow]...)
	slices.SortStableFunc(l.options, func(a, b int) int {
		return cmp.Compare(s.reduced(&s.sets[narrow][b], l.at.of), s.reduced(&s.sets[narrow][a], l.at.of))
	})
	for _, k := range l.options {
		gap := l.at.highest[narrow] - s.reduced(&s.sets[narrow][k], l.at.of)
		if s.done() || l.at.bound-gap+l.at.error < s.target() {
			return nil
		}
		if !s.descend(depth, narrow, k) {
			continue
		}
		if err := s.visit(ctx, depth+1, 15); err != nil {
			return err
		}
	}
	return nil
}

// thin drops sets by which the bound falls below the target, and returns the application to branch on: that with the fewest
// sets but more than one, or any where all have one, or nobody where one has none.
func (s *search) thin(l *level) int {
	narrow := 0
	for i, left := range l.left {
		kept, lowest := left[:0], s.target()-l.at.bound-l.at.error+l.at.highest[i]
		for _, k := range left {
			if s.reduced(&s.sets[i][k], l.at.of) >= lowest {
				kept = append(kept, k)
			}
		}
		s.effort -= len(left)
		if l.left[i] = kept; len(kept) == 0 {
			return nobody
		}
		if n := len(l.left[narrow]); len(kept) > 1 && (n == 1 || len(kept) < n) {
			narrow = i
		}
	}
	return narrow
}

// descend makes the next level, in which an application has that set only, and nobody a set with reviewers who are full by
// those that have one set. It is false where those already ask for too much, or somebody has no set left.
func (s *search) descend(depth, application, k int) bool {
	l, next := s.level(depth), s.level(depth+1)
	clear(next.use)
	for i, left := range l.left {
		only := left[0]
		if i == application {
			only = k
		} else if len(left) > 1 {
			continue
		}
		for _, r := range s.sets[i][only].reviewers {
			if next.use[r]++; next.use[r] > s.load[r].Max {
				return false
			}
		}
	}
	copy(next.now.of, l.at.of)
	next.room = next.room[:0]
	ends := next.options[:0]
	for i, left := range l.left {
		begin := len(next.room)
		switch {
		case i == application:
			next.room = append(next.room, k)
		case len(left) == 1:
			next.room = append(next.room, left[0])
		default:
			for _, one := range left {
				if !s.full(s.sets[i][one].reviewers, next.use) {
					next.room = append(next.room, one)
				}
			}
		}
		s.effort -= len(left)
		if len(next.room) == begin {
			return false
		}
		ends = append(ends, len(next.room))
	}
	begin := 0
	for i, end := range ends {
		next.left[i] = next.room[begin:end:end]
		begin = end
	}
	next.options = ends
	return true
}

func (s *search) full(reviewers, use []int) bool {
	for _, r := range reviewers {
		if use[r] >= s.load[r].Max {
			return true
		}
	}
	return false
}

func (s *search) done() bool { return s.effort <= 0 || s.found && s.weight == 0 }

// target is what a bound has to reach for a better choice to be possible: sums are integers.
func (s *search) target() float64 {
	if s.weight == 0 {
		return 0
	}
	return float64(s.best) + 1
}

func (s *search) reduced(one *set, price []float64) float64 {
	x := s.weight * float64(one.sum)
	for _, r := range one.reviewers {
		x -= price[r]
	}
	return x
}

// reprice looks for prices with a low bound, from those of the level on.
func (s *search) reprice(l *level, rounds int) {
	l.at.bound, l.at.error = math.Inf(1), 0
	pace, idle := 1.0, 0
	for range rounds {
		length := s.price(l)
		s.try(l)
		if l.now.bound < l.at.bound-l.now.error {
			l.at.set(&l.now)
			idle = 0
		} else if idle++; idle == 10 {
			pace, idle = pace/2, 0
		}
		if s.done() || length == 0 || l.at.bound+l.at.error < s.target() {
			return
		}
		step := pace * max(l.now.bound-s.target()+1, l.now.error) / length
		for r, over := range l.over {
			l.now.of[r] += step * over
		}
	}
}

// price computes the bound of the level's prices, the choice that has it, and how far that is from the bounds of loads: over
// is a subgradient, whose squared length is returned.
func (s *search) price(l *level) (length float64) {
	clear(l.use)
	bound, size := 0.0, 0.0
	for i, left := range l.left {
		highest, chosen := math.Inf(-1), 0
		for _, k := range left {
			if x := s.reduced(&s.sets[i][k], l.now.of); x > highest {
				highest, chosen = x, k
			}
		}
		s.effort -= len(left)
		l.now.highest[i], l.choice[i] = highest, chosen
		bound += highest
		size += math.Abs(highest)
		for _, r := range s.sets[i][chosen].reviewers {
			l.use[r]++
		}
	}
	for r, b := range s.load {
		price, load := l.now.of[r], b.Max
		if price < 0 {
			load = b.Min
		} else if price == 0 {
			load = min(max(l.use[r], b.Min), b.Max)
		}
		bound += price * float64(load)
		size += math.Abs(price) * float64(load)
		l.over[r] = float64(l.use[r] - load)
		length += l.over[r] * l.over[r]
	}
	l.now.bound, l.now.error = bound, size*1e-11
	return length
}

// try keeps the level's choice if it keeps the bounds and is better.
func (s *search) try(l *level) {
	total := int64(0)
	clear(l.use)
	for i, k := range l.choice {
		total += s.sets[i][k].sum
		for _, r := range s.sets[i][k].reviewers {
			l.use[r]++
		}
	}
	if s.weight > 0 && total <= s.best || s.found && s.weight == 0 {
		return
	}
	for r, b := range s.load {
		if l.use[r] < b.Min || l.use[r] > b.Max {
			return
		}
	}
	s.found, s.choice, s.best = true, slices.Clone(l.choice), total
}

// pairs are those of the choice.
func (s *search) pairs() []bool {
	taken := make([]bool, len(s.open))
	for i, k := range s.choice {
		for _, r := range s.sets[i][k].reviewers {
			taken[s.pair(i, r)] = true
		}
	}
	return taken
}
