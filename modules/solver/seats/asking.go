package seats

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
)

// question is what choices have to have: a group, or not a group.
type question struct{ with, without *group }

// Of a choice that a question breaks: how often some of its groups are made anew together with who has none, and how often without
// that anything becomes better, in large pools less often; of how many organizations, and how long each time may take.
const (
	mends    = 24
	allMends = 3000 // in a pool
)

var mending = regrouping{20, 20_000}

// answer is the best choice that is found: what the question breaks of the one that is looked around is mended, and then everything
// is searched that is better. In a Small pool all is tried.
func (a *Around) answer(ctx context.Context, q question) (Result, error) {
	t := a.t
	t.barred = q.without
	defer func() { t.barred = nil }()
	among := t.all()
	if q.with != nil {
		among = slices.DeleteFunc(among, func(m int16) bool { return q.with.has(m, t.Seats) })
	}
	if a.small {
		found := t.pack(among)
		return a.result(q, found, worth(found)+q.worth(), true), ctx.Err()
	}
	if a.prices == nil {
		return a.result(q, nil, q.worth(), true), nil
	}
	kept := slices.DeleteFunc(slices.Clone(a.chosen), func(g group) bool {
		return q.without != nil && g.members == q.without.members || q.with != nil && g.meets(q.with, t.Seats)
	})
	wanted := len(a.chosen)
	if q.with != nil && t.exactly >= 0 {
		wanted--
	}
	found, err := a.mend(ctx, among, kept, wanted)
	if err != nil {
		return Result{}, err
	}
	most := true // there can be no more groups
	for count := wanted; t.exactly >= 0 && count > len(found); count-- {
		more, proved := a.seek(ctx, q, among, nil, count)
		if len(more) > 0 {
			found = more
			break
		}
		most = most && proved
	}
	found, proved := a.seek(ctx, q, among, found, len(found))
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	bound := worth(found) + q.worth()
	if !proved {
		bound = a.bound(q, len(found))
	}
	return a.result(q, found, bound, most), nil
}

// result is a choice with the group that it had to have.
func (a *Around) result(q question, found []group, bound int64, most bool) Result {
	if q.with != nil {
		found = append(slices.Clone(found), *q.with)
	}
	r := Result{Score: worth(found), Bound: bound, Groups: [][]int{}}
	r.Exact = most && r.Score == bound
	for _, g := range found {
		r.Groups = append(r.Groups, a.t.seated(g.members[:a.t.Seats]))
	}
	slices.SortFunc(r.Groups, slices.Compare)
	return r
}

// worth is what the group is worth that a choice has to have.
func (q question) worth() int64 {
	if q.with == nil {
		return 0
	}
	return q.with.worth
}

// bound is what no choice exceeds that answers a question and has so many groups beside the one that it has to have. A choice misses of the
// sum of prices at least what that group costs above its worth; and without a group each of its members has to be elsewhere.
func (a *Around) bound(q question, count int) int64 {
	p, missed := a.prices, int64(0)
	if q.with != nil {
		missed = p.loss(q.with, a.t.Seats)
		count++
	}
	if q.without != nil && slices.ContainsFunc(a.chosen, func(g group) bool { return g.members == q.without.members }) {
		for _, m := range q.without.members[:a.t.Seats] {
			missed = max(missed, a.elsewhere(q.without, m))
		}
	}
	return part(p.sum+p.premium*int64(count-p.groups)-missed-p.grain+1, p.grain)
}

// elsewhere is what a member of a group misses at least that is in another group or in none.
func (a *Around) elsewhere(g *group, m int16) int64 {
	least := a.prices.of[m]
	for _, w := range a.known {
		if w.loss >= least {
			return least
		}
		if w.members != g.members && w.has(m, a.t.Seats) {
			return w.loss
		}
	}
	return min(least, a.sure)
}

// hopeful is of how many groups a better choice is looked for: with more, no search would come to its end.
const hopeful = 20_000

// seek looks for everything that is better than a choice, or for the best of so many groups where there is none yet, and says whether
// nothing better can be.
func (a *Around) seek(ctx context.Context, q question, among []int16, given []group, count int) ([]group, bool) {
	h := a.hunt(ctx, among, given, count, a.work)
	if h == nil || h.missing < 0 {
		return given, true
	}
	all := true
	for n, w := range a.known {
		if w.loss > h.missing {
			break
		}
		if n >= hopeful {
			if all = false; len(given) > 0 {
				return given, false
			}
			break
		}
		if q.without != nil && w.members == q.without.members || q.with != nil && w.meets(q.with, a.t.Seats) {
			continue
		}
		for _, m := range w.members[:a.t.Seats] {
			h.ways[m] = append(h.ways[m], w)
		}
	}
	h.decide(0, 0)
	return h.best, all && h.work > 0 && h.missing <= a.sure
}

// hunt is a search for choices that are better than one of so many groups; for any of so many where there is none; nothing where there cannot
// be so many.
func (a *Around) hunt(ctx context.Context, among []int16, given []group, count, work int) *hunt {
	h := a.t.hunt(ctx, among, given, a.prices, work)
	if a.t.exactly >= 0 && count != len(given) {
		h.spare = len(among) - count*a.t.Seats
		if h.spare < 0 {
			return nil
		}
		h.best = nil
		h.most += a.prices.premium * int64(count-len(given))
		h.missing = h.most + a.t.largest()*int64(count)*a.prices.grain
	}
	return h
}

// mend makes groups of who has none, together with some groups near them, until there are as many as are wanted and nothing becomes better.
func (a *Around) mend(ctx context.Context, among []int16, chosen []group, wanted int) ([]group, error) {
	t := a.t
	source := rand.NewPCG(t.Seed, 2)
	below := func(n int) int { return int(source.Uint64() % uint64(n)) }
	tries := min(mends, max(allMends/len(t.Takes), mends/4))
	for try, last := 0, 0; try < tries && try-last <= tries/4; try++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var pool []int16
		left := slices.DeleteFunc(slices.Clone(among), func(m int16) bool {
			return slices.ContainsFunc(chosen, func(g group) bool { return g.has(m, t.Seats) })
		})
		for len(left) > 0 && len(pool) < 3*t.Seats {
			at := below(len(left))
			pool = append(pool, left[at])
			left = slices.Delete(left, at, at+1)
		}
		near := t.nearest(chosen, pool, try > 0, below)
		size := mending.size
		if try%2 == 1 { // where all are worth alike, so few have ways enough, and more would cost all work at the first step
			size = 3 * t.Seats
		}
		near = near[:min(max(size-len(pool), 0)/t.Seats, len(near))]
		var kept, taken []group
		for n, g := range chosen {
			if slices.Contains(near, n) {
				taken = append(taken, g)
				pool = append(pool, g.members[:t.Seats]...)
			} else {
				kept = append(kept, g)
			}
		}
		slices.Sort(pool)
		other := a.regroup(ctx, pool, taken, wanted-len(kept))
		if t.better(other, taken) {
			last = try
		}
		chosen = append(kept, other...)
	}
	return chosen, ctx.Err()
}

// nearest are groups by their places, those that are worth most with some organizations first; only half of them where others shall come
// into question, too.
func (t *task) nearest(chosen []group, pool []int16, half bool, below func(int) int) []int {
	var all []int
	worth := make([]int64, len(chosen))
	for n, g := range chosen {
		if half && below(2) == 0 {
			continue
		}
		all = append(all, n)
		for _, m := range g.members[:t.Seats] {
			for _, other := range pool {
				if t.pairs(m, other) {
					worth[n] += 1 + t.worth(m, other)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(x, y int) int { return cmp.Compare(worth[y], worth[x]) })
	return all
}

// regroup is a better choice among a few organizations: of more groups up to so many, or of greater worth.
func (a *Around) regroup(ctx context.Context, pool []int16, given []group, wanted int) []group {
	t := a.t
	for count := min(wanted, len(pool)/t.Seats); t.exactly >= 0 && count > len(given); count-- {
		if h := a.hunt(ctx, pool, nil, count, mending.effort); h != nil {
			if a.fill(ctx, h, pool) && len(h.best) > 0 {
				return h.best
			}
		}
	}
	h := t.hunt(ctx, pool, given, a.prices, mending.effort)
	if h.missing < 0 || !a.fill(ctx, h, pool) {
		return given
	}
	return h.best
}

// fill searches in all groups of a few organizations, unless the context is done.
func (a *Around) fill(ctx context.Context, h *hunt, pool []int16) bool {
	var ways []way
	s := a.t.sift(pool, a.prices)
	if s.each(ctx, s.floor(a.prices, h.missing), func(g group, _ int64) int64 {
		if loss := a.prices.loss(&g, a.t.Seats); loss <= h.missing {
			ways = append(ways, way{loss, &g})
		}
		return s.floor(a.prices, h.missing)
	}) != nil {
		return false
	}
	sortWays(ways)
	for _, w := range ways {
		for _, m := range w.members[:a.t.Seats] {
			h.ways[m] = append(h.ways[m], w)
		}
	}
	h.decide(0, 0)
	return true
}

// has says whether an organization is a member.
func (g *group) has(m int16, seats int) bool { return slices.Contains(g.members[:seats], m) }

// meets says whether two groups have a member in common.
func (g *group) meets(other *group, seats int) bool {
	return slices.ContainsFunc(g.members[:seats], func(m int16) bool { return other.has(m, seats) })
}

// sortWays puts what costs least above its worth first.
func sortWays(ways []way) {
	slices.SortFunc(ways, func(a, b way) int {
		return cmp.Or(cmp.Compare(a.loss, b.loss), slices.Compare(a.members[:], b.members[:]))
	})
}
