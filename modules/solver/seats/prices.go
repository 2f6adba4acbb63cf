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
	largest := int64(1)
	for i := range t.groups {
		largest = max(largest, t.groups[i].worth, -t.groups[i].worth)
	}
	p := &prices{of: make([]int64, n), grain: min(grains, max(1, 1<<57/(largest*(n+4))))}
	dual, err := t.simplex(ctx, float64(largest))
	if err != nil {
		return nil, err
	}
	for i := range p.of {
		p.of[i] = int64(math.Ceil(max(0, dual[i]) * float64(p.grain)))
	}
	if t.exactly >= 0 {
		p.groups, p.premium = t.exactly, math.MinInt64/4
		lacks := p.premium
		for i := range t.groups {
			lacks = max(lacks, p.premium-p.loss(&t.groups[i], t.Seats))
		}
		p.premium = lacks
	} else {
		for i := range t.groups {
			if g := &t.groups[i]; p.loss(g, t.Seats) < 0 {
				p.of[g.members[0]] -= p.loss(g, t.Seats)
			}
		}
	}
	p.sum = p.premium * int64(p.groups)
	for _, price := range p.of {
		p.sum += price
	}
	return p, nil
}
