package seats

import (
	"context"
	"math"
)

// prices cover every group: what its members cost, with the premium, is at least what it is worth.
type prices struct {
	of      []int64 // by organization, never negative
	premium int64   // for every group
	groups  int     // how many are wanted, where the premium is not 0
	grain   int64   // prices are counted in this part of scores
	sum     int64   // of all prices, and the premiums of as many groups as are wanted
}

// bound is what no choice exceeds.
func (p *prices) bound() int64 {
	b := p.sum / p.grain
	if p.sum%p.grain < 0 {
		b--
	}
	return b
}

// loss is by how much a group costs more than it is worth.
func (p *prices) loss(g *group, seats int) int64 {
	cost := p.premium
	for _, m := range g.members[:seats] {
		cost += p.of[m]
	}
	return cost - g.worth*p.grain
}

// grains is how finely prices are counted, at most, so that bounds are lost to rounding only below one unit of scores.
const grains = 1 << 12

// price finds prices whose sum is small.
func (t *task) price(ctx context.Context) (*prices, error) {
	n := int64(len(t.Takes))
	largest := t.largest()
	p := &prices{of: make([]int64, n), grain: min(grains, max(1, 1<<53/(largest*(n+4))))}
	l := t.program(float64(largest), p.grain)
	if err := l.solve(ctx); err != nil {
		return nil, err
	}
	l.round(p)
	lacks, err := t.lacks(ctx, p)
	if err != nil {
		return nil, err
	}
	if t.exactly >= 0 {
		p.groups = t.exactly
		p.premium += lacks
	} else if lacks > 0 {
		for i := range p.of {
			if t.Takes[i] != 0 {
				p.of[i] += part(lacks, int64(t.Seats))
			}
		}
	}
	p.sum = p.premium * int64(p.groups)
	for _, price := range p.of {
		p.sum += price
	}
	return p, nil
}

// largest is what no group is worth more than, of either sign, and 1 at least.
func (t *task) largest() int64 {
	most := int64(1)
	if t.whole {
		for i := range t.groups {
			most = max(most, t.groups[i].worth, -t.groups[i].worth)
		}
		return most
	}
	for i, row := range t.Scores {
		for _, w := range row[:i] {
			if w != Forbidden && !t.count {
				most = max(most, w, -w)
			}
		}
	}
	return most * int64(t.Seats*(t.Seats-1)/2)
}

// lacks is by how much some group is worth more than it costs, and no other is by more; less than 0 where all cost more.
func (t *task) lacks(ctx context.Context, p *prices) (int64, error) {
	if t.whole {
		most := int64(math.MinInt64)
		for i := range t.groups {
			most = max(most, -p.loss(&t.groups[i], t.Seats))
		}
		return most, nil
	}
	s, most := t.sift(t.all(), p), int64(0)
	err := s.each(ctx, s.floor(p, -1), func(g group, _ int64) int64 {
		most = max(most, -p.loss(&g, t.Seats))
		return s.floor(p, -most-1)
	})
	return most, err
}
