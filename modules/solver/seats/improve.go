package seats

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
)

const (
	starts = 4
	draws  = 50  // of a choice to start with
	tries  = 500 // of regroupings
	idle   = 150 // of them that make nothing better, until it ends
)

// regrouping is of how many organizations groups are made anew at once, and how long it may take, as Patience counts.
type regrouping struct{ size, effort int }

var few, more = regrouping{16, 50_000}, regrouping{24, 200_000}

// improve makes choices from several starts, and each of them better, and returns the best: from the choice that is given; from
// groups that cost least above their worth, or nearly, first.
func (t *task) improve(ctx context.Context, given []group, p *prices) ([]group, error) {
	source := rand.NewPCG(t.Seed, 1)
	best := given
	cheap := t.cheap(p)
	for start := range starts {
		chosen := given
		if start > 0 || len(given) == 0 {
			chosen = t.start(cheap, p, int64(start), source)
		}
		better, err := t.climb(ctx, chosen, p, source, few)
		if err != nil {
			return nil, err
		}
		if t.better(better, best) {
			best = better
		}
		if t.done(best, p) {
			return best, nil
		}
	}
	return t.climb(ctx, best, p, source, more)
}

// start is the best of several choices that are drawn.
func (t *task) start(cheap []int32, p *prices, noise int64, source *rand.PCG) []group {
	var best []group
	for draw := range draws {
		if draw > 0 && noise < 2 {
			break // it would be the same again
		}
		if chosen := t.complete(t.greedy(cheap, p, noise, source)); draw == 0 || t.better(chosen, best) {
			best = chosen
		}
	}
	return best
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

// climb takes some groups and some of who is left over, and looks for a better regrouping of them, again and again.
func (t *task) climb(ctx context.Context, chosen []group, p *prices, source *rand.PCG, how regrouping) ([]group, error) {
	chosen = slices.Clone(chosen)
	below := func(n int) int { return int(source.Uint64() % uint64(n)) }
	last := 0 // when it became better
	for try := 0; try < tries && try-last < idle; try++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		take := min(how.size/t.Seats, len(chosen))
		for i := range take { // to the end
			j := below(len(chosen) - i)
			end := len(chosen) - 1 - i
			chosen[j], chosen[end] = chosen[end], chosen[j]
		}
		kept, taken := chosen[:len(chosen)-take], chosen[len(chosen)-take:]
		left := t.left(chosen)
		var pool []int16
		for range min(t.Seats, len(left)) {
			j := below(len(left))
			pool = append(pool, left[j])
			left = slices.Delete(left, j, j+1)
		}
		for _, g := range taken {
			pool = append(pool, g.members[:t.Seats]...)
		}
		slices.Sort(pool)
		if other := t.regroup(ctx, pool, taken, p, how.effort); t.better(other, taken) {
			last = try
			chosen = append(slices.Clone(kept), other...)
		}
	}
	return chosen, nil
}

// regroup looks for a better choice of groups among a few organizations, so long.
func (t *task) regroup(ctx context.Context, pool []int16, given []group, p *prices, effort int) []group {
	h := t.hunt(ctx, pool, given, p, effort)
	if h.missing < 0 {
		return given
	}
	var groups []group
	s := t.sift(pool, p)
	if s.each(ctx, s.floor(p, h.missing), func(g group, _ int64) int64 {
		groups = append(groups, g)
		return s.floor(p, h.missing)
	}) == nil {
		h.through(groups)
	}
	return h.best
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

// complete makes further groups of who is left over, the best for one after the other.
func (t *task) complete(chosen []group) []group {
	for _, i := range t.left(chosen) {
		left := t.left(chosen)
		if !slices.Contains(left, i) {
			continue
		}
		left = slices.DeleteFunc(left, func(j int16) bool { return j == i || !t.pairs(i, j) })
		best, found := group{}, false
		for _, j := range left {
			if g, ok := t.grown(i, j, left); ok && (!found || g.worth > best.worth) {
				best, found = g, true
			}
		}
		if found && (t.exactly >= 0 || best.worth >= 0) {
			chosen = append(chosen, best)
		}
	}
	return chosen
}
