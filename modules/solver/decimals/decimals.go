// Package decimals keeps numbers as they are written, so that what is added up and compared is exact: ten times 0.1 is 1.
//
// A Decimal is Mantissa × 10^Exponent. Algorithms compute with the integers that Integers makes of all numbers of an
// instance at once. A number with more than 18 significant digits counts as the nearest binary fraction of 64 bits (IEEE
// 754), written as shortly as it can be; so does 0 for what is nearer to 0 than 5e-324.
package decimals

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
)

// Decimal is the number Mantissa × 10^Exponent; the mantissa does not end in a zero, but for 0 itself.
type Decimal struct {
	Mantissa int64
	Exponent int
}

// digits is how many of them fit into a mantissa.
const digits = 18

// Parse reads a number as JSON writes it. It is false for one that is beyond what a float64 holds.
func Parse(text []byte) (Decimal, bool) {
	if d, ok := parse(text); ok {
		return d, d.Exponent == 0 || !math.IsInf(d.Float(), 0)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return Decimal{}, false
	}
	return parse(strconv.AppendFloat(nil, f, 'e', -1, 64))
}

// parse is false where the number has too many digits, or an exponent beyond all use.
func parse(text []byte) (Decimal, bool) {
	var d Decimal
	negative, fraction, n := false, false, 0
	for i, c := range text {
		switch c {
		case '-':
			negative = true
		case '.':
			fraction = true
		case 'e', 'E':
			e, err := strconv.Atoi(string(text[i+1:]))
			if err != nil || e < -400 || e > 400 {
				return d, false
			}
			d.Exponent += e
			return d.normal(negative), d.Exponent > -400
		default:
			if d.Mantissa > 0 || c != '0' {
				if n++; n > digits {
					return d, false
				}
			}
			d.Mantissa = d.Mantissa*10 + int64(c-'0')
			if fraction {
				d.Exponent--
			}
		}
	}
	return d.normal(negative), d.Exponent > -400
}

func (d Decimal) normal(negative bool) Decimal {
	if d.Mantissa == 0 {
		return Decimal{}
	}
	for d.Mantissa%10 == 0 {
		d.Mantissa /= 10
		d.Exponent++
	}
	if negative {
		d.Mantissa = -d.Mantissa
	}
	return d
}

// Float is the nearest binary fraction.
func (d Decimal) Float() float64 {
	if d.Exponent == 0 {
		return float64(d.Mantissa)
	}
	f, _ := strconv.ParseFloat(strconv.FormatInt(d.Mantissa, 10)+"e"+strconv.Itoa(d.Exponent), 64)
	return f
}

// Int is the number where it is a whole one that fits.
func (d Decimal) Int() (int64, bool) {
	if d.Exponent < 0 {
		return 0, false
	}
	return shifted(d.Mantissa, d.Exponent, math.MaxInt64)
}

// shifted is m × 10^e, where its absolute value is not above the limit.
func shifted(m int64, e int, limit int64) (int64, bool) {
	for ; e > 0 && m != 0; e-- {
		if m > limit/10 || m < -limit/10 {
			return 0, false
		}
		m *= 10
	}
	return m, m <= limit && m >= -limit
}

// Exponent is that of the smallest unit that any of the numbers needs, 0 where all are 0. Integers counts in this unit where it
// is exact.
func Exponent(numbers []Decimal) int {
	least := math.MaxInt
	for _, d := range numbers {
		if d.Mantissa != 0 {
			least = min(least, d.Exponent)
		}
	}
	if least == math.MaxInt {
		return 0
	}
	return least
}

// Largest is the largest absolute value.
func Largest(numbers []Decimal) float64 {
	largest := 0.0
	for _, d := range numbers {
		largest = max(largest, math.Abs(d.Float()))
	}
	return largest
}

// Integers scales numbers by one factor so that they become integers whose absolute values are not above the limit. They
// are exact where a power of ten does that. Where none does, the largest becomes the limit and the others are rounded, each
// by at most half of largest/limit (and 2^-53 of itself).
func Integers(numbers []Decimal, limit int64) (scaled []int64, exact bool) {
	scaled = make([]int64, len(numbers))
	least := Exponent(numbers)
	exact = true
	for i, d := range numbers {
		if scaled[i], exact = shifted(d.Mantissa, d.Exponent-least, limit); !exact {
			break
		}
	}
	if exact {
		return scaled, true
	}
	largest := Largest(numbers)
	for i, d := range numbers {
		scaled[i] = min(max(int64(math.Round(d.Float()/largest*float64(limit))), -limit), limit)
	}
	return scaled, false
}

// widest is the longest number that Sum writes out, in digits.
const widest = 60

// Sum adds numbers up exactly and writes the result as JSON. It is the nearest float64 only where the exact one has more than
// 60 digits. It is false where that is beyond what a float64 holds.
func Sum(numbers []Decimal) (json.Number, bool) {
	least, most := 0, 0
	for _, d := range numbers {
		least, most = min(least, d.Exponent), max(most, d.Exponent)
	}
	if most-least > widest-digits || -least > widest || most > widest-digits {
		return inexact(numbers)
	}
	sum, ten := new(big.Int), big.NewInt(10)
	for _, d := range numbers {
		power := new(big.Int).Exp(ten, big.NewInt(int64(d.Exponent-least)), nil)
		sum.Add(sum, power.Mul(power, big.NewInt(d.Mantissa)))
	}
	return json.Number(new(big.Rat).SetFrac(sum, new(big.Int).Exp(ten, big.NewInt(int64(-least)), nil)).FloatString(places(sum, -least))), true
}

// places is how many digits behind the point a sum needs that was counted in units of 10^-units.
func places(sum *big.Int, units int) int {
	rest, ten, digit := new(big.Int).Set(sum), big.NewInt(10), new(big.Int)
	for ; units > 0; units-- {
		if rest.QuoRem(rest, ten, digit); digit.Sign() != 0 {
			break
		}
	}
	return units
}

func inexact(numbers []Decimal) (json.Number, bool) {
	sum := new(big.Float).SetPrec(4096)
	for _, d := range numbers {
		f, _, _ := big.ParseFloat(strconv.FormatInt(d.Mantissa, 10)+"e"+strconv.Itoa(d.Exponent), 10, 4096, big.ToNearestEven)
		sum.Add(sum, f)
	}
	f, _ := sum.Float64()
	return Float(f)
}

// Float writes a binary fraction as JSON. It is false where it is beyond what a float64 holds.
func Float(f float64) (json.Number, bool) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return "0", false
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), true
}
