package roommates

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestEveryStableMatching holds them against all matchings.
func TestEveryStableMatching(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 8))
	several, none := 0, 0
	for n := range 9 {
		rounds := 1500
		if n == 8 {
			rounds = 500
		}
		for round := range rounds {
			preferences := lists(r, n)
			if round%3 == 0 && n%2 == 0 { // two halves that like each other, as in marriages: of these there are several
				for p := range preferences {
					slices.SortStableFunc(preferences[p], func(a, b int) int { return (a+p+1)%2 - (b+p+1)%2 })
				}
			}
			var want [][]int
			all(slices.Repeat([]int{undecided}, n), func(partners []int) {
				if len(blocks(preferences, partners)) == 0 {
					want = append(want, slices.Clone(partners))
				}
			})
			slices.SortFunc(want, slices.Compare)
			got, complete, err := Every(t.Context(), preferences, 100)
			if err != nil || !complete || !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("%v: %v, complete %v, want %v, %v", preferences, got, complete, want, err)
			}
			if len(want) > 1 {
				several++
				some, complete, err := Every(t.Context(), preferences, len(want)-1)
				if err != nil || complete || len(some) != len(want)-1 {
					t.Fatalf("%v: %v, complete %v, %v", preferences, some, complete, err)
				}
			} else if len(want) == 0 {
				none++
			}
		}
	}
	if several < 500 || none < 200 {
		t.Errorf("%d with several, %d with none", several, none)
	}
}

// TestEveryOfLargeOnes has a ring of couples of whom each pair can turn by itself, so that there are very many.
func TestEveryOfLargeOnes(t *testing.T) {
	t.Parallel()
	const n = 200
	preferences := make([][]int, n)
	for p := range n {
		// Of each four, two like the others the other way round than these like them.
		base, k := p/4*4, p%4
		first := [][2]int{{2, 3}, {3, 2}, {1, 0}, {0, 1}}[k]
		preferences[p] = []int{base + first[0], base + first[1]}
		for q := range n {
			if q != p && !slices.Contains(preferences[p], q) {
				preferences[p] = append(preferences[p], q)
			}
		}
	}
	got, complete, err := Every(t.Context(), preferences, 50)
	if err != nil || complete || len(got) != 50 {
		t.Fatalf("%d, complete %v, %v", len(got), complete, err)
	}
	for _, partners := range got {
		if len(blocks(preferences, partners)) > 0 {
			t.Fatalf("%v is not stable", partners)
		}
	}
	r := rand.New(rand.NewPCG(1, 8))
	for range 5 {
		preferences := lists(r, 300)
		m := matched(t, preferences)
		got, complete, err := Every(t.Context(), preferences, 1000)
		if err != nil || !complete || m.Stable != (len(got) > 0) || m.Stable && !slices.ContainsFunc(got, func(o []int) bool { return slices.Equal(o, m.Partners) }) {
			t.Fatalf("stable %v, %d found, complete %v, %v", m.Stable, len(got), complete, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := Every(ctx, preferences, 50); !errors.Is(err, context.Canceled) {
		t.Errorf("it did not stop: %v", err)
	}
}

// TestForWhomItIsBetter compares two matchings.
func TestForWhomItIsBetter(t *testing.T) {
	t.Parallel()
	preferences := [][]int{{2, 3, 1}, {3, 2, 0}, {1, 0, 3}, {0, 1, 2}}
	better, worse := Changes(preferences, []int{2, 3, 0, 1}, []int{3, 2, 1, 0})
	if !slices.Equal(better, []int{2, 3}) || !slices.Equal(worse, []int{0, 1}) {
		t.Errorf("better for %v, worse for %v", better, worse)
	}
}
