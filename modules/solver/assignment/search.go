package assignment

import (
	"context"
	"math"
	"slices"
)

// effort is what searches may look at, in sets of reviewers; mostSets is how many may be chosen from.
const (
	effort   = 20_000_000
	mostSets = 400_000
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
			if va, vb := p.value[p.pair(i, a)], p.value[p.pair(i, b)]; va != vb {
				if va > vb {
					return -1
				}
				return 1
			}
			return a - b
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
	for low, high := 0, len(marks); low < high && f.effort > 0; {
		middle := (low + high) / 2
		s := newSearch(f.network, above(menus, marks[middle]), 0, f.effort/4+1)
		if err := s.run(ctx); err != nil {
			return err
		}
		f.effort -= f.effort/4 + 1 - s.effort
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
	s := newSearch(f.network, menus, 1, f.effort)
	s.best = f.total
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
	menus  [][]set
	weight float64
	effort int

	found  bool
	choice []set
	best   int64 // total to exceed
}

func newSearch(n *network, menus [][]set, weight float64, effort int) *search {
	return &search{network: n, menus: menus, weight: weight, effort: effort}
}

// node is what is left to choose from when some applications have one set each.
type node struct {
	menus [][]set
	price []float64
}

func (s *search) run(ctx context.Context) error {
	return s.visit(ctx, node{s.menus, make([]float64, s.reviewers)}, 300)
}

// visit searches below a node, and prices it first in so many rounds.
func (s *search) visit(ctx context.Context, n node, rounds int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, menu := range n.menus {
		if len(menu) == 0 {
			return nil
		}
	}
	d := s.reprice(n, rounds)
	if s.done() || d.closed {
		return nil
	}
	menus := make([][]set, len(n.menus))
	narrow := -1
	for i, menu := range n.menus {
		room := d.bound + d.error - s.target()
		for _, one := range menu {
			if d.highest[i]-s.reduced(one, d.price) <= room {
				menus[i] = append(menus[i], one)
			}
		}
		s.effort -= len(menu)
		if len(menus[i]) > 1 && (narrow < 0 || len(menus[i]) < len(menus[narrow])) {
			narrow = i
		}
		if len(menus[i]) == 0 {
			return nil
		}
	}
	if narrow < 0 {
		choice := make([]set, len(menus))
		for i := range menus {
			choice[i] = menus[i][0]
		}
		s.try(choice)
		return nil
	}
	options := slices.Clone(menus[narrow])
	slices.SortStableFunc(options, func(a, b set) int {
		if ra, rb := s.reduced(a, d.price), s.reduced(b, d.price); ra != rb {
			if ra > rb {
				return -1
			}
			return 1
		}
		return 0
	})
	for _, one := range options {
		if s.done() {
			return nil
		}
		child := node{slices.Clone(menus), slices.Clone(d.price)}
		child.menus[narrow] = []set{one}
		if !s.restrict(child.menus) {
			continue
		}
		if err := s.visit(ctx, child, 15); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) done() bool { return s.effort <= 0 || s.found && s.weight == 0 }

// target is what a bound has to reach for a better choice to be possible: sums are integers.
func (s *search) target() float64 {
	if s.weight == 0 {
		return 0
	}
	return float64(s.best) + 1
}

// restrict takes away the sets with reviewers that are full by applications with a single set. It is false where those ask
// for too much themselves.
func (s *search) restrict(menus [][]set) bool {
	used := make([]int, s.reviewers)
	for _, menu := range menus {
		if len(menu) == 1 {
			for _, r := range menu[0].reviewers {
				if used[r]++; used[r] > s.load[r].Max {
					return false
				}
			}
		}
	}
	for i, menu := range menus {
		if len(menu) == 1 {
			continue
		}
		s.effort -= len(menu)
		var fit []set
		for _, one := range menu {
			if !slices.ContainsFunc(one.reviewers, func(r int) bool { return used[r] >= s.load[r].Max }) {
				fit = append(fit, one)
			}
		}
		menus[i] = fit
	}
	return true
}

// dual is the best bound found for a node, the prices that gave it, and each application's highest reduced sum by them.
type dual struct {
	bound, error float64
	price        []float64
	highest      []float64
	closed       bool // nothing better is below
}

func (s *search) reduced(one set, price []float64) float64 {
	x := s.weight * float64(one.sum)
	for _, r := range one.reviewers {
		x -= price[r]
	}
	return x
}

func (s *search) reprice(n node, rounds int) dual {
	best := dual{bound: math.Inf(1)}
	price, pace, idle := slices.Clone(n.price), 1.0, 0
	choice := make([]set, len(n.menus))
	for range rounds {
		d := dual{price: slices.Clone(price), highest: make([]float64, len(n.menus))}
		use, size := make([]int, s.reviewers), 0.0
		for i, menu := range n.menus {
			d.highest[i] = math.Inf(-1)
			for _, one := range menu {
				if x := s.reduced(one, price); x > d.highest[i] {
					d.highest[i], choice[i] = x, one
				}
			}
			s.effort -= len(menu)
			d.bound += d.highest[i]
			size += math.Abs(d.highest[i])
			for _, r := range choice[i].reviewers {
				use[r]++
			}
		}
		length := 0
		over := make([]int, s.reviewers)
		for r, b := range s.load {
			at := b.Max
			if price[r] < 0 {
				at = b.Min
			} else if price[r] == 0 {
				at = min(max(use[r], b.Min), b.Max)
			}
			d.bound += price[r] * float64(at)
			size += math.Abs(price[r]) * float64(at)
			over[r] = use[r] - at
			length += over[r] * over[r]
		}
		d.error = size * 1e-11
		s.try(choice)
		if d.bound < best.bound-d.error {
			best, idle = d, 0
		} else if idle++; idle == 10 {
			pace, idle = pace/2, 0
		}
		best.closed = best.bound+best.error < s.target()
		if best.closed || s.done() || length == 0 {
			break
		}
		gap := max(d.bound-s.target()+1, d.error)
		for r := range price {
			price[r] += pace * gap / float64(length) * float64(over[r])
		}
	}
	return best
}

// try keeps a choice if it keeps the bounds and is better.
func (s *search) try(choice []set) {
	total := int64(0)
	use := make([]int, s.reviewers)
	for _, one := range choice {
		total += one.sum
		for _, r := range one.reviewers {
			use[r]++
		}
	}
	if s.weight > 0 && total <= s.best || s.found && s.weight == 0 {
		return
	}
	for r, b := range s.load {
		if use[r] < b.Min || use[r] > b.Max {
			return
		}
	}
	s.found, s.choice, s.best = true, slices.Clone(choice), total
}

// pairs are those of the choice.
func (s *search) pairs() []bool {
	taken := make([]bool, len(s.open))
	for i, one := range s.choice {
		for _, r := range one.reviewers {
			taken[s.pair(i, r)] = true
		}
	}
	return taken
}
