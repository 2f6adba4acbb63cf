package assignment

import (
	"context"
	"math"
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
func (n *network) best(ctx context.Context) (taken []bool, ok bool, err error) {
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
	}
	for r, b := range n.load {
		if len(f.holders[r]) < b.Min {
			return nil, false, nil
		}
	}
	return f.taken, true, nil
}

// Limit is how large an absolute value may be, so that no sum on the way overflows.
func Limit(applications, reviewers int) int64 {
	return math.MaxInt64 / (64 * (int64(applications)*int64(reviewers) + 1))
}

// flow is the state of one run. With p the prices, no residual arc from x to y is cheaper than p(y) − p(x).
type flow struct {
	*network
	taken   []bool
	holders [][]int // by reviewer: the applications that have them
	spared  []int   // by application: the units that went straight to the sink
	bonus   int64

	priceOf  []int64 // of applications
	priceTo  []int64 // of reviewers
	sink     int64
	far      []int64 // distances of applications
	farTo    []int64 // and of reviewers
	via      []int   // the reviewer before each application on its path
	viaTo    []int   // the application before each reviewer
	settled  []bool
	reached  []int // applications with a distance
	shortest int64 // to the sink
	end      int   // the reviewer from whom that goes to the sink, or −1 − the application
}

const nowhere = math.MaxInt64

func newFlow(n *network) *flow {
	f := &flow{
		network: n, taken: make([]bool, len(n.open)), holders: make([][]int, n.reviewers), spared: make([]int, n.applications),
		priceOf: make([]int64, n.applications), priceTo: make([]int64, n.reviewers),
		far: make([]int64, n.applications), farTo: make([]int64, n.reviewers),
		via: make([]int, n.applications), viaTo: make([]int, n.reviewers), settled: make([]bool, n.reviewers),
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
	for i := range n.applications {
		f.far[i] = nowhere
		f.priceOf[i] = f.sink
		if n.reviews[i].Max > n.reviews[i].Min {
			f.priceOf[i] = max(f.priceOf[i], 0)
		}
		for r, v := range n.value[n.pair(i, 0):n.pair(i+1, 0)] {
			if n.open[n.pair(i, r)] {
				f.priceOf[i] = max(f.priceOf[i], v)
			}
		}
	}
	return f
}

// send finds the way of one unit of an application, and is false where there is none.
func (f *flow) send(from int) bool {
	for r := range f.farTo {
		f.farTo[r], f.settled[r] = nowhere, false
	}
	for _, i := range f.reached {
		f.far[i] = nowhere
	}
	f.reached = f.reached[:0]
	f.shortest = nowhere
	f.reach(from, 0, -1)
	for {
		r, d := -1, f.shortest
		for k, far := range f.farTo {
			if far < d && !f.settled[k] {
				r, d = k, far
			}
		}
		if r < 0 {
			break
		}
		f.settled[r] = true
		if loaded := len(f.holders[r]); loaded < f.load[r].Max {
			toSink := f.priceTo[r] - f.sink
			if loaded < f.load[r].Min {
				toSink -= f.bonus
			}
			if d+toSink < f.shortest {
				f.shortest, f.end = d+toSink, r
			}
		}
		for _, i := range f.holders[r] {
			back := d + f.value[f.pair(i, r)] + f.priceTo[r] - f.priceOf[i]
			if back < f.far[i] && back < f.shortest {
				f.reach(i, back, r)
			}
		}
	}
	if f.shortest == nowhere {
		return false
	}
	f.reprice()
	f.shift(from)
	return true
}

// reach notes a shorter way to an application, and what it makes of the ways to reviewers.
func (f *flow) reach(i int, d int64, via int) {
	if f.far[i] == nowhere {
		f.reached = append(f.reached, i)
	}
	f.far[i], f.via[i] = d, via
	if f.spared[i] < f.reviews[i].Max-f.reviews[i].Min {
		if straight := d + f.priceOf[i] - f.sink; straight <= f.shortest {
			f.shortest, f.end = straight, -1-i
		}
	}
	first := f.pair(i, 0)
	open, taken := f.open[first:first+f.reviewers], f.taken[first:first+f.reviewers]
	before := d + f.priceOf[i]
	for r, v := range f.value[first : first+f.reviewers] {
		if !open[r] || taken[r] {
			continue
		}
		if there := before - v - f.priceTo[r]; there < f.farTo[r] {
			f.farTo[r], f.viaTo[r] = there, i
		}
	}
}

// reprice moves the prices of all that is nearer than the sink.
func (f *flow) reprice() {
	for _, i := range f.reached {
		if f.far[i] < f.shortest {
			f.priceOf[i] += f.far[i] - f.shortest
		}
	}
	for r, d := range f.farTo {
		if d < f.shortest {
			f.priceTo[r] += d - f.shortest
		}
	}
}

// shift takes and gives back pairs along the path, from its end.
func (f *flow) shift(from int) {
	i := -1 - f.end
	if f.end >= 0 {
		i = f.take(f.end)
	} else {
		f.spared[i]++
	}
	for i != from {
		r := f.via[i]
		f.giveBack(i, r)
		i = f.take(r)
	}
}

func (f *flow) take(r int) int {
	i := f.viaTo[r]
	f.taken[f.pair(i, r)] = true
	f.holders[r] = append(f.holders[r], i)
	return i
}

func (f *flow) giveBack(i, r int) {
	f.taken[f.pair(i, r)] = false
	for k, j := range f.holders[r] {
		if j == i {
			f.holders[r] = append(f.holders[r][:k], f.holders[r][k+1:]...)
			return
		}
	}
}
