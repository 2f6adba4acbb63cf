package seats

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Around is a choice of groups of three or four of a pool, of which it is asked what other choices there are. One is used by one
// goroutine at a time.
type Around struct {
	t      *task
	prices *prices // none in a Small pool, nor where no group can be made
	small  bool    // all can be tried
	chosen []group
	known  []way // groups, those that cost least above their worth first
	sure   int64 // every group that costs no more above its worth is known
	work   int   // how much a search for one answer may be
}

// How much work all answers together are, about a nanosecond each, and how much one may be at most: so a choice in a large pool takes
// no longer to look around than one in a small one.
const (
	allWork = 300_000_000
	oneWork = 5_000_000
)

// Look prepares questions about a choice, such as Group has found it. The pool has three seats or four. The same pool and choice have
// the same answers. The error is the context's.
func Look(ctx context.Context, p Pool, groups [][]int) (*Around, error) {
	return look(ctx, p, groups, len(p.Takes) <= Small, mostListed)
}

// look is Look where all is tried or not, and where groups are listed if they are no more than so many.
func look(ctx context.Context, p Pool, groups [][]int, small bool, listed int) (*Around, error) {
	t, err := newTask(ctx, p, listed)
	if err != nil {
		return nil, err
	}
	a := &Around{t: t, small: small, work: min(oneWork, allWork/(len(p.Takes)+len(groups)+1))}
	for _, g := range groups {
		a.chosen = append(a.chosen, t.group(g))
	}
	if p.Size {
		t.exactly = len(groups)
	}
	if small || len(t.groups) == 0 {
		return a, nil
	}
	if a.prices, err = t.price(ctx); err != nil {
		return nil, err
	}
	return a, a.know(ctx)
}

// know lists the groups in which is searched, at most mostTried where not all are listed.
func (a *Around) know(ctx context.Context) error {
	a.sure = math.MaxInt64
	if a.t.whole {
		for i := range a.t.groups {
			g := &a.t.groups[i]
			a.known = append(a.known, way{a.prices.loss(g, a.t.Seats), g})
		}
		sortWays(a.known)
		return nil
	}
	a.sure = a.t.largest() * a.prices.grain
	s := a.t.sift(a.t.all(), a.prices)
	err := s.each(ctx, s.floor(a.prices, a.sure), func(g group, _ int64) int64 {
		if loss := a.prices.loss(&g, a.t.Seats); loss <= a.sure {
			a.known = append(a.known, way{loss, &g})
		}
		if len(a.known) >= 2*mostTried {
			sortWays(a.known)
			a.sure = a.known[mostTried].loss - 1
			a.known = slices.DeleteFunc(a.known, func(w way) bool { return w.loss > a.sure })
		}
		return s.floor(a.prices, a.sure)
	})
	sortWays(a.known)
	return err
}

// group is the one of some organizations.
func (t *task) group(of []int) group {
	var g group
	for i, m := range of {
		g.members[i] = int16(m)
	}
	slices.Sort(g.members[:t.Seats])
	return t.again(g)
}

// With is the best choice that is found in which there is a group of these organizations, which can be one. Where as many groups as
// possible come first, it may have fewer than the choice of which is asked, and is Exact among those that have no more. The error is
// the context's.
func (a *Around) With(ctx context.Context, of []int) (Result, error) {
	g := a.t.group(of)
	return a.answer(ctx, question{with: &g})
}

// Without is the best choice that is found in which there is no group of just these organizations. Otherwise as With.
func (a *Around) Without(ctx context.Context, of []int) (Result, error) {
	g := a.t.group(of)
	return a.answer(ctx, question{without: &g})
}

// Best is the group that is worth most of all in which an organization can be, with another one or with whomever where that is −1, if
// it is worth more than a bound. Of several equally good ones it is one, always the same.
func (a *Around) Best(of, with int, above int64) (group []int, worth int64, found bool) {
	t := a.t
	first := int16(of)
	if t.Takes[of] == 0 || with >= 0 && (t.Takes[with] == 0 || !t.pairs(first, int16(with))) {
		return nil, 0, false
	}
	var others []int16
	most := int64(math.MinInt64) // of all pairs
	for _, m := range t.all() {
		if m != first && int(m) != with && t.pairs(first, m) && (with < 0 || t.pairs(int16(with), m)) {
			others = append(others, m)
		}
	}
	for _, m := range append(slices.Clone(others), first) {
		for _, other := range others {
			if m != other && t.pairs(m, other) {
				most = max(most, t.Scores[m][other])
			}
		}
	}
	slices.SortStableFunc(others, func(i, j int16) int { return cmp.Compare(t.Scores[first][j], t.Scores[first][i]) })
	members, worth := [4]int16{first}, above
	size, sum := 1, int64(0)
	if with >= 0 {
		members[1] = int16(with)
		size, sum = 2, t.Scores[of][with]
		most = max(most, sum)
		for _, m := range others {
			most = max(most, t.Scores[with][m])
		}
	}
	var extend func(size, from int, sum int64)
	extend = func(size, from int, sum int64) {
		if size == t.Seats {
			seated := members
			slices.Sort(seated[:t.Seats])
			if sum > worth && t.sit(seated) {
				worth, group, found = sum, t.seated(seated[:t.Seats]), true
			}
			return
		}
		lacking := int64(t.Seats - size)
		among := int64(t.Seats*(t.Seats-1)/2-size*(size-1)/2) - lacking // pairs that are lacking, but those with the first
	next:
		for at := from; at < len(others); at++ {
			m := others[at]
			if sum+lacking*t.Scores[first][m]+among*most <= worth {
				return
			}
			more := sum
			for _, other := range members[:size] {
				s := t.Scores[m][other]
				if s == Forbidden {
					continue next
				}
				more += s
			}
			members[size] = m
			extend(size+1, at+1, more)
		}
	}
	extend(size, 0, sum)
	return group, worth, found
}

// Alternative is a choice without a group of another one.
type Alternative struct {
	Result

	Without []int
}

// Alternatives are up to so many choices beside one, the best first: of those that are each found without one of its groups, as With and
// Without do it, those that differ; where as many groups as possible come first, only such of as many. The error is the context's.
func Alternatives(ctx context.Context, p Pool, groups [][]int, most int) ([]Alternative, error) {
	if p.Seats == 2 {
		return best(ctx, groups, p.Size, most, func(g []int) (Result, error) { return pairs(ctx, p.apart(g[0], g[1])) })
	}
	a, err := Look(ctx, p, groups)
	if err != nil {
		return nil, err
	}
	return a.Alternatives(ctx, groups, most, func() {})
}

// Alternatives are those of the choice that is looked around, whose groups are given; step is called before each of them is left out.
func (a *Around) Alternatives(ctx context.Context, groups [][]int, most int, step func()) ([]Alternative, error) {
	return best(ctx, groups, a.t.Size, most, func(g []int) (Result, error) {
		step()
		return a.Without(ctx, g)
	})
}

func best(ctx context.Context, groups [][]int, size bool, most int, without func([]int) (Result, error)) ([]Alternative, error) {
	var all []Alternative
	for _, g := range groups {
		r, err := without(g)
		switch {
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case size && len(r.Groups) < len(groups):
			continue
		}
		if !slices.ContainsFunc(all, func(o Alternative) bool { return slices.EqualFunc(o.Groups, r.Groups, slices.Equal) }) {
			all = append(all, Alternative{Result: r, Without: g})
		}
	}
	slices.SortStableFunc(all, func(x, y Alternative) int { return cmp.Compare(y.Score, x.Score) })
	return all[:min(most, len(all))], nil
}

// apart is the pool in which two may not be together.
func (p Pool) apart(i, j int) Pool {
	p.Scores = slices.Clone(p.Scores)
	p.Scores[i], p.Scores[j] = slices.Clone(p.Scores[i]), slices.Clone(p.Scores[j])
	p.Scores[i][j], p.Scores[j][i] = Forbidden, Forbidden
	return p
}
