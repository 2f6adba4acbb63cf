package decimals

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func read(t *testing.T, text string) Decimal {
	t.Helper()
	d, ok := Parse([]byte(text))
	if !ok {
		t.Fatalf("%s is no number", text)
	}
	return d
}

func TestNumbersAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Decimal{
		"0": {}, "-0": {}, "0.000": {}, "0e9": {}, "7": {Mantissa: 7}, "-120": {-12, 1}, "0.25": {25, -2}, "1.50": {15, -1}, "2.5e3": {25, 2}, "1E-2": {1, -2},
		"999999999999999999": {999999999999999999, 0}, "0.0000000000000000000000000000123": {123, -31},
		"0.1000000000000000055511151231257827": {1, -1}, "12345678901234567890": {12345678901234567, 3}, "1e-500": {}, "0." + strings.Repeat("0", 395) + "1e-350": {}, "5e-324": {5, -324}, "1e308": {1, 308},
	} {
		if got := read(t, text); got != want {
			t.Errorf("%s is read as %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{"1e309", "-1e400", "1e99999999999999999999", "999999e304"} {
		if d, ok := Parse([]byte(text)); ok {
			t.Errorf("%s is read as %+v", text, d)
		}
	}
}

func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		numbers []string
		want    json.Number
	}{
		{nil, "0"},
		{[]string{"0.1", "0.2"}, "0.3"},
		{[]string{"1.5", "2.5"}, "4"},
		{[]string{"-1", "1e-3"}, "-0.999"},
		{[]string{"100", "2e3"}, "2100"},
		{[]string{"0.5", "-0.5"}, "0"},
		{[]string{"900000000000000001", "900000000000000001"}, "1800000000000000002"},
		{[]string{"1e300", "1e-300"}, "1e+300"},
		{[]string{"1e308", "1e308"}, ""},
		{[]string{"-1e308", "-1e308"}, ""},
		{[]string{"1e308", "1e308", "-1e308"}, "1e+308"},
		{[]string{"1e300", "-1e300", "1e-300"}, "1e-300"},
		{[]string{"0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1"}, "1"},
	} {
		numbers := make([]Decimal, 0, len(c.numbers))
		for _, n := range c.numbers {
			numbers = append(numbers, read(t, n))
		}
		if got, ok := Sum(numbers); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("the sum of %v is %s, want %s", c.numbers, got, c.want)
		}
	}
}

func TestIntegersKeepRatios(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		numbers, spread := make([]Decimal, 1+random.IntN(6)), random.IntN(12)+1
		for i := range numbers {
			numbers[i] = Decimal{Mantissa: random.Int64N(2000) - 1000, Exponent: random.IntN(spread) - 6}.normal(false)
			if random.IntN(4) == 0 {
				numbers[i] = Decimal{}
			}
		}
		scaled, exact := Integers(numbers, 1<<40)
		for i, a := range numbers {
			for j, b := range numbers {
				left := new(big.Rat).Mul(rational(a), new(big.Rat).SetInt64(scaled[j]))
				right := new(big.Rat).Mul(rational(b), new(big.Rat).SetInt64(scaled[i]))
				if exact && left.Cmp(right) != 0 {
					t.Fatalf("%v became %v", numbers, scaled)
				}
				if a.Float() > b.Float() && scaled[i] < scaled[j] {
					t.Fatalf("%v became %v, in another order", numbers, scaled)
				}
			}
		}
		if !exact && spread < 7 {
			t.Fatalf("%v are not exact", numbers)
		}
	}
	if scaled, exact := Integers([]Decimal{{}, {1, 300}, {-5, 299}, {1, -300}}, 1000); exact || scaled[1] != 1000 || scaled[2] != -500 || scaled[3] != 0 {
		t.Errorf("scaled to %v, %v", scaled, exact)
	}
}

func rational(d Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatInt(d.Mantissa, 10) + "e" + strconv.Itoa(d.Exponent))
	return r
}
