package assignment

import (
	"context"
	"math"
	"math/big"
	"slices"
)

// fullWeight is the largest weight of an application.
const fullWeight = 1 << 10

// rounds is how often weigh tries other weights: less often where it takes longer.
func (f *fairness) rounds() int { return min(max(800_000/len(f.open), 4), 40) }

// weigh lowers the bound of the worst-served application and offers assignments on the way. For any weights of applications,
// the least of their sums is not above the weighted mean of all sums, and that is not above its maximum over assignments,
// which a flow finds: over all weights this is the linear relaxation. Weights follow the sums, those of badly served
// applications rise (S. Plotkin, D. Shmoys and É. Tardos, "Fast approximation algorithms for fractional packing and covering
// problems", Mathematics of Operations Research 20, 1995).
func (f *fairness) weigh(ctx context.Context) error {
	log := make([]float64, f.applications)
	weights := make([]int64, f.applications)
	for round := range f.rounds() {
		f.course.tell(widestPercent, weighPercent, round, f.rounds())
		if f.worst == f.worstBound {
			return nil
		}
		highest := slices.Max(log)
		for i, x := range log {
			weights[i] = int64(math.Round(fullWeight * math.Exp(x-highest)))
		}
		taken, err := f.weighted(ctx, weights)
		if err != nil {
			return err
		}
		f.offer(f.exchange(ctx, taken))
		sums, mean, spread := make([]float64, f.applications), 0.0, 0.0
		for i := range sums {
			sums[i] = float64(f.served(taken, i))
			mean += sums[i] / float64(f.applications)
		}
		for _, x := range sums {
			spread = max(spread, math.Abs(x-mean))
		}
		if spread == 0 {
			return nil
		}
		for i, x := range sums {
			log[i] -= (x - mean) / spread * 2 / math.Sqrt(float64(round+1))
		}
	}
	return nil
}

// weighted returns the assignment of the highest weighted sum and lowers the bound by it. Weighted values are rounded up, so
// that the bound holds.
func (f *fairness) weighted(ctx context.Context, weights []int64) ([]bool, error) {
	n := f.with(f.open, f.reviews)
	n.value = make([]int64, len(f.value))
	sum, all := new(big.Int), int64(0)
	for i, w := range weights {
		all += w
		sum.Add(sum, new(big.Int).Mul(big.NewInt(w), big.NewInt(f.base[i])))
		for at := f.pair(i, 0); at < f.pair(i+1, 0); at++ {
			high, low := f.value[at]/fullWeight, f.value[at]%fullWeight
			n.value[at] = high*w + up(low*w)
		}
	}
	taken, ok, err := n.best(ctx)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNone
	}
	for at, v := range n.value {
		if taken[at] {
			sum.Add(sum, new(big.Int).Lsh(big.NewInt(v), 10))
		}
	}
	// Div rounds down where the divisor is positive.
	f.worstBound = max(f.worst, min(f.worstBound, sum.Div(sum, big.NewInt(all)).Int64()))
	return taken, nil
}

// up divides by fullWeight and rounds up.
func up(x int64) int64 { return (x + fullWeight - 1) >> 10 }
