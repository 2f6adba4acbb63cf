package figures_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/selection/figures"
)

func scores(all ...[]figures.Points) []figures.Scores {
	found := make([]figures.Scores, len(all))
	for i, totals := range all {
		found[i] = figures.Scores{Application: ids.New[ids.Application](), Totals: totals}
	}
	return found
}

type shown struct {
	Mean    float64
	Band    int
	Spread  float64
	Reviews int
}

func TestNearTiesShareABand(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		totals [][]figures.Points
		se     float64
		want   []shown
	}{
		"the worked example": {
			[][]figures.Points{{6000, 5800}, {8000, 7000}, {7400, 7200}},
			3,
			[]shown{{75, 1, 10, 2}, {73, 1, 2, 2}, {59, 2, 2, 2}},
		},
		"a long row of small steps is not one band": {
			[][]figures.Points{{7100, 6900}, {6900, 6700}, {6700, 6500}, {6500, 6300}},
			1,
			[]shown{{70, 1, 2, 2}, {68, 2, 2, 2}, {66, 3, 2, 2}, {64, 4, 2, 2}},
		},
		"measured from the band's best": {
			[][]figures.Points{{7400, 6600}, {7200, 6400}, {7000, 6200}, {6800, 6000}},
			4,
			[]shown{{70, 1, 8, 2}, {68, 1, 8, 2}, {66, 2, 8, 2}, {64, 2, 8, 2}},
		},
		"one review each tells nothing about errors": {
			[][]figures.Points{{7000}, {7000}, {6999}},
			0,
			[]shown{{70, 1, 0, 1}, {70, 1, 0, 1}, {69.99, 2, 0, 1}},
		},
		"reviewers who agree perfectly": {
			[][]figures.Points{{7000, 7000}, {6999, 6999}},
			0,
			[]shown{{70, 1, 0, 2}, {69.99, 2, 0, 2}},
		},
		"without reviews last and in no band": {
			[][]figures.Points{nil, {5000, 5000}, nil},
			0,
			[]shown{{50, 1, 0, 2}, {0, 0, 0, 0}, {0, 0, 0, 0}},
		},
		"nothing": {nil, 0, nil},
		"different numbers of reviews": {
			[][]figures.Points{{9000, 7000, 8000}, {6000}}, 10 * math.Sqrt(2.0/3), // s² = 200 ÷ 2; the mean of ⅓ and 1 is ⅔
			[]shown{{80, 1, 20, 3}, {60, 2, 0, 1}},
		},
	} {
		r := figures.Order(scores(tt.totals...))
		var got []shown
		for _, one := range r.Ranks {
			got = append(got, shown{one.Mean, one.Band, one.Spread(), one.Reviews})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || math.Abs(r.StandardError-tt.se) > 1e-9 {
			t.Errorf("%s: standard error %v, want %v; %s", name, r.StandardError, tt.se, diff)
		}
	}
}

// TestRankingKeepsItsLaws holds, over many invented calls: nobody is lost, means fall, bands rise by one, no band is wider
// than the standard error, and who is left out changes nothing about the order of the others.
func TestRankingKeepsItsLaws(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11)) // #nosec G404 -- invented scores
	for range 300 {
		all := make([]figures.Scores, 1+random.IntN(40))
		for i := range all {
			all[i].Application = ids.New[ids.Application]()
			for range random.IntN(4) {
				all[i].Totals = append(all[i].Totals, figures.Points(random.IntN(10001)))
			}
		}
		r := figures.Order(all)
		if len(r.Ranks) != len(all) {
			t.Fatalf("%d of %d ranked", len(r.Ranks), len(all))
		}
		best := 0.0
		for i, one := range r.Ranks {
			if one.Reviews == 0 {
				continue
			}
			if i == 0 || one.Band != r.Ranks[i-1].Band {
				best = one.Mean
			}
			if i > 0 && (one.Mean > r.Ranks[i-1].Mean || one.Band < r.Ranks[i-1].Band || one.Band > r.Ranks[i-1].Band+1) {
				t.Fatalf("rank %d: %+v after %+v", i, one, r.Ranks[i-1])
			}
			if best-one.Mean > 1e-9 && best-one.Mean >= r.StandardError {
				t.Fatalf("a band from %v to %v is wider than %v", best, one.Mean, r.StandardError)
			}
		}
		order := func(r figures.Ranking, but ids.Application) []ids.Application {
			var found []ids.Application
			for _, one := range r.Ranks {
				if one.Application != but {
					found = append(found, one.Application)
				}
			}
			return found
		}
		gone := all[random.IntN(len(all))].Application
		less := slices.DeleteFunc(slices.Clone(all), func(s figures.Scores) bool { return s.Application == gone })
		if diff := cmp.Diff(order(r, gone), order(figures.Order(less), gone)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestTheLastPlaceMayBeContested(t *testing.T) {
	t.Parallel()
	r := figures.Order(scores([]figures.Points{7400, 6600}, []figures.Points{7200, 6400}, []figures.Points{7000, 6200}, nil))
	for places, want := range map[int]struct {
		band      int
		contested bool
	}{0: {0, false}, 1: {1, true}, 2: {1, false}, 3: {2, false}, 4: {0, false}, 9: {0, false}} {
		if band, contested := r.Line(places); band != want.band || contested != want.contested {
			t.Errorf("%d places: band %d, contested %v", places, band, contested)
		}
	}
}
