// Package agreement tells how far raters agree: Krippendorff's alpha, which takes missing ratings as they are, and the
// intraclass correlations.
//
// All of these measures stay the same when every rating is multiplied by one number, so ratings are integers: those of the
// reader's scale, or multiples of them. Sums are exact; only the last division of each measure rounds (and the terms of
// the ratio scale).
package agreement

import (
	"context"
	"math"
	"math/big"
)

// Missing stands where a rater has not rated a unit.
const Missing = math.MinInt64

// Limit is how large an absolute rating may be.
const Limit = 1 << 61

// Measure is a number, or the reason why there is none.
type Measure struct {
	Value float64
	Why   string // empty where Value is defined
}

func undefined(why string) Measure { return Measure{Why: why} }

// ratio is a ÷ b, rounded once.
func ratio(a, b *big.Rat, zero string) Measure {
	if b.Sign() == 0 {
		return undefined(zero)
	}
	value, _ := new(big.Rat).Quo(a, b).Float64()
	return Measure{Value: value}
}

// Report holds all measures of the same ratings.
type Report struct {
	Alpha Alpha
	ICC   ICC
}

// Of measures ratings, a row for each rater and a column for each unit. The error is the context's.
func Of(ctx context.Context, ratings [][]int64) (Report, error) {
	alpha, err := alphaOf(ctx, ratings)
	return Report{Alpha: alpha, ICC: iccOf(ratings)}, err
}

func rational(n *big.Int) *big.Rat { return new(big.Rat).SetInt(n) }

func whole(n int) *big.Int { return big.NewInt(int64(n)) }

// over is n ÷ d.
func over(n *big.Int, d int) *big.Rat { return new(big.Rat).SetFrac(n, whole(d)) }

// moments are what the variance of a list is made of.
type moments struct {
	n            int
	sum, squares big.Int
}

func (m *moments) add(x int64) {
	m.n++
	b := big.NewInt(x)
	m.sum.Add(&m.sum, b)
	m.squares.Add(&m.squares, b.Mul(b, b))
}

// differences is the sum of (x − y)² over all ordered pairs of the list: 2n·Σx² − 2(Σx)².
func (m *moments) differences() *big.Int {
	d := new(big.Int).Mul(&m.squares, whole(m.n))
	d.Sub(d, new(big.Int).Mul(&m.sum, &m.sum))
	return d.Lsh(d, 1)
}
