package seats

import (
	"cmp"
	"context"
	"slices"
)

const (
	nearest   = 8      // pairs of an organization with which groups are begun that are listed first
	perMember = 6      // groups of an organization that are listed at once
	plenty    = 20_000 // groups that are found until only better ones are looked for
)

// near is groups to begin with: of each organization with each of those with which it is worth most, and who fits best to them.
func (t *task) near() []group {
	all := t.all()
	var groups []group
	for a, i := range all {
		var others []int16
		for b := range all {
			if j := all[(a+b)%len(all)]; j != i && t.pairs(i, j) {
				others = append(others, j)
			}
		}
		slices.SortStableFunc(others, func(j, l int16) int { return cmp.Compare(t.worth(i, l), t.worth(i, j)) })
		for _, j := range others[:min(nearest, len(others))] {
			if g, ok := t.grown(i, j, others); ok {
				groups = append(groups, g)
			}
		}
	}
	return distinct(groups)
}

// grown is a group with two organizations, to which those are added, one after the other, that are worth most with them.
func (t *task) grown(i, j int16, among []int16) (group, bool) {
	var g group
	open := uint8(1<<t.Seats - 1)
	takes := [4]uint8{t.Takes[i], t.Takes[j], open, open}
	g.members[0], g.members[1] = i, j
	for size := 2; size < t.Seats; size++ {
		best, most := int16(-1), int64(0)
	next:
		for _, m := range among {
			worth := int64(0)
			for _, other := range g.members[:size] {
				if m == other || t.Scores[m][other] == Forbidden {
					continue next
				}
				worth += t.worth(m, other)
			}
			if best >= 0 && worth <= most {
				continue
			}
			if takes[size] = t.Takes[m]; t.seats(takes) {
				best, most = m, worth
			}
			takes[size] = open
		}
		if best < 0 {
			return g, false
		}
		g.members[size], takes[size] = best, t.Takes[best]
	}
	slices.Sort(g.members[:t.Seats])
	return t.again(g), true
}

// distinct is groups without repetition, sorted.
func distinct(all []group) []group {
	slices.SortFunc(all, func(a, b group) int { return slices.Compare(a.members[:], b.members[:]) })
	return slices.CompactFunc(all, func(a, b group) bool { return a.members == b.members })
}

// widen lists groups that cost less than they are worth by the program's prices: of each organization the best ones. It says whether
// there are any that matter.
func (l *program) widen(ctx context.Context) (bool, error) {
	t := l.t
	if t.whole {
		return false, nil
	}
	p := &prices{of: make([]int64, len(t.Takes)), grain: l.grain}
	l.round(p)
	s := t.sift(t.all(), p)
	least := 1 + int64(l.largest*float64(l.grain)*1e-6)
	for {
		best, found := make([][]offer, len(t.Takes)), 0
		err := s.each(ctx, s.floor(p, -l.lacking), func(g group, value int64) int64 {
			if found++; found%plenty == 0 {
				l.lacking *= 2
			}
			for _, m := range g.members[:t.Seats] {
				best[m] = kept(best[m], offer{g, value})
			}
			return s.floor(p, -l.lacking)
		})
		if err != nil {
			return false, err
		}
		if found > 0 {
			var all []group
			for _, of := range best {
				for _, o := range of {
					all = append(all, o.group)
				}
			}
			t.groups = append(t.groups, distinct(all)...)
			return true, nil
		}
		if l.lacking <= least {
			return false, nil
		}
		l.lacking = max(least, l.lacking/4)
	}
}

// offer is a group, and what its pairs come to.
type offer struct {
	group
	value int64
}

// kept adds an offer to the best ones of an organization, the best first; of equally good ones those that were there before stay.
func kept(best []offer, o offer) []offer {
	at := len(best)
	for at > 0 && best[at-1].value < o.value {
		at--
	}
	if at == perMember {
		return best
	}
	best = slices.Insert(best, at, o)
	return best[:min(len(best), perMember)]
}
