package seats

import (
	"cmp"
	"context"
	"slices"
)

// search looks for every choice that is better than the one that is given. What a choice misses of the bound is the losses of
// its groups and the prices of who is left over; so an organization after the other, the one with the fewest ways first,
// gets a group or is left over, as long as no more is missed than the best choice so far misses. It is proved that none
// is better when that has been tried everywhere.
func (t *task) search(ctx context.Context, given []group, p *prices) (best []group, proved bool, err error) {
	if t.exactly >= 0 && len(given) != t.exactly {
		return given, false, nil
	}
	s := t.hunt(ctx, t.all(), given, p, t.Patience)
	if s.missing < 0 {
		return given, true, nil
	}
	all, groups, err := t.within(ctx, p, s.missing)
	if err != nil {
		return nil, false, err
	}
	s.through(groups)
	return s.best, all && s.work > 0, ctx.Err()
}

// hunt is a search among some organizations, for choices that are better than one of them.
func (t *task) hunt(ctx context.Context, among []int16, given []group, p *prices, work int) *hunt {
	s := &hunt{task: t, prices: p, best: given, work: work, spare: -1, among: among, used: make([]bool, len(t.Takes)), ways: make([][]way, len(t.Takes)), ctx: ctx}
	if t.exactly >= 0 {
		s.spare = len(among) - len(given)*t.Seats
	}
	s.most = p.premium * int64(len(given)) // nothing, where their number is free
	for _, m := range among {
		s.most += p.of[m]
	}
	s.missing = s.most - (worth(given)+1)*p.grain
	return s
}

// through searches in these groups.
func (s *hunt) through(groups []group) {
	for i := range groups {
		g := &groups[i]
		if loss := s.loss(g, s.Seats); loss <= s.missing {
			for _, m := range g.members[:s.Seats] {
				s.ways[m] = append(s.ways[m], way{loss, g})
			}
		}
	}
	for _, ways := range s.ways {
		slices.SortStableFunc(ways, func(a, b way) int { return cmp.Compare(a.loss, b.loss) })
	}
	s.decide(0, 0)
}

// mostTried is how many groups choices are searched in, where not all are listed.
const mostTried = 200_000

// within is the groups whose loss is not above a limit, and whether these are all: there may be too many, and then those
// that are listed are to do. There may be others among them.
func (t *task) within(ctx context.Context, p *prices, limit int64) (bool, []group, error) {
	if t.whole {
		return true, t.groups, nil
	}
	var some []group
	s := t.sift(t.all(), p)
	err := s.each(ctx, s.floor(p, limit), func(g group, _ int64) int64 {
		if some = append(some, g); len(some) > mostTried {
			return -apart
		}
		return s.floor(p, limit)
	})
	if err != nil || len(some) <= mostTried {
		return true, some, err
	}
	return false, t.groups, nil
}

// way is a group that an organization may be in, and what is missed by it.
type way struct {
	loss int64
	*group
}

type hunt struct {
	*task
	*prices
	ctx     context.Context
	among   []int16
	most    int64 // what is missed, and what a choice is worth
	ways    [][]way
	used    []bool
	chosen  []group
	best    []group
	missing int64 // the most that a better choice may miss
	spare   int   // how many may be left over; −1 for any number
	work    int
	turn    int
}

// decide decides about everybody that is not used yet, where so much is missed and so many are left over already.
func (s *hunt) decide(missed int64, left int) {
	if s.turn++; s.turn%1024 == 0 && s.ctx.Err() != nil {
		s.work = 0
	}
	if s.work -= 1 + len(s.among)/4; s.work <= 0 {
		return
	}
	who, fewest := -1, 0
	for _, m := range s.among {
		i := int(m)
		if s.used[i] {
			continue
		}
		if n := s.count(i, missed, left, fewest); who < 0 || n < fewest {
			if who, fewest = i, n; n == 0 {
				return
			}
		}
	}
	if s.work <= 0 {
		return
	}
	if who < 0 {
		s.best = slices.Clone(s.chosen)
		s.missing = s.most - (worth(s.best)+1)*s.grain
		return
	}
	s.used[who] = true
	for _, w := range s.ways[who] {
		if missed+w.loss > s.missing || s.work <= 0 {
			break
		}
		if !s.free(w, who) {
			continue
		}
		s.mark(w, true)
		s.chosen = append(s.chosen, *w.group)
		s.decide(missed+w.loss, left)
		s.chosen = s.chosen[:len(s.chosen)-1]
		s.mark(w, false)
		s.used[who] = true
	}
	if s.work > 0 && s.may(who, missed, left) {
		s.decide(missed+s.of[who], left+1)
	}
	s.used[who] = false
}

// count is how many ways there are for an organization; enough, where there are more than fewest.
func (s *hunt) count(i int, missed int64, left, fewest int) int {
	n := 0
	if s.may(i, missed, left) {
		n++
	}
	for _, w := range s.ways[i] {
		if missed+w.loss > s.missing || fewest > 0 && n > fewest {
			break
		}
		s.work--
		if s.free(w, i) {
			n++
		}
	}
	return n
}

// may says whether an organization may be left over.
func (s *hunt) may(i int, missed int64, left int) bool {
	return (s.spare < 0 || left < s.spare) && missed+s.of[i] <= s.missing
}

// free says whether nobody but one is used already.
func (s *hunt) free(w way, but int) bool {
	for _, m := range w.members[:s.Seats] {
		if s.used[m] && int(m) != but {
			return false
		}
	}
	return true
}

func (s *hunt) mark(w way, used bool) {
	for _, m := range w.members[:s.Seats] {
		s.used[m] = used
	}
}
