package agreement

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// raters reads a line for each rater: one sign for each unit, a point where it is missing.
func raters(lines ...string) [][]int64 {
	ratings := make([][]int64, len(lines))
	for i, line := range lines {
		for sign := range strings.FieldsSeq(line) {
			x := int64(Missing)
			if sign != "." {
				x = 0
				for _, c := range sign {
					x = 10*x + int64(c-'0')
				}
			}
			ratings[i] = append(ratings[i], x)
		}
	}
	return ratings
}

// TestPublishedAlphas holds the worked examples of Krippendorff (2011), sections A to E: E computes from values by units what
// C and D compute from coincidences, with the same results.
func TestPublishedAlphas(t *testing.T) {
	t.Parallel()
	four := raters(
		"1 2 3 3 2 1 4 1 2 . . .",
		"1 2 3 3 2 2 4 1 2 5 . 3",
		". 3 3 3 2 3 4 2 2 5 1 .",
		"1 2 3 3 2 4 4 1 2 5 1 .",
	)
	for _, c := range []struct {
		name    string
		ratings [][]int64
		pick    func(Alpha) Measure
		want    float64
	}{
		{"A, two observers, two values", raters("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), func(a Alpha) Measure { return a.Nominal }, 0.095},
		{"B, two observers, five values", raters("1 1 2 2 4 3 3 3 5 4 4 1", "2 1 2 2 2 3 3 3 5 4 4 4"), func(a Alpha) Measure { return a.Nominal }, 0.692},
		{"C, four observers, nominal", four, func(a Alpha) Measure { return a.Nominal }, 0.743},
		{"D, ordinal", four, func(a Alpha) Measure { return a.Ordinal }, 0.815},
		{"D, interval", four, func(a Alpha) Measure { return a.Interval }, 0.849},
		{"D, ratio", four, func(a Alpha) Measure { return a.Ratio }, 0.797},
	} {
		r := must(Of(t.Context(), c.ratings))
		if got := c.pick(r.Alpha); got.Why != "" || math.Abs(got.Value-c.want) > 0.0005 {
			t.Errorf("%s: got %+v, published as %v", c.name, got, c.want)
		}
	}
}

// TestPublishedCorrelations holds the example of Shrout and Fleiss (1979), tables 2 and 4: six targets, four judges.
func TestPublishedCorrelations(t *testing.T) {
	t.Parallel()
	got := must(Of(t.Context(), raters("9 6 8 7 10 6", "2 1 4 1 5 2", "5 3 6 2 6 4", "8 2 8 6 9 7"))).ICC
	for i, m := range got.all() {
		if want := []float64{.17, .29, .71, .44, .62, .91}[i]; m.Why != "" || math.Abs(m.Value-want) > 0.005 {
			t.Errorf("the measure %d is %+v, published as %v", i, m, want)
		}
	}
}

func (i ICC) all() []Measure { return []Measure{i.One, i.Two, i.Three, i.OneK, i.TwoK, i.ThreeK} }

func (a Alpha) all() []Measure { return []Measure{a.Nominal, a.Ordinal, a.Interval, a.Ratio} }

func must(r Report, err error) Report {
	if err != nil {
		panic(err)
	}
	return r
}

func TestUndefinedMeasures(t *testing.T) {
	t.Parallel()
	alphas := func(why string) []string { return []string{why, why, why, why} }
	iccs := func(why string) []string { return []string{why, why, why, why, why, why} }
	for _, c := range []struct {
		name       string
		ratings    [][]int64
		alpha, icc []string
	}{
		{"nothing", nil, alphas(whyNoPairs), iccs(whyOneRater)},
		{"no units", [][]int64{{}, {}}, alphas(whyNoPairs), iccs(whyOneRater)},
		{"one rater", raters("1 2 3"), alphas(whyNoPairs), iccs(whyOneRater)},
		{"one unit", raters("1", "2"), alphas(""), iccs(whyOneUnit)},
		{"all equal", raters("3 3 3", "3 3 3"), alphas(whyEqual), iccs(whyFlat)},
		{"equal where it can be compared", raters("3 3 1", "3 3 ."), alphas(whyEqual), iccs(whyFlat)},
		{"nothing rated", raters(". .", ". ."), alphas(whyNoPairs), iccs(whyOneRater)},
		{"nothing rated twice", raters("1 .", ". 2"), alphas(whyNoPairs), iccs(whyOneUnit)},
		{"an idle rater", raters("1 2 4", "1 3 4", ". . ."), alphas(""), iccs("")},
		{"negative", [][]int64{{-1, 2, 3}, {-1, 2, 4}}, []string{"", "", "", whyNegative}, iccs("")},
		{"opposite", raters("1 2", "2 1"), alphas(""), []string{"", whyFlat, "", whyFlat, "", whyFlat}},
		{"apart by one", raters("1 1 1", "2 2 2"), alphas(""), []string{"", "", whyFlat, whyFlat, "", whyFlat}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := must(Of(t.Context(), c.ratings))
			for i, m := range got.Alpha.all() {
				if m.Why != c.alpha[i] {
					t.Errorf("alpha %d: got %+v, want %q", i, m, c.alpha[i])
				}
			}
			for i, m := range got.ICC.all() {
				if m.Why != c.icc[i] {
					t.Errorf("correlation %d: got %+v, want %q", i, m, c.icc[i])
				}
			}
		})
	}
}

// TestPerfectAgreementIsOne holds that nothing is lost by rounding.
func TestPerfectAgreementIsOne(t *testing.T) {
	t.Parallel()
	row := []int64{Limit, Limit - 1, 0, 7, 7}
	got := must(Of(t.Context(), [][]int64{row, row, row}))
	for _, m := range append(got.Alpha.all(), got.ICC.all()...) {
		if m.Why != "" || m.Value != 1 {
			t.Errorf("got %+v", m)
		}
	}
}

// TestAgainstDefinitions computes alpha from the matrix of coincidences and the correlations from residuals.
func TestAgainstDefinitions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		k, n, most := 2+random.IntN(4), 2+random.IntN(9), 1+random.Int64N(8)
		missing := random.Float64() * 0.6 * float64(random.IntN(2))
		ratings := make([][]int64, k)
		for i := range ratings {
			for range n {
				x := random.Int64N(most + 1)
				if random.Float64() < missing {
					x = Missing
				}
				ratings[i] = append(ratings[i], x)
			}
		}
		got := must(Of(t.Context(), ratings))
		for i, m := range got.Alpha.all() {
			if want := coincidences(ratings, most, i); m.Why == "" && math.Abs(m.Value-want) > 1e-12 || m.Why != "" && !math.IsNaN(want) {
				t.Fatalf("%v: alpha %d is %+v, by its definition %v", ratings, i, m, want)
			}
		}
		if missing == 0 {
			for i, want := range residuals(ratings) {
				if m := got.ICC.all()[i]; m.Why == "" && math.Abs(m.Value-want) > 1e-9*math.Max(1, math.Abs(want)) {
					t.Fatalf("%v: correlation %d is %+v, by its definition %v", ratings, i, m, want)
				}
			}
		}
	}
}

func coincidences(ratings [][]int64, most int64, scale int) float64 {
	o := make([][]float64, most+1)
	for c := range o {
		o[c] = make([]float64, most+1)
	}
	for u := range ratings[0] {
		m := 0
		for _, row := range ratings {
			if row[u] != Missing {
				m++
			}
		}
		for i, a := range ratings {
			for j, b := range ratings {
				if i != j && a[u] != Missing && b[u] != Missing {
					o[a[u]][b[u]] += 1 / float64(m-1)
				}
			}
		}
	}
	margin, n := make([]float64, most+1), 0.0
	for c := range o {
		for _, x := range o[c] {
			margin[c] += x
			n += x
		}
	}
	observed, expected := 0.0, 0.0
	for c := range o {
		for k := range o {
			d := 0.0
			switch a, b := float64(c), float64(k); {
			case c == k:
			case scale == 0:
				d = 1
			case scale == 1:
				for g := min(c, k); g <= max(c, k); g++ {
					d += margin[g]
				}
				d -= (margin[c] + margin[k]) / 2
			case scale == 2:
				d = a - b
			default:
				d = (a - b) / (a + b)
			}
			observed += o[c][k] * d * d / n
			expected += margin[c] * margin[k] * d * d / (n * (n - 1))
		}
	}
	if expected < 1e-12 {
		return math.NaN()
	}
	return 1 - observed/expected
}

func residuals(ratings [][]int64) []float64 {
	k, n := float64(len(ratings)), float64(len(ratings[0]))
	grand := 0.0
	unit, rater := make([]float64, len(ratings[0])), make([]float64, len(ratings))
	for i, row := range ratings {
		for u, x := range row {
			grand += float64(x) / (n * k)
			unit[u] += float64(x) / k
			rater[i] += float64(x) / n
		}
	}
	b, w, j, e := 0.0, 0.0, 0.0, 0.0
	for i, row := range ratings {
		for u, x := range row {
			b += (unit[u] - grand) * (unit[u] - grand) / (n - 1)
			j += (rater[i] - grand) * (rater[i] - grand) / (k - 1)
			w += (float64(x) - unit[u]) * (float64(x) - unit[u]) / (n * (k - 1))
			left := float64(x) - unit[u] - rater[i] + grand
			e += left * left / ((n - 1) * (k - 1))
		}
	}
	return []float64{
		(b - w) / (b + (k-1)*w), (b - e) / (b + (k-1)*e + k*(j-e)/n), (b - e) / (b + (k-1)*e),
		(b - w) / b, (b - e) / (b + (j-e)/n), (b - e) / b,
	}
}

func TestMeasuringStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Of(ctx, raters("1 2", "1 3")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
