package assignment

import (
	"cmp"
	"context"
	"slices"
)

// candidates offers those of PeerReview4All, each improved by exchanges: for each number k of reviews that every application
// needs, all get k reviewers with the highest least value that is possible, and then the rest as the total wants it.
// The best of them serves the worst-served application at least with k times the value of candidate k, for every k.
func (f *fairness) candidates(ctx context.Context) error {
	f.offer(f.exchange(ctx, f.taken))
	values := slices.Clone(f.value)
	slices.Sort(values)
	values = slices.Compact(values)
	most := slices.MinFunc(f.reviews, func(a, b Bounds) int { return a.Min - b.Min }).Min
	for k := 1; k <= most; k++ {
		f.course.tell(weighPercent, liftPercent, k-1, most)
		if f.worst == f.worstBound {
			return nil
		}
		taken, ok, err := f.candidate(ctx, k, values)
		if err != nil {
			return err
		}
		if ok {
			f.offer(f.exchange(ctx, taken))
		}
	}
	return ctx.Err()
}

func (f *fairness) candidate(ctx context.Context, k int, values []int64) (taken []bool, ok bool, err error) {
	exactly := make([]Bounds, f.applications)
	for i := range exactly {
		exactly[i] = Bounds{k, k}
	}
	above := func(v int64) *network {
		open := make([]bool, len(f.open))
		for at, x := range f.value {
			open[at] = f.open[at] && x >= v
		}
		n := f.with(open, exactly)
		n.load = make([]Bounds, f.reviewers)
		for r, b := range f.load {
			n.load[r].Max = b.Max
		}
		return n
	}
	at, _ := slices.BinarySearchFunc(values, true, func(v int64, _ bool) int {
		if ctx.Err() != nil || above(v).byApplications().lacking() > 0 {
			return 1
		}
		return -1
	})
	if at == 0 {
		return nil, false, ctx.Err()
	}
	taken, ok, err = above(values[at-1]).best(ctx)
	if err != nil || !ok {
		return nil, false, err
	}
	rest := f.with(slices.Clone(f.open), slices.Clone(f.reviews))
	rest.load = slices.Clone(f.load)
	for i := range f.applications {
		rest.reviews[i] = rest.reviews[i].without(k)
		for r := range f.reviewers {
			if at := f.pair(i, r); taken[at] {
				rest.open[at] = false
				rest.load[r] = rest.load[r].without(1)
			}
		}
	}
	more, ok, err := rest.best(ctx)
	if err != nil || !ok {
		return nil, false, err
	}
	for at := range taken {
		taken[at] = taken[at] || more[at]
	}
	return taken, true, nil
}

// exchange raises the worst-served application of an assignment again and again: by a trade with another application, or by a
// chain in which it takes a reviewer, whose place another application frees by taking another one, and so on up to a reviewer
// who has a place left. No application on the way may come as low as the worst.
func (f *fairness) exchange(ctx context.Context, taken []bool) []bool {
	e := newExchange(f.problem, taken)
	for ctx.Err() == nil && f.exchanges > 0 {
		worst := 0
		for i, sum := range e.sum {
			if sum < e.sum[worst] {
				worst = i
			}
		}
		if e.sum[worst] >= f.worstBound || !e.raise(worst, &f.exchanges) {
			break
		}
	}
	return e.taken
}

type exchange struct {
	*problem
	taken   []bool
	sum     []int64
	count   []int   // reviews of each application
	holders [][]int // applications of each reviewer

	from  []step // how each reviewer is reached
	queue []int
}

// step is how a reviewer is reached: an application would give up another reviewer for this one.
type step struct {
	seen              bool
	application, gave int // gave is nobody where it only takes
}

const nobody = -1

func newExchange(p *problem, taken []bool) *exchange {
	e := &exchange{
		problem: p, taken: slices.Clone(taken), sum: make([]int64, p.applications), count: make([]int, p.applications),
		holders: make([][]int, p.reviewers), from: make([]step, p.reviewers),
	}
	for i := range e.sum {
		e.sum[i] = p.served(taken, i)
		for r := range p.reviewers {
			if taken[p.pair(i, r)] {
				e.count[i]++
				e.holders[r] = append(e.holders[r], i)
			}
		}
	}
	return e
}

// raise looks for a trade of this application with another one, else for a chain that begins at it: one for each reviewer
// that it could give up, and one without.
func (e *exchange) raise(i int, effort *int) bool {
	if e.trade(i, effort) {
		return true
	}
	if e.count[i] < e.reviews[i].Max && e.chain(i, nobody, effort) {
		return true
	}
	for r := range e.reviewers {
		if e.taken[e.pair(i, r)] && e.chain(i, r, effort) {
			return true
		}
	}
	return false
}

// trade finds two applications' trade of one reviewer each that leaves the worse served of them best served.
func (e *exchange) trade(i int, effort *int) bool {
	least, other, gave, got := e.sum[i], nobody, nobody, nobody
	for g := range e.reviewers {
		if !e.taken[e.pair(i, g)] {
			continue
		}
		for r := range e.reviewers {
			if !e.free(i, r) {
				continue
			}
			own := e.sum[i] - e.value[e.pair(i, g)] + e.value[e.pair(i, r)]
			if own <= least {
				continue
			}
			*effort -= len(e.holders[r])
			for _, j := range e.holders[r] {
				if !e.free(j, g) {
					continue
				}
				if worse := min(own, e.sum[j]-e.value[e.pair(j, r)]+e.value[e.pair(j, g)]); worse > least {
					least, other, gave, got = worse, j, g, r
				}
			}
		}
	}
	if other == nobody {
		return false
	}
	e.remove(i, gave)
	e.remove(other, got)
	e.put(i, got)
	e.put(other, gave)
	return true
}

func (e *exchange) free(i, r int) bool { return e.open[e.pair(i, r)] && !e.taken[e.pair(i, r)] }

// chain goes breadth first through reviewers that applications could take, and exchanges along the first way to a place.
func (e *exchange) chain(i, gave int, effort *int) bool {
	clear(e.from)
	e.queue = e.queue[:0]
	floor := e.sum[i]
	e.grow(i, gave, floor)
	for k := 0; k < len(e.queue) && *effort > 0; k++ {
		r := e.queue[k]
		if r == gave || len(e.holders[r]) < e.load[r].Max {
			if e.apply(r, i, gave) {
				return true
			}
			continue
		}
		*effort -= len(e.holders[r]) * e.reviewers
		for _, j := range e.holders[r] {
			if j != i {
				e.grow(j, r, floor)
			}
		}
	}
	return false
}

// grow adds the reviewers that an application could take for the one that it gives up, and stay above the floor.
func (e *exchange) grow(j, gave int, floor int64) {
	sum := e.sum[j]
	if gave != nobody {
		sum -= e.value[e.pair(j, gave)]
	}
	for r := range e.reviewers {
		if !e.from[r].seen && e.free(j, r) && sum+e.value[e.pair(j, r)] > floor {
			e.from[r] = step{true, j, gave}
			e.queue = append(e.queue, r)
		}
	}
}

// apply exchanges back from a reviewer with a place, if no application stands twice on the way and the reviewer whom the
// first gave up keeps the least load.
func (e *exchange) apply(end, i, gave int) bool {
	if gave != nobody && end != gave && len(e.holders[gave]) <= e.load[gave].Min {
		return false
	}
	var way []int
	for r := end; ; r = e.from[r].gave {
		if slices.Contains(way, e.from[r].application) {
			return false
		}
		way = append(way, e.from[r].application)
		if e.from[r].application == i {
			break
		}
	}
	for r := end; r != nobody; {
		s := e.from[r]
		e.put(s.application, r)
		if s.gave != nobody {
			e.remove(s.application, s.gave)
		}
		if s.application == i {
			break
		}
		r = s.gave
	}
	return true
}

func (e *exchange) put(i, r int) {
	at := e.pair(i, r)
	e.taken[at] = true
	e.sum[i] += e.value[at]
	e.count[i]++
	e.holders[r] = append(e.holders[r], i)
}

func (e *exchange) remove(i, r int) {
	at := e.pair(i, r)
	e.taken[at] = false
	e.sum[i] -= e.value[at]
	e.count[i]--
	k := slices.Index(e.holders[r], i)
	e.holders[r] = slices.Delete(e.holders[r], k, k+1)
}

// release raises the total at the threshold reached, beginning with the highest total of the relaxed network: applications
// that it leaves below the threshold keep what they have, all others are assigned anew, until none is below. At least twice
// as many are held each time, the worst served first, so that this ends soon.
func (f *fairness) release(ctx context.Context, relaxed []bool) error {
	held, many := make([]bool, f.applications), 0
	for {
		sums, order := make([]int64, f.applications), make([]int, 0, f.applications)
		for i := range held {
			if sums[i] = f.served(relaxed, i); !held[i] {
				order = append(order, i)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[a], sums[b]) })
		if len(order) == 0 || sums[order[0]] >= f.worst {
			f.offer(relaxed)
			return nil
		}
		twice := 2 * many
		for _, i := range order {
			if sums[i] >= f.worst && many >= twice {
				break
			}
			held[i] = true
			many++
		}
		n := f.reachable(f.worst)
		for i := range held {
			if !held[i] {
				continue
			}
			had := 0
			for at := f.pair(i, 0); at < f.pair(i+1, 0); at++ {
				if n.open[at] = f.taken[at]; f.taken[at] {
					had++
				}
			}
			n.reviews[i] = Bounds{had, had}
		}
		var ok bool
		var err error
		if relaxed, ok, err = n.best(ctx); err != nil {
			return err
		}
		if !ok {
			return errNone
		}
	}
}
