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
	s := &hunt{task: t, prices: p, best: given, work: t.Patience, spare: -1, used: make([]bool, len(t.Takes)), ways: make([][]way, len(t.Takes)), ctx: ctx}
	if t.exactly >= 0 {
		if len(given) != t.exactly {
			return given, false, nil
		}
		s.spare = len(t.Takes) - t.exactly*t.Seats
	}
	s.missing = p.sum - (worth(given)+1)*p.grain
	if s.missing < 0 {
		return given, true, nil
	}
	for i := range t.groups {
		g := &t.groups[i]
		if loss := p.loss(g, t.Seats); loss <= s.missing {
			for _, m := range g.members[:t.Seats] {
				s.ways[m] = append(s.ways[m], way{loss, g})
			}
		}
	}
	for _, ways := range s.ways {
		slices.SortStableFunc(ways, func(a, b way) int { return cmp.Compare(a.loss, b.loss) })
	}
	s.decide(0, 0)
	return s.best, s.work > 0, ctx.Err()
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
	if s.work -= 1 + len(s.used)/4; s.work <= 0 {
		return
	}
	who, fewest := -1, 0
	for i, used := range s.used {
		if used {
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
		s.missing = s.sum - (worth(s.best)+1)*s.grain
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
