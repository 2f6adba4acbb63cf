package roommates

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// lists is everybody's preferences, at random.
func lists(r *rand.Rand, n int) [][]int {
	all := make([][]int, n)
	for p := range all {
		all[p] = []int{}
		for _, q := range r.Perm(n) {
			if q != p {
				all[p] = append(all[p], q)
			}
		}
	}
	return all
}

// blocks is a second, plain count of the pairs that block.
func blocks(preferences [][]int, partners []int) [][2]int {
	likes := func(p, q int) bool { // better than the partner
		if partners[p] == Alone {
			return true
		}
		return slices.Index(preferences[p], q) < slices.Index(preferences[p], partners[p])
	}
	pairs := [][2]int{}
	for p := range preferences {
		for q := p + 1; q < len(preferences); q++ {
			if partners[p] != q && likes(p, q) && likes(q, p) {
				pairs = append(pairs, [2]int{p, q})
			}
		}
	}
	return pairs
}

// all calls with every matching in which as few are alone as can be.
func all(partners []int, each func([]int)) {
	p := slices.Index(partners, undecided)
	if p < 0 {
		each(partners)
		return
	}
	for q := p + 1; q < len(partners); q++ {
		if partners[q] == undecided {
			partners[p], partners[q] = q, p
			all(partners, each)
			partners[p], partners[q] = undecided, undecided
		}
	}
	if len(partners)%2 == 1 && !slices.Contains(partners, Alone) {
		partners[p] = Alone
		all(partners, each)
		partners[p] = undecided
	}
}

func matched(t *testing.T, preferences [][]int) Result {
	t.Helper()
	r, err := Match(t.Context(), preferences)
	if err != nil {
		t.Fatal(err)
	}
	alone := 0
	for p, q := range r.Partners {
		if q == Alone {
			alone++
		} else if q == p || r.Partners[q] != p {
			t.Fatalf("%v: partners %v", preferences, r.Partners)
		}
	}
	if alone != len(preferences)%2 {
		t.Fatalf("%v: %d are alone", preferences, alone)
	}
	if b := blocks(preferences, r.Partners); !slices.Equal(b, r.Blocking) || r.Stable != (len(b) == 0) {
		t.Fatalf("%v: stable %v, blocking %v, counted %v", preferences, r.Stable, r.Blocking, b)
	}
	return r
}

func TestAgainstAllMatchings(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(19, 85))
	stable := map[bool]int{}
	for n := range 9 {
		rounds := 2000
		if n == 8 {
			rounds = 400
		}
		for range rounds {
			preferences := lists(r, n)
			if r.IntN(3) == 0 { // many like the same ones
				for p := range preferences {
					slices.SortStableFunc(preferences[p], func(a, b int) int { return a/3 - b/3 })
				}
			}
			got := matched(t, preferences)
			least := n * n
			partners := slices.Repeat([]int{undecided}, n)
			all(partners, func(partners []int) { least = min(least, len(blocks(preferences, partners))) })
			if len(got.Blocking) != least {
				t.Fatalf("%v: %d pairs block %v, but none needs more than %d", preferences, len(got.Blocking), got.Partners, least)
			}
			stable[got.Stable]++
		}
	}
	if stable[true] < 1000 || stable[false] < 300 {
		t.Errorf("%v: one of both was hardly tried", stable)
	}
}

// TestIrvingsExamples are the instances of the paper: one of eight that has a stable matching, and the four of whom three
// prefer each other in a ring.
func TestIrvingsExamples(t *testing.T) {
	t.Parallel()
	got := matched(t, [][]int{
		{4, 1, 3, 5, 2, 6, 7},
		{2, 0, 3, 5, 6, 7, 4},
		{6, 7, 1, 5, 0, 3, 4},
		{5, 6, 7, 1, 4, 2, 0},
		{7, 1, 3, 0, 2, 5, 6},
		{0, 2, 4, 1, 3, 7, 6},
		{3, 5, 4, 0, 7, 2, 1},
		{1, 6, 0, 5, 2, 4, 3},
	})
	if !got.Stable {
		t.Errorf("%+v", got)
	}
	got = matched(t, [][]int{{1, 2, 3}, {2, 0, 3}, {0, 1, 3}, {0, 1, 2}})
	if got.Stable || len(got.Blocking) != 1 {
		t.Errorf("a ring of three: %+v", got)
	}
	got = matched(t, [][]int{{1, 2}, {2, 0}, {0, 1}})
	if got.Stable || len(got.Blocking) != 1 {
		t.Errorf("a ring of three alone: %+v", got)
	}
}

func TestLargeOnes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	stable := 0
	for _, n := range []int{14, 16, 40, 101, 300} {
		for range 6 {
			got := matched(t, lists(r, n))
			if got.Stable {
				stable++
			} else if len(got.Blocking) > n/4 {
				t.Errorf("%d persons: %d pairs block", n, len(got.Blocking))
			}
		}
	}
	if stable == 0 {
		t.Error("none is stable")
	}
}

func TestSameListsSameResult(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 1))
	for range 50 {
		preferences := lists(r, 30)
		if a, b := matched(t, preferences), matched(t, preferences); !slices.Equal(a.Partners, b.Partners) {
			t.Fatalf("%v, then %v", a, b)
		}
	}
}
