package agreement

import (
	"context"
	"math/big"
	"slices"
)

// Alpha is Krippendorff's alpha by level of measurement: 1 is perfect agreement, 0 what chance would give, and less than 0
// is systematic disagreement.
//
// With n the number of ratings in units that have two or more, m those of one unit, and δ² the squared difference of two
// ratings,
//
//	alpha = 1 − (n − 1) × Σ over units of (Σ δ² over the unit's ordered pairs ÷ (m − 1)) ÷ Σ δ² over all ordered pairs
//
//	nominal   δ² = 0 where ratings are equal, else 1
//	ordinal   δ² = (all ratings from a to b, those equal to a or to b counted half)²
//	interval  δ² = (a − b)²
//	ratio     δ² = ((a − b) ÷ (a + b))²
//
// (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011; "Content Analysis", 4th
// edition, 2019, chapter 12.) Units with fewer than two ratings count nowhere. A measure is undefined where nothing can be
// compared and where all that can be compared is equal, for then chance could not disagree either; that of the ratio scale,
// too, where a rating is negative, for such a scale begins at zero.
type Alpha struct{ Nominal, Ordinal, Interval, Ratio Measure }

const (
	whyNoPairs  = "no unit has two ratings or more"
	whyEqual    = "all ratings that can be compared are equal"
	whyNegative = "a ratio scale has no negative ratings"
)

func alphaOf(ctx context.Context, ratings [][]int64) (Alpha, error) {
	units, values := pairable(ratings)
	if len(values) == 0 {
		none := undefined(whyNoPairs)
		return Alpha{none, none, none, none}, nil
	}
	slices.Sort(values)
	distinct, counts := tally(values)
	if len(distinct) == 1 {
		equal := undefined(whyEqual)
		return Alpha{equal, equal, equal, equal}, nil
	}
	a := Alpha{
		Nominal:  alpha(units, values, unequal),
		Interval: alpha(units, values, squares),
		Ratio:    undefined(whyNegative),
	}
	ranks := middles(counts)
	a.Ordinal = alpha(units, values, func(list []int64) *big.Int {
		ranked := make([]int64, len(list))
		for i, x := range list {
			at, _ := slices.BinarySearch(distinct, x)
			ranked[i] = ranks[at]
		}
		return squares(ranked)
	})
	if distinct[0] < 0 {
		return a, nil
	}
	observed := 0.0
	for _, u := range units {
		d, err := proportions(ctx, u)
		if err != nil {
			return a, err
		}
		observed += d / float64(len(u)-1)
	}
	expected, err := proportions(ctx, values)
	a.Ratio = Measure{Value: 1 - float64(len(values)-1)*observed/expected}
	return a, err
}

// pairable returns the ratings of each unit that has two or more, sorted, and all of them together.
func pairable(ratings [][]int64) (units [][]int64, values []int64) {
	if len(ratings) == 0 {
		return nil, nil
	}
	for u := range ratings[0] {
		var unit []int64
		for _, row := range ratings {
			if row[u] != Missing {
				unit = append(unit, row[u])
			}
		}
		if len(unit) > 1 {
			slices.Sort(unit)
			units, values = append(units, unit), append(values, unit...)
		}
	}
	return units, values
}

// alpha computes the measure for a scale, which is told by the sum of δ² over all ordered pairs of a sorted list.
func alpha(units [][]int64, values []int64, differences func([]int64) *big.Int) Measure {
	observed := new(big.Rat)
	for _, u := range units {
		observed.Add(observed, over(differences(u), len(u)-1))
	}
	observed.Mul(observed, rational(whole(len(values)-1)))
	expected := rational(differences(values))
	return ratio(new(big.Rat).Sub(expected, observed), expected, whyEqual)
}

// unequal counts ordered pairs that differ.
func unequal(sorted []int64) *big.Int {
	n := whole(len(sorted))
	pairs := n.Mul(n, n)
	_, counts := tally(sorted)
	for _, c := range counts {
		same := big.NewInt(c)
		pairs.Sub(pairs, same.Mul(same, same))
	}
	return pairs
}

func squares(list []int64) *big.Int {
	var m moments
	for _, x := range list {
		m.add(x)
	}
	return m.differences()
}

// proportions is the sum of ((a − b) ÷ (a + b))² over all ordered pairs.
func proportions(ctx context.Context, sorted []int64) (float64, error) {
	distinct, counts := tally(sorted)
	sum := 0.0
	for i, a := range distinct {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		with := 0.0
		for j, b := range distinct[:i] {
			d := float64(a-b) / float64(a+b)
			with += d * d * float64(counts[j])
		}
		sum += with * float64(counts[i])
	}
	return 2 * sum, nil
}

// tally returns the different values of a sorted list, and how often each occurs.
func tally(sorted []int64) (distinct, counts []int64) {
	for _, x := range sorted {
		if last := len(distinct) - 1; last >= 0 && distinct[last] == x {
			counts[last]++
			continue
		}
		distinct, counts = append(distinct, x), append(counts, 1)
	}
	return distinct, counts
}

// middles returns twice the middle rank of each value: the differences of two of them are twice those of the ordinal scale,
// which makes it an interval scale of ranks.
func middles(counts []int64) []int64 {
	ranks, below := make([]int64, len(counts)), int64(0)
	for i, c := range counts {
		ranks[i] = 2*below + c
		below += c
	}
	return ranks
}
