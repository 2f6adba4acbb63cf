// Package assignment gives applications their reviewers, all at once: so many reviews for each application, so many for each
// reviewer, none in a conflict, fixed pairs kept, and as much affinity as there can be.
//
// Affinities are integers here: those of the reader's scale.
package assignment

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
)

// Bounds are the least and the most of something.
type Bounds struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Instance is what is to be assigned. Tables are by application, then by reviewer.
type Instance struct {
	Affinity [][]int64 // within Limit
	Conflict [][]bool
	Reviews  Bounds // of each application
	Load     []Bounds
	Fixed    [][2]int // application and reviewer
	Fair     bool     // raise the worst-served application first, and only then the total
	Seed     uint64   // breaks ties; 0 takes applications and reviewers as they come
}

// Answer is an assignment, or what stands against every one.
type Answer struct {
	Reviewers [][]int    // of each application, sorted
	Obstacles []Obstacle // none where there is an assignment

	// Of a fair assignment only. Exact says that no other serves its worst-served application better, nor has a higher total
	// when it serves that as well. Where that is not proven, no assignment serves the worst-served application better than
	// WorstBound, and none that serves it as well as this one has a total above TotalBound.
	Exact                  bool
	WorstBound, TotalBound int64
}

// Solve assigns. The same instance always has the same answer. The error is the context's.
func Solve(ctx context.Context, in Instance) (Answer, error) { return in.solve(ctx, &course{}) }

func (in Instance) solve(ctx context.Context, c *course) (Answer, error) {
	if obstacles := in.obstacles(); len(obstacles) > 0 {
		return Answer{Obstacles: obstacles}, nil
	}
	if in.Seed != 0 {
		return in.shuffled(ctx, c)
	}
	p := newProblem(in)
	if in.Fair && p.applications > 0 {
		return p.fair(ctx, c)
	}
	taken, ok, err := p.bestTelling(ctx, func(done int) { c.tell(0, whole, done, p.applications) })
	if err != nil {
		return Answer{}, err
	}
	if !ok {
		return Answer{}, errors.New("all bounds can be kept, but no assignment keeps them")
	}
	return Answer{Reviewers: p.lists(taken), Exact: true}, nil
}

// shuffled solves the instance in an order that the seed draws: equally good assignments are then found in another order.
func (in Instance) shuffled(ctx context.Context, c *course) (Answer, error) {
	random := rand.New(rand.NewPCG(in.Seed, 0)) //nolint:gosec // drawn again from the same seed by whoever checks
	rows, columns := random.Perm(len(in.Affinity)), random.Perm(len(in.Load))
	other := Instance{Reviews: in.Reviews, Fair: in.Fair, Load: make([]Bounds, len(columns))}
	for k, r := range columns {
		other.Load[k] = in.Load[r]
	}
	place, placeOf := make([]int, len(rows)), make([]int, len(columns))
	for k, i := range rows {
		place[i] = k
		affinity, conflict := make([]int64, len(columns)), make([]bool, len(columns))
		for l, r := range columns {
			placeOf[r] = l
			affinity[l], conflict[l] = in.Affinity[i][r], in.Conflict[i][r]
		}
		other.Affinity, other.Conflict = append(other.Affinity, affinity), append(other.Conflict, conflict)
	}
	for _, f := range in.Fixed {
		other.Fixed = append(other.Fixed, [2]int{place[f[0]], placeOf[f[1]]})
	}
	answer, err := other.solve(ctx, c)
	if err != nil {
		return answer, err
	}
	lists := make([][]int, len(rows))
	for k, i := range rows {
		lists[i] = make([]int, 0, len(answer.Reviewers[k]))
		for r := range columns {
			if slices.Contains(answer.Reviewers[k], placeOf[r]) {
				lists[i] = append(lists[i], r)
			}
		}
	}
	answer.Reviewers = lists
	return answer, nil
}

// problem is an instance without its fixed pairs.
type problem struct {
	*network
	fixed []bool  // by pair
	base  []int64 // what each application has by them
}

func newProblem(in Instance) *problem {
	n := &network{applications: len(in.Affinity), reviewers: len(in.Load), load: append([]Bounds(nil), in.Load...)}
	p := &problem{network: n, fixed: make([]bool, n.applications*n.reviewers), base: make([]int64, n.applications)}
	n.open = make([]bool, len(p.fixed))
	for i, row := range in.Affinity {
		n.value = append(n.value, row...)
		n.reviews = append(n.reviews, in.Reviews)
		for r := range row {
			n.open[n.pair(i, r)] = !in.Conflict[i][r]
		}
	}
	for _, f := range in.Fixed {
		if at := n.pair(f[0], f[1]); !p.fixed[at] {
			p.fixed[at], n.open[at] = true, false
			p.base[f[0]] += n.value[at]
			n.reviews[f[0]] = n.reviews[f[0]].without(1)
			n.load[f[1]] = n.load[f[1]].without(1)
		}
	}
	for i, b := range n.reviews {
		n.reviews[i].Max = min(b.Max, n.reviewers)
	}
	for r, b := range n.load {
		n.load[r].Max = min(b.Max, n.applications)
	}
	return p
}

// without is what is left of bounds when so many are there already.
func (b Bounds) without(n int) Bounds { return Bounds{max(b.Min-n, 0), b.Max - n} }

// lists returns the reviewers of each application.
func (p *problem) lists(taken []bool) [][]int {
	lists := make([][]int, p.applications)
	for i := range lists {
		lists[i] = []int{}
		for r := range p.reviewers {
			if at := p.pair(i, r); taken[at] || p.fixed[at] {
				lists[i] = append(lists[i], r)
			}
		}
	}
	return lists
}
