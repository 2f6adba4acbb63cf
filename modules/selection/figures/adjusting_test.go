package figures_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/selection/figures"
)

// rated makes ratings of a table: a row for each reviewer, a column for each application, a negative number for none.
func rated(table [][]float64) (ratings []figures.Rating, applications []ids.Application, reviewers []ids.Person) {
	for range table[0] {
		applications = append(applications, ids.New[ids.Application]())
	}
	for _, row := range table {
		person := ids.New[ids.Person]()
		reviewers = append(reviewers, person)
		for i, x := range row {
			if x >= 0 {
				ratings = append(ratings, figures.Rating{applications[i], person, figures.Points(math.Round(100 * x))})
			}
		}
	}
	return ratings, applications, reviewers
}

func habit(t *testing.T, a figures.Adjustment, person ids.Person) figures.Habit {
	t.Helper()
	i := slices.IndexFunc(a.Habits, func(h figures.Habit) bool { return h.Person == person })
	if i < 0 {
		t.Fatal("a reviewer has no habit")
	}
	return a.Habits[i]
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// TestEffectsOfAWholeTable holds the effects against those of a balanced analysis of variance, which are differences of means.
//
//	A 80 60 70 | 70     mean of all 65, residuals of A's row: 0, 0, 0
//	B 70 50 60 | 60
func TestEffectsOfAWholeTable(t *testing.T) {
	t.Parallel()
	ratings, applications, reviewers := rated([][]float64{{80, 60, 70}, {70, 50, 60}})
	a := figures.Adjust(ratings)
	if h := habit(t, a, reviewers[0]); !near(h.Effect, 5) || h.Error != 0 || h.Rescaled || !near(h.Mean, 70) || h.Reviews != 3 {
		t.Errorf("A: %+v", h)
	}
	if h := habit(t, a, reviewers[1]); !near(h.Effect, -5) {
		t.Errorf("B: %+v", h)
	}
	for i, want := range []float64{75, 55, 65} {
		if got := a.Means[applications[i]]; !near(got, want) {
			t.Errorf("application %d: %v, want %v", i, got, want)
		}
	}
	if a.Habits[0].Person != reviewers[1] || a.Groups != 1 {
		t.Errorf("the strictest is not first, or there are %d groups", a.Groups)
	}
}

// TestEffectsOfATableWithHoles solves a table by hand. A rates 1 and 2 with 80 and 60, B rates 2 and 3 with 50 and 40, C rates 3
// and 1 with 50 and 70. With a, b, c the effects the differences are a − b = 10 (application 2), b − c = −10 (3) and a − c = 10
// (1). Least squares with a + b + c = 0: 3a = (a − b) + (a − c) = 20, 3b = −10 − 10 = −20, 3c = 10 − 10 = 0; so a = 20/3,
// b = −20/3, c = 0, and the differences are off by 10/3 each. Half of that falls on either side, so what is left are the squares
// 3 × 2 × (5/3)² = 50/3, with 6 − 3 − 3 + 1 = 1 degree of freedom.
func TestEffectsOfATableWithHoles(t *testing.T) {
	t.Parallel()
	ratings, applications, reviewers := rated([][]float64{{80, 60, -1}, {-1, 50, 40}, {70, -1, 50}})
	a := figures.Adjust(ratings)
	for i, want := range []float64{20.0 / 3, -20.0 / 3, 0} {
		h := habit(t, a, reviewers[i])
		// C is 1 on the diagonal and −½ beside it; with nnᵀ ÷ N = ⅔ added it has the eigenvalues 2 and twice 3/2, so the diagonal of
		// the inverse is (½ + ⅔ + ⅔) ÷ 3 = 11/18; less 1/6 that is 4/9.
		if !near(h.Effect, want) || !near(h.Error, math.Sqrt(50.0/3*4/9)) {
			t.Errorf("reviewer %d: %+v, want %v", i, h, want)
		}
	}
	if !near(a.Within*a.Within, 50.0/3) {
		t.Errorf("the variance within is %v", a.Within*a.Within)
	}
	for i, want := range []float64{75 - 10.0/3, 55, 45 + 10.0/3} {
		if got := a.Means[applications[i]]; !near(got, want) {
			t.Errorf("application %d: %v, want %v", i, got, want)
		}
	}
}

// TestRescaling holds the standard scores against numbers computed by hand: the mild reviewer gives 90 to 98 in steps of two,
// the severe one 10 to 50 in steps of ten. Both have five reviews; on the call's scale they agree wholly.
func TestRescaling(t *testing.T) {
	t.Parallel()
	ratings, applications, _ := rated([][]float64{{90, 92, 94, 96, 98}, {10, 20, 30, 40, 50}})
	a := figures.Adjust(ratings)
	// The mean of all ten is 62. The squares about it: 5 × 32² + 40 and 5 × 32² + 1000, together 11 280, ÷ 9.
	if !near(a.Mean, 62) || !near(a.Deviation, math.Sqrt(11280.0/9)) {
		t.Errorf("mean %v, deviation %v", a.Mean, a.Deviation)
	}
	for i, z := range []float64{-2, -1, 0, 1, 2} {
		want := 62 + math.Sqrt(11280.0/9)*z/math.Sqrt(2.5)
		if got := a.Means[applications[i]]; !near(got, want) {
			t.Errorf("application %d: %v, want %v", i, got, want)
		}
	}
}

func TestWhoIsRescaled(t *testing.T) {
	t.Parallel()
	ratings, _, reviewers := rated([][]float64{
		{10, 20, 30, 40, -1, -1}, // too few
		{10, 20, 30, 40, 50, -1},
		{70, 70, 70, 70, 70, 70}, // no deviation
	})
	a := figures.Adjust(ratings)
	for i, want := range []bool{false, true, false} {
		if got := habit(t, a, reviewers[i]).Rescaled; got != want {
			t.Errorf("reviewer %d is rescaled: %v", i, got)
		}
	}
}

// TestGroupsAreNotCompared has two pairs of reviewers with no application in common: what separates them stays.
func TestGroupsAreNotCompared(t *testing.T) {
	t.Parallel()
	ratings, applications, reviewers := rated([][]float64{
		{90, 80, -1, -1, -1},
		{80, 70, -1, -1, -1},
		{-1, -1, 40, 30, -1},
		{-1, -1, 30, 20, -1},
		{-1, -1, -1, -1, 60},
	})
	a := figures.Adjust(ratings)
	if a.Groups != 3 {
		t.Errorf("%d groups", a.Groups)
	}
	for i, want := range []float64{5, -5, 5, -5, 0} {
		if h := habit(t, a, reviewers[i]); !near(h.Effect, want) || h.Compared() != (i < 4) {
			t.Errorf("reviewer %d: %+v, want %v", i, h, want)
		}
	}
	for i, want := range []float64{85, 75, 35, 25, 60} {
		if got := a.Means[applications[i]]; !near(got, want) {
			t.Errorf("application %d: %v, want %v", i, got, want)
		}
	}
}

func TestNothingToAdjust(t *testing.T) {
	t.Parallel()
	if a := figures.Adjust(nil); len(a.Means) != 0 || len(a.Habits) != 0 || a.Groups != 0 {
		t.Errorf("%+v", a)
	}
	ratings, applications, _ := rated([][]float64{{50}})
	if a := figures.Adjust(ratings); !near(a.Means[applications[0]], 50) || a.Habits[0].Compared() {
		t.Errorf("%+v", a)
	}
}

// drawn is a connected table in which nobody has five reviews, so that all adjustment is additive.
func drawn(seed uint64) ([]figures.Rating, []ids.Application, []ids.Person) {
	random := rand.New(rand.NewPCG(seed, 7))
	table := make([][]float64, 8)
	for j := range table {
		table[j] = make([]float64, 12)
		for i := range table[j] {
			table[j][i] = -1
		}
		for k := range 4 {
			table[j][(3*j/2+k)%12] = 20 + float64(random.IntN(4000))/100
		}
	}
	return rated(table)
}

func order(a figures.Adjustment, applications []ids.Application) []ids.Application {
	return slices.SortedStableFunc(slices.Values(applications), func(x, y ids.Application) int {
		if near(a.Means[x], a.Means[y]) {
			return 0
		}
		return cmp.Compare(a.Means[x], a.Means[y])
	})
}

// TestSeverityTurnsNothingAround adds a constant to all totals of one reviewer: the adjusted order stays, and only that
// reviewer's effect moves against the others'.
func TestSeverityTurnsNothingAround(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		ratings, applications, reviewers := drawn(seed)
		before := figures.Adjust(ratings)
		if before.Groups != 1 {
			t.Fatal("the table falls apart")
		}
		who := reviewers[seed%8]
		for i := range ratings {
			if ratings[i].Person == who {
				ratings[i].Points += 1500
			}
		}
		after := figures.Adjust(ratings)
		if d := gocmp.Diff(order(before, applications), order(after, applications)); d != "" {
			t.Fatalf("seed %d: the order changes: %s", seed, d)
		}
		shift := after.Means[applications[0]] - before.Means[applications[0]]
		for _, id := range applications {
			if !near(after.Means[id]-before.Means[id], shift) {
				t.Fatalf("seed %d: the adjusted means do not move together", seed)
			}
		}
		other := reviewers[(seed+1)%8]
		moved := habit(t, after, who).Effect - habit(t, before, who).Effect - (habit(t, after, other).Effect - habit(t, before, other).Effect)
		if !near(moved, 15) || !near(before.Within, after.Within) {
			t.Fatalf("seed %d: the effect moves by %v", seed, moved)
		}
	}
}

// TestOneAnswer holds the adjustment to be the same, to the last bit, in whatever order the ratings come.
func TestOneAnswer(t *testing.T) {
	t.Parallel()
	ratings, _, _ := drawn(3)
	want := figures.Adjust(ratings)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(ratings), func(i, j int) { ratings[i], ratings[j] = ratings[j], ratings[i] })
		if d := gocmp.Diff(want, figures.Adjust(ratings)); d != "" {
			t.Fatal(d)
		}
	}
}

// TestTheMeanStays holds the mean of all totals to be that of all adjusted ones.
func TestTheMeanStays(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		ratings, _, _ := drawn(seed)
		a := figures.Adjust(ratings)
		sum := 0.0
		for _, r := range ratings {
			sum += r.Points.Float() - habit(t, a, r.Person).Effect
		}
		if !near(sum/float64(len(ratings)), a.Mean) {
			t.Fatalf("seed %d: %v, want %v", seed, sum/float64(len(ratings)), a.Mean)
		}
	}
}
