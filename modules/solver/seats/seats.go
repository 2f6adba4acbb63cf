package seats

import (
	"context"
	"slices"

	"kervan/modules/solver/blossom"
)

// Forbidden is the score of two organizations that may not be in one group.
const Forbidden = -1 << 63

// Pool is what groups are made of.
type Pool struct {
	Seats    int       // in a group: 2 to 4
	Takes    []uint8   // by organization: the seats that take it, seat 0 as the lowest bit
	Scores   [][]int64 // of each pair, symmetric; the diagonal means nothing
	Size     bool      // as many groups as possible come first
	Seed     uint64    // other starts
	Patience int       // how much work the search may be, about a nanosecond each; without bound for Small pools
}

// Small is how many organizations may be in a pool so that it is always solved exactly.
const Small = 16

// MaxScore is how large a score may be, either sign, in a pool of n organizations.
func MaxScore(n int) int64 { return min(blossom.MaxWeight(n), 1<<56/(12*(int64(n)+4))) }

// Result is a choice of groups, sorted, each in the order of its seats.
type Result struct {
	Groups [][]int
	Score  int64
	Bound  int64 // no choice, or none of as many groups where their number comes first, scores more
	Exact  bool  // there can be no more groups, where their number comes first; and none better
}

// Group chooses groups. The same pool has the same result. The error is the context's.
func Group(ctx context.Context, p Pool) (Result, error) {
	if p.Seats == 2 {
		return pairs(ctx, p)
	}
	t, err := newTask(ctx, p, mostListed)
	if err != nil {
		return Result{}, err
	}
	var chosen []group
	most := true // no more groups can be made, where their number comes first
	if p.Size {
		found, bound, err := t.counting().solve(ctx, nil)
		if err != nil {
			return Result{}, err
		}
		for _, g := range found {
			chosen = append(chosen, t.again(g))
		}
		most, t.exactly = int64(len(found)) == bound, len(found)
	}
	chosen, bound, err := t.solve(ctx, chosen)
	for err == nil && p.Size && len(chosen) > t.exactly {
		t.exactly = len(chosen)
		chosen, bound, err = t.solve(ctx, chosen)
	}
	if err != nil {
		return Result{}, err
	}
	r := Result{Score: worth(chosen), Bound: bound, Groups: [][]int{}}
	r.Exact = most && r.Score == bound
	for _, g := range chosen {
		r.Groups = append(r.Groups, p.seated(g.members[:p.Seats]))
	}
	slices.SortFunc(r.Groups, slices.Compare)
	return r, nil
}

// pairs is for two seats.
func pairs(ctx context.Context, p Pool) (Result, error) {
	var edges []blossom.Edge
	for i := range p.Takes {
		for j := range i {
			if p.Scores[i][j] != Forbidden && seatable(2, p.Takes[i], p.Takes[j]) {
				edges = append(edges, blossom.Edge{U: j, V: i, Weight: p.Scores[i][j]})
			}
		}
	}
	chosen, err := blossom.Match(ctx, len(p.Takes), edges, p.Size)
	if err != nil {
		return Result{}, err
	}
	r := Result{Groups: [][]int{}, Exact: true}
	for _, e := range chosen {
		r.Groups = append(r.Groups, p.seated([]int16{int16(edges[e].U), int16(edges[e].V)}))
		r.Score += edges[e].Weight
	}
	slices.SortFunc(r.Groups, slices.Compare)
	r.Bound = r.Score
	return r, nil
}

// seatable says whether organizations that are taken by these seats can sit on the first n of them, one each.
func seatable(n int, takes ...uint8) bool {
	_, ok := seat(n, takes, 0)
	return ok
}

// seat is, for each seat from the first free one on, the index of who sits there: the first that can.
func seat(n int, takes []uint8, taken int) ([]int, bool) {
	at := 0
	for i := range n {
		if taken&(1<<i) != 0 {
			at++
		}
	}
	if at == n {
		return nil, true
	}
	for i, seats := range takes {
		if taken&(1<<i) == 0 && seats&(1<<at) != 0 {
			if rest, ok := seat(n, takes, taken|1<<i); ok {
				return append([]int{i}, rest...), true
			}
		}
	}
	return nil, false
}

// seated is organizations in the order of their seats: of several orders the first by number.
func (p Pool) seated(members []int16) []int {
	takes := make([]uint8, len(members))
	for i, m := range members {
		takes[i] = p.Takes[m]
	}
	order, _ := seat(p.Seats, takes, 0)
	group := make([]int, len(members))
	for at, i := range order {
		group[at] = int(members[i])
	}
	return group
}
