package seats

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
)

const (
	starts = 4
	tries  = 2000 // of regroupings, from each start
	idle   = 300  // of them that make nothing better, until it ends
)

// improve makes choices from several starts, and each of them better, and returns the best: from the choice that is given; from
// groups that cost least above their worth, or nearly, first.
func (t *task) improve(ctx context.Context, given []group, p *prices) ([]group, error) {
	source := rand.NewPCG(t.Seed, 1)
	best := given
	cheap := t.cheap(p)
	for start := range starts {
		chosen := given
		if start > 0 || len(given) == 0 {
			chosen = t.greedy(cheap, p, int64(start), source)
		}
		better, err := t.climb(ctx, chosen, source)
		if err != nil {
			return nil, err
		}
		if t.better(better, best) {
			best = better
		}
		if t.done(best, p) {
			break
		}
	}
	return best, nil
}

// better says whether a choice is better than another.
func (t *task) better(a, b []group) bool {
	if t.exactly >= 0 && len(a) != len(b) {
		return len(a) > len(b)
	}
	return worth(a) > worth(b)
}

// done says whether a choice is as good as any can be.
func (t *task) done(chosen []group, p *prices) bool {
	return (t.exactly < 0 || len(chosen) >= t.exactly) && worth(chosen) >= p.bound()
}

// cheapest is of how many cheap groups choices are begun.
const cheapest = 100_000

// cheap is the groups that cost least above their worth.
func (t *task) cheap(p *prices) []int32 {
	all, losses := make([]int32, len(t.groups)), make([]int64, len(t.groups))
	for i := range all {
		all[i], losses[i] = int32(i), p.loss(&t.groups[i], t.Seats)
	}
	by := func(i, j int32) int { return cmp.Or(cmp.Compare(losses[i], losses[j]), cmp.Compare(i, j)) }
	if len(all) > cheapest {
		sorted := slices.Clone(losses)
		slices.Sort(sorted)
		limit := sorted[cheapest]
		all = slices.DeleteFunc(all, func(i int32) bool { return losses[i] > limit })
	}
	slices.SortFunc(all, by)
	return all
}

// greedy takes one group after the other, the cheapest first; the noisier, the less strictly.
func (t *task) greedy(cheap []int32, p *prices, noise int64, source *rand.PCG) []group {
	order := slices.Clone(cheap)
	if noise > 1 {
		typical := p.loss(&t.groups[cheap[min(len(cheap)-1, 4*len(t.Takes))]], t.Seats)*(noise-1) + 1
		losses := make(map[int32]int64, len(cheap))
		for _, g := range cheap {
			losses[g] = p.loss(&t.groups[g], t.Seats) + int64(source.Uint64()%uint64(typical))
		}
		slices.SortFunc(order, func(i, j int32) int { return cmp.Or(cmp.Compare(losses[i], losses[j]), cmp.Compare(i, j)) })
	}
	used := make([]bool, len(t.Takes))
	var chosen []group
next:
	for _, i := range order {
		g := t.groups[i]
		for _, m := range g.members[:t.Seats] {
			if used[m] {
				continue next
			}
		}
		for _, m := range g.members[:t.Seats] {
			used[m] = true
		}
		chosen = append(chosen, g)
	}
	return chosen
}

// climb takes some groups and some of who is left over, and puts the best regrouping of them in their place, again and again.
func (t *task) climb(ctx context.Context, chosen []group, source *rand.PCG) ([]group, error) {
	chosen = slices.Clone(chosen)
	some, others := 3, 2
	if t.Seats == 4 {
		some, others = 2, 3
	}
	below := func(n int) int { return int(source.Uint64() % uint64(n)) }
	last := 0 // when it became better
	for try := 0; try < tries && try-last < idle; try++ {
		if try%16 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		take := min(some, len(chosen))
		for i := range take { // to the end
			j := below(len(chosen) - i)
			end := len(chosen) - 1 - i
			chosen[j], chosen[end] = chosen[end], chosen[j]
		}
		kept, taken := chosen[:len(chosen)-take], chosen[len(chosen)-take:]
		left := t.left(chosen)
		var pool []int16
		for range min(others, len(left)) {
			j := below(len(left))
			pool = append(pool, left[j])
			left = slices.Delete(left, j, j+1)
		}
		for _, g := range taken {
			pool = append(pool, g.members[:t.Seats]...)
		}
		slices.Sort(pool)
		if regrouped := t.pack(pool); !t.better(taken, regrouped) {
			if t.better(regrouped, taken) {
				last = try
			}
			chosen = append(slices.Clone(kept), regrouped...)
		}
	}
	return chosen, nil
}

// left is who is in none of the groups.
func (t *task) left(chosen []group) []int16 {
	used := make([]bool, len(t.Takes))
	for _, g := range chosen {
		for _, m := range g.members[:t.Seats] {
			used[m] = true
		}
	}
	var left []int16
	for i, u := range used {
		if !u && t.Takes[i] != 0 {
			left = append(left, int16(i))
		}
	}
	return left
}
