package assignment

import (
	"context"
	"math"
	"slices"
)

// network is what is left to decide once fixed pairs and conflicts are out of it: which open pairs to take, so that each
// application gets so many more reviewers and each reviewer so many more reviews.
type network struct {
	applications, reviewers int
	value                   []int64  // by application, then reviewer
	open                    []bool   // pairs that may be taken
	reviews                 []Bounds // by application
	load                    []Bounds // by reviewer
}

func (n *network) pair(i, r int) int { return i*n.reviewers + r }

// with is the same network with other pairs open.
func (n *network) with(open []bool, reviews []Bounds) *network {
	m := *n
	m.open, m.reviews = open, reviews
	return &m
}

// best takes the pairs with the highest sum of values within all bounds. It is false where no pairs keep them.
//
// This is a minimum-cost flow by successive shortest paths (R. Ahuja, T. Magnanti and J. Orlin, "Network Flows", 1993,
// section 9.7). Every application sends as many units as it may have reviews, one after the other, each along the shortest
// path of the residual network to the sink, with Dijkstra's algorithm over reduced costs. A unit reaches the sink through a
// reviewer, or straight away at no cost where the application has its least number without it; so a review beyond that is
// taken only if it is worth more than nothing. The least load of a reviewer is a bonus on the first units, higher than all
// values together: it is paid in full whenever all bounds can be kept at once.
//
// Paths go from reviewer to reviewer, by the application that swaps them at the least loss; those swaps are kept up to date
// from path to path, so that a search looks at pairs of reviewers and not at all applications.
func (n *network) best(ctx context.Context) (taken []bool, ok bool, err error) {
	return n.bestTelling(ctx, func(int) {})
}

// bestTelling is best that tells of how many applications all units are sent.
func (n *network) bestTelling(ctx context.Context, told func(done int)) (taken []bool, ok bool, err error) {
	f := newFlow(n)
	for i := range n.applications {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		for range n.reviews[i].Max {
			if !f.send(i) {
				return nil, false, nil
			}
		}
		told(i + 1)
	}
	for r, b := range n.load {
		if len(f.holders[r]) < b.Min {
			return nil, false, nil
		}
	}
	return f.taken, true, nil
}

// Limit is how large an absolute value may be where there are so many reviews at most, so that no sum on the way overflows.
func Limit(reviews int) int64 {
	return math.MaxInt64 / (64 * (int64(reviews) + 1))
}

// flow is the state of one run. By the prices, no swap of r for s costs less than price(s) − price(r), and no place in the
// sink less than its price − price(r).
type flow struct {
	*network
	taken   []bool
	holders [][]int // by reviewer: the applications that have them
	spared  []int   // by application: the units that went straight to the sink
	bonus   int64
	price   []int64
	sink    int64

	// By two reviewers: what it costs at least that an application gives up the first for the second, and which does.
	cost []int64
	by   []int

	far      []int64 // of the search: distances of reviewers
	via      []int   // the reviewer before each on its path, or nobody
	settled  []bool
	shortest int64 // to the sink
	end      int   // the reviewer before the sink, or nobody
	gives    int   // the application that gives up that reviewer and spares a unit, or nobody where the reviewer takes one more
}

const nowhere = math.MaxInt64

func newFlow(n *network) *flow {
	f := &flow{
		network: n, taken: make([]bool, len(n.open)), holders: make([][]int, n.reviewers), spared: make([]int, n.applications),
		price: make([]int64, n.reviewers), cost: make([]int64, n.reviewers*n.reviewers), by: make([]int, n.reviewers*n.reviewers),
		far: make([]int64, n.reviewers), via: make([]int, n.reviewers), settled: make([]bool, n.reviewers),
	}
	for k := range f.by {
		f.cost[k], f.by[k] = nowhere, nobody
	}
	largest, units := int64(0), int64(0)
	for p, v := range n.value {
		if n.open[p] {
			largest = max(largest, v, -v)
		}
	}
	for _, b := range n.reviews {
		units += int64(b.Max)
	}
	f.bonus = 2*largest*(units+1) + 1
	for _, b := range n.load {
		if b.Min > 0 {
			f.sink = -f.bonus
		}
	}
	return f
}

func (f *flow) free(i, r int) bool { return f.open[f.pair(i, r)] && !f.taken[f.pair(i, r)] }

func (f *flow) mayspare(i int) bool { return f.spared[i] < f.reviews[i].Max-f.reviews[i].Min }

// send finds the way of one unit of an application, and is false where there is none.
func (f *flow) send(i int) bool {
	f.begin(i)
	for {
		r, d := nobody, f.shortest
		for k, far := range f.far {
			if far < d && !f.settled[k] {
				r, d = k, far
			}
		}
		if r == nobody {
			break
		}
		f.settled[r] = true
		f.finish(r, d)
		cost, from := f.cost[r*f.reviewers:(r+1)*f.reviewers], d+f.price[r]
		for s, c := range cost {
			if c == nowhere {
				continue
			}
			if there := from + c - f.price[s]; there < f.far[s] {
				f.far[s], f.via[s] = there, r
			}
		}
	}
	if f.shortest == nowhere {
		return false
	}
	for r, d := range f.far {
		if d < f.shortest {
			f.price[r] += d - f.shortest
		}
	}
	f.shift(i)
	return true
}

// begin reaches the reviewers whom the application can take itself.
func (f *flow) begin(i int) {
	f.shortest, f.end, f.gives = nowhere, nobody, nobody
	start := int64(math.MinInt64)
	if f.mayspare(i) {
		start = f.sink
	}
	for r := range f.reviewers {
		f.far[r], f.via[r], f.settled[r] = nowhere, nobody, false
		if f.free(i, r) {
			start = max(start, f.value[f.pair(i, r)]+f.price[r])
		}
	}
	for r := range f.reviewers {
		if f.free(i, r) {
			f.far[r] = start - f.value[f.pair(i, r)] - f.price[r]
		}
	}
	if f.mayspare(i) {
		f.shortest = start - f.sink
	}
}

// finish looks whether a reviewer at that distance is the last on the shortest way.
func (f *flow) finish(r int, d int64) {
	last := d + f.price[r] - f.sink
	if loaded := len(f.holders[r]); loaded < f.load[r].Max {
		there := last
		if loaded < f.load[r].Min {
			there -= f.bonus
		}
		if there < f.shortest {
			f.shortest, f.end, f.gives = there, r, nobody
		}
	}
	for _, j := range f.holders[r] {
		if f.mayspare(j) {
			if there := last + f.value[f.pair(j, r)]; there < f.shortest {
				f.shortest, f.end, f.gives = there, r, j
			}
		}
	}
}

// change is what an application gives up and takes on a path.
type change struct{ application, lost, gained int }

// shift takes and gives back pairs along the path.
func (f *flow) shift(i int) {
	if f.end == nobody {
		f.spared[i]++
		return
	}
	var changes []change
	if f.gives != nobody {
		f.spared[f.gives]++
		changes = append(changes, change{f.gives, f.end, nobody})
	}
	r := f.end
	for ; f.via[r] != nobody; r = f.via[r] {
		changes = append(changes, change{f.by[f.via[r]*f.reviewers+r], f.via[r], r})
	}
	changes = append(changes, change{i, nobody, r})
	for _, c := range changes {
		if c.lost != nobody {
			f.taken[f.pair(c.application, c.lost)] = false
			k := slices.Index(f.holders[c.lost], c.application)
			f.holders[c.lost] = slices.Delete(f.holders[c.lost], k, k+1)
		}
		if c.gained != nobody {
			f.taken[f.pair(c.application, c.gained)] = true
			f.holders[c.gained] = append(f.holders[c.gained], c.application)
		}
	}
	for _, c := range changes {
		f.update(c)
	}
}

// update brings swaps up to date after the changes of a path.
func (f *flow) update(c change) {
	i := c.application
	if c.lost != nobody {
		for s := range f.reviewers {
			if f.by[c.lost*f.reviewers+s] == i {
				f.cheapest(c.lost, s)
			}
		}
	}
	for r := range f.reviewers {
		if !f.taken[f.pair(i, r)] {
			if c.gained != nobody && f.free(i, r) {
				f.swap(i, c.gained, r)
			}
			continue
		}
		if c.gained != nobody && f.by[r*f.reviewers+c.gained] == i {
			f.cheapest(r, c.gained)
		}
		if c.lost != nobody && f.free(i, c.lost) {
			f.swap(i, r, c.lost)
		}
	}
}

// swap notes that an application can give up r for s.
func (f *flow) swap(i, r, s int) {
	if cost := f.value[f.pair(i, r)] - f.value[f.pair(i, s)]; cost < f.cost[r*f.reviewers+s] {
		f.cost[r*f.reviewers+s], f.by[r*f.reviewers+s] = cost, i
	}
}

// cheapest looks anew for the application that gives up r for s.
func (f *flow) cheapest(r, s int) {
	f.cost[r*f.reviewers+s], f.by[r*f.reviewers+s] = nowhere, nobody
	for _, i := range f.holders[r] {
		if f.free(i, s) {
			f.swap(i, r, s)
		}
	}
}
