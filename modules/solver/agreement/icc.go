package agreement

import (
	"math/big"
)

// ICC are the intraclass correlations of P. Shrout and J. Fleiss, "Intraclass correlations: uses in assessing rater
// reliability", Psychological Bulletin 86 (1979): of one rating, and with K of the mean of all k raters.
//
// With n units, k raters, and the mean squares BMS between units, WMS within units, JMS between raters and EMS of what is
// left (the residual of the two-way analysis of variance),
//
//	1   each unit has raters of its own   (BMS − WMS) ÷ (BMS + (k−1)WMS)
//	2   raters are a sample, agreement    (BMS − EMS) ÷ (BMS + (k−1)EMS + k(JMS−EMS)÷n)
//	3   just these raters, consistency    (BMS − EMS) ÷ (BMS + (k−1)EMS)
//	1k  (BMS − WMS) ÷ BMS
//	2k  (BMS − EMS) ÷ (BMS + (JMS−EMS)÷n)
//	3k  (BMS − EMS) ÷ BMS
//
// in the words of K. McGraw and S. Wong, "Forming inferences about some intraclass correlation coefficients", Psychological
// Methods 1 (1996): ICC(1), ICC(A,1), ICC(C,1) and so on. They need a rating by every rater, so only the units that all
// have rated count; a rater without any rating is left out. They are not cut off at 0 or 1.
type ICC struct{ One, Two, Three, OneK, TwoK, ThreeK Measure }

const (
	whyOneRater = "this needs two raters or more"
	whyOneUnit  = "this needs two units or more that every rater has rated"
	whyFlat     = "there is no variance to compare; it would divide by zero"
)

func iccOf(ratings [][]int64) ICC {
	rows := complete(ratings)
	k := len(rows)
	if k < 2 {
		none := undefined(whyOneRater)
		return ICC{none, none, none, none, none, none}
	}
	n := len(rows[0])
	if n < 2 {
		none := undefined(whyOneUnit)
		return ICC{none, none, none, none, none, none}
	}
	b, w, j, e := meanSquares(rows)
	agree, consist := minus(b, w), minus(b, e)
	between := minus(j, e)
	return ICC{
		One:    ratio(agree, plus(b, times(w, k-1)), whyFlat),
		Two:    ratio(consist, plus(b, times(e, k-1), divided(times(between, k), n)), whyFlat),
		Three:  ratio(consist, plus(b, times(e, k-1)), whyFlat),
		OneK:   ratio(agree, b, whyFlat),
		TwoK:   ratio(consist, plus(b, divided(between, n)), whyFlat),
		ThreeK: ratio(consist, b, whyFlat),
	}
}

// complete keeps the raters with any rating, and the units that all of those have rated.
func complete(ratings [][]int64) [][]int64 {
	var raters [][]int64
	for _, row := range ratings {
		for _, x := range row {
			if x != Missing {
				raters = append(raters, row)
				break
			}
		}
	}
	kept := make([][]int64, len(raters))
	if len(raters) == 0 {
		return kept
	}
units:
	for u := range raters[0] {
		for _, row := range raters {
			if row[u] == Missing {
				continue units
			}
		}
		for i, row := range raters {
			kept[i] = append(kept[i], row[u])
		}
	}
	return kept
}

// meanSquares is the two-way analysis of variance: between units, within units, between raters, and the residual.
func meanSquares(rows [][]int64) (between, within, raters, residual *big.Rat) {
	k, n := len(rows), len(rows[0])
	var all moments
	byUnit, byRater := make([]moments, n), make([]moments, k)
	for i, row := range rows {
		for u, x := range row {
			all.add(x)
			byUnit[u].add(x)
			byRater[i].add(x)
		}
	}
	middle := over(new(big.Int).Mul(&all.sum, &all.sum), n*k)
	total := minus(rational(&all.squares), middle)
	units := minus(over(squaredSums(byUnit), k), middle)
	judges := minus(over(squaredSums(byRater), n), middle)
	inside := minus(total, units)
	return divided(units, n-1), divided(inside, n*(k-1)), divided(judges, k-1), divided(minus(inside, judges), (n-1)*(k-1))
}

func squaredSums(all []moments) *big.Int {
	sum, square := new(big.Int), new(big.Int)
	for i := range all {
		sum.Add(sum, square.Mul(&all[i].sum, &all[i].sum))
	}
	return sum
}

func plus(all ...*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, a := range all {
		sum.Add(sum, a)
	}
	return sum
}

func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }

func times(a *big.Rat, n int) *big.Rat { return new(big.Rat).Mul(a, rational(whole(n))) }

func divided(a *big.Rat, n int) *big.Rat { return new(big.Rat).Quo(a, rational(whole(n))) }
