package assignment

import (
	"context"
	"errors"
	"slices"
)

// fair looks for the assignment that serves the worst-served application best, and among those for the highest total.
//
// An application is served by the sum of its reviewers' affinities. To raise the least of those sums is NP-hard as soon as
// applications have several reviewers (N. Garg, T. Kavitha, A. Kumar, K. Mehlhorn and J. Mestre, "Assigning papers to
// referees", Algorithmica 58, 2010), so this is done in steps, each of which may be the last:
//
//  1. The assignment of the highest total, if its worst-served application could not have more even on its own.
//  2. The highest threshold at which the pairs that may still lead every application to it, taken as they are, allow an
//     assignment (reachable): no assignment serves the worst better. Where applications have one reviewer, that is the answer.
//  3. A good assignment: the best of those above and of the candidates of I. Stelmakh, N. Shah and A. Singh, "PeerReview4All",
//     2019, improved by exchanges (exchange).
//  4. An exhaustive search between that and the threshold (search), where the sets of reviewers that an application can have
//     are not too many. What its effort does not settle leaves the answer inexact, with bounds.
//
// The total then goes through the same steps, at the threshold that was reached.
func (p *problem) fair(ctx context.Context, c *course) (Answer, error) {
	f := &fairness{problem: p, course: c, search: searchEffort, exchanges: exchangeEffort}
	if err := f.widest(ctx); err != nil {
		return Answer{}, err
	}
	if err := f.lift(ctx); err != nil {
		return Answer{}, err
	}
	if err := f.fill(ctx); err != nil {
		return Answer{}, err
	}
	return Answer{
		Reviewers: p.lists(f.taken), Exact: f.worst == f.worstBound && f.total == f.totalBound,
		WorstBound: f.worstBound, TotalBound: f.totalBound,
	}, nil
}

// fairness is the best assignment so far, and what no assignment exceeds. The bound of the total is for assignments that
// serve the worst-served application as well as the best one so far.
type fairness struct {
	*problem

	course                 *course
	taken                  []bool
	worst, total           int64
	worstBound, totalBound int64
	search, exchanges      int // effort that is left
}

var errNone = errors.New("all bounds can be kept, but no assignment keeps them")

// widest begins with the highest total and the threshold that nothing exceeds.
func (f *fairness) widest(ctx context.Context) error {
	taken, ok, err := f.bestTelling(ctx, func(done int) { f.course.tell(0, widestPercent, done, f.applications) })
	if err != nil {
		return err
	}
	if !ok {
		return errNone
	}
	f.taken, f.worst, f.total = taken, f.worstOf(taken), f.totalOf(taken)
	f.totalBound = f.total
	marks := f.thresholds()
	// The marks rise, and the higher the threshold the fewer pairs are open: the first that fails is behind all that hold.
	at, _ := slices.BinarySearchFunc(marks, true, func(t int64, _ bool) int {
		if t > f.worst && (ctx.Err() != nil || !f.reachable(t).feasible()) {
			return 1
		}
		return -1
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	f.worstBound = f.worst
	if at > 0 {
		f.worstBound = max(f.worst, marks[at-1])
	}
	return nil
}

// lift raises the worst-served application.
func (f *fairness) lift(ctx context.Context) error {
	if f.worst == f.worstBound {
		return nil
	}
	taken, ok, err := f.reachable(f.worstBound).best(ctx)
	if err != nil {
		return err
	}
	if ok {
		f.offer(taken)
	}
	if f.worst == f.worstBound {
		return nil
	}
	if err := f.weigh(ctx); err != nil {
		return err
	}
	if err := f.candidates(ctx); err != nil {
		return err
	}
	if f.worst == f.worstBound {
		return nil
	}
	return f.searchWorst(ctx)
}

// fill raises the total as far as the worst-served application allows.
func (f *fairness) fill(ctx context.Context) error {
	if f.total == f.totalBound {
		return nil
	}
	relaxed, ok, err := f.reachable(f.worst).best(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errNone
	}
	f.totalBound = f.totalOf(relaxed)
	if f.worstOf(relaxed) >= f.worst {
		f.taken, f.total = relaxed, f.totalBound
		return nil
	}
	if err := f.release(ctx, relaxed); err != nil {
		return err
	}
	if f.total == f.totalBound {
		return nil
	}
	return f.searchTotal(ctx)
}

// offer keeps an assignment if it is better than the one so far.
func (f *fairness) offer(taken []bool) {
	worst, total := f.worstOf(taken), f.totalOf(taken)
	if worst > f.worst || worst == f.worst && total > f.total {
		f.taken, f.worst, f.total = taken, worst, total
	}
}

// served is the sum of what an application has.
func (p *problem) served(taken []bool, i int) int64 {
	sum := p.base[i]
	for at := p.pair(i, 0); at < p.pair(i+1, 0); at++ {
		if taken[at] {
			sum += p.value[at]
		}
	}
	return sum
}

func (p *problem) worstOf(taken []bool) int64 {
	worst := p.served(taken, 0)
	for i := range p.applications {
		worst = min(worst, p.served(taken, i))
	}
	return worst
}

func (p *problem) totalOf(taken []bool) int64 {
	total := int64(0)
	for i := range p.applications {
		total += p.served(taken, i)
	}
	return total
}

// heights are what one application can reach: at[n] with its n best open reviewers, and its highest values in order.
type heights struct {
	sorted []int64
	at     []int64
}

func (p *problem) heights(i int) heights {
	h := heights{at: []int64{p.base[i]}}
	for r, v := range p.value[p.pair(i, 0):p.pair(i+1, 0)] {
		if p.open[p.pair(i, r)] {
			h.sorted = append(h.sorted, v)
		}
	}
	slices.Sort(h.sorted)
	slices.Reverse(h.sorted)
	for n, v := range h.sorted {
		h.at = append(h.at, h.at[n]+v)
	}
	return h
}

// top is the most that an application can reach with so many open reviewers at least and at most.
func (h heights) top(b Bounds) int64 {
	top := h.at[b.Min]
	for n := b.Min; n <= b.Max && n < len(h.at); n++ {
		top = max(top, h.at[n])
	}
	return top
}

// topWith is the most that it can reach when one of them has the value v.
func (h heights) topWith(v int64, b Bounds) int64 {
	top, none := int64(0), true
	for n := max(b.Min, 1); n <= b.Max && n < len(h.at); n++ {
		sum := h.at[n]
		if last := h.sorted[n-1]; v < last {
			sum += v - last
		}
		if none || sum > top {
			top, none = sum, false
		}
	}
	return top
}

// thresholds are, in order, all at which reachable may change.
func (p *problem) thresholds() []int64 {
	var marks []int64
	for i := range p.applications {
		h := p.heights(i)
		b := p.reviews[i]
		for n := b.Min; n <= b.Max && n < len(h.at); n++ {
			marks = append(marks, h.at[n])
		}
		if b.Max == 0 {
			continue
		}
		for at := p.pair(i, 0); at < p.pair(i+1, 0); at++ {
			if p.open[at] {
				marks = append(marks, h.topWith(p.value[at], b))
			}
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// reachable is the network of what may lead every application to a threshold: the pairs with which it can still reach it,
// and as many reviews as that takes at least. Every assignment that leads all of them there is one of this network.
func (p *problem) reachable(threshold int64) *network {
	open, reviews := make([]bool, len(p.open)), slices.Clone(p.reviews)
	for i := range p.applications {
		h, b := p.heights(i), p.reviews[i]
		for b.Min < b.Max && b.Min+1 < len(h.at) && h.at[b.Min] < threshold {
			b.Min++
		}
		for b.Max > b.Min && b.Max < len(h.at) && h.at[b.Max] < threshold {
			b.Max--
		}
		reviews[i] = b
		if h.top(p.reviews[i]) < threshold {
			reviews[i] = Bounds{p.reviewers + 1, p.reviewers + 1} // out of reach
			continue
		}
		if b.Max == 0 {
			continue
		}
		for at := p.pair(i, 0); at < p.pair(i+1, 0); at++ {
			open[at] = p.open[at] && h.topWith(p.value[at], p.reviews[i]) >= threshold
		}
	}
	return p.with(open, reviews)
}
