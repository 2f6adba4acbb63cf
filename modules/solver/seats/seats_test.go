package seats

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// pool is one at random.
func pool(r *rand.Rand, n, seats int, most int64, narrow, forbid float64) Pool {
	p := Pool{Seats: seats, Takes: make([]uint8, n), Scores: make([][]int64, n), Patience: 50_000_000}
	for i := range n {
		p.Takes[i] = 1<<seats - 1
		if r.Float64() < narrow {
			p.Takes[i] = uint8(r.IntN(1 << seats))
		}
		p.Scores[i] = make([]int64, n)
		for j := range i {
			p.Scores[i][j] = r.Int64N(most) - most/5
			if r.Float64() < forbid {
				p.Scores[i][j] = Forbidden
			}
			p.Scores[j][i] = p.Scores[i][j]
		}
	}
	return p
}

// plain tries all choices, but those with a group that may not be.
func plain(p Pool, used []bool, barred ...int) (size int, score int64) {
	who := slices.Index(used, false)
	if who < 0 {
		return 0, 0
	}
	used[who] = true
	size, score = plain(p, used, barred...)
	group := []int{who}
	var extend func(from int, worth int64)
	extend = func(from int, worth int64) {
		if len(group) == p.Seats {
			takes := make([]uint8, 0, 4)
			for _, m := range group {
				takes = append(takes, p.Takes[m])
			}
			if !seatable(p.Seats, takes...) || slices.Equal(group, barred) {
				return
			}
			s, w := plain(p, used, barred...)
			s, w = s+1, w+worth
			if p.Size && (s > size || s == size && w > score) || !p.Size && w > score {
				size, score = s, w
			}
			return
		}
	next:
		for i := from; i < len(used); i++ {
			if used[i] {
				continue
			}
			more := worth
			for _, m := range group {
				if p.Scores[i][m] == Forbidden {
					continue next
				}
				more += p.Scores[i][m]
			}
			used[i] = true
			group = append(group, i)
			extend(i+1, more)
			group = group[:len(group)-1]
			used[i] = false
		}
	}
	extend(who+1, 0)
	used[who] = false
	return size, score
}

// sound holds that a result is what it says.
func sound(t *testing.T, p Pool, r Result) {
	t.Helper()
	used := make([]bool, len(p.Takes))
	score := int64(0)
	for _, g := range r.Groups {
		if len(g) != p.Seats {
			t.Fatalf("%v", g)
		}
		for at, m := range g {
			if used[m] || p.Takes[m]&(1<<at) == 0 {
				t.Fatalf("%d may not sit in %v", m, g)
			}
			used[m] = true
			for _, other := range g[:at] {
				if p.Scores[m][other] == Forbidden {
					t.Fatalf("%d and %d are in %v", m, other, g)
				}
				score += p.Scores[m][other]
			}
		}
	}
	if score != r.Score || r.Bound < score || r.Exact != (r.Bound == score) && !p.Size {
		t.Fatalf("score %d, counted %d, bound %d, exact %v", r.Score, score, r.Bound, r.Exact)
	}
}

func TestAgainstAllChoices(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 2000 {
		p := pool(r, r.IntN(10), 2+round%3, []int64{1, 3, 20, 10000}[r.IntN(4)], r.Float64(), r.Float64()/2)
		p.Size = r.IntN(2) == 0
		p.Seed = uint64(round)
		got, err := Group(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, p, got)
		size, score := plain(p, make([]bool, len(p.Takes)))
		if got.Score != score || !got.Exact || p.Size && len(got.Groups) != size {
			t.Fatalf("%+v: %+v, want %d of %d", p, got, size, score)
		}
	}
}

// TestPricesOfSmallPools solves small pools as if they were large: with all groups listed, and with only a few of them.
func TestPricesOfSmallPools(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 400 {
		p := pool(r, 3+r.IntN(8), 3+round%2, []int64{1, 3, 20, 10000, 1 << 40}[r.IntN(5)], r.Float64(), r.Float64()/2)
		p.Size = r.IntN(2) == 0
		size, score := plain(p, make([]bool, len(p.Takes)))
		task, err := newTask(t.Context(), p, []int{mostListed, 0}[round/2%2])
		if err != nil {
			t.Fatal(err)
		}
		if len(task.groups) == 0 {
			if size > 0 && (p.Size || score > 0) {
				t.Fatalf("%+v: no groups are found", p)
			}
			continue
		}
		var begin []group
		if p.Size {
			found, bound, err := task.counting().byPrices(t.Context(), nil)
			if err != nil || len(found) != size || bound != int64(size) {
				t.Fatalf("%+v: %d groups, at most %d, want %d, %v", p, len(found), bound, size, err)
			}
			for _, g := range found {
				begin = append(begin, task.again(g))
			}
			task.exactly = size
		}
		prices, err := task.price(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if b := prices.bound(); b < score {
			t.Fatalf("%+v: the bound is %d, but %d is possible", p, b, score)
		}
		task.among(task.all(), func(g group) bool {
			if (p.Size || g.worth >= 0) && prices.loss(&g, p.Seats) < 0 {
				t.Fatalf("%+v: a group is not covered", p)
			}
			return true
		})
		found, bound, err := task.byPrices(t.Context(), begin)
		if err != nil || worth(found) != score || bound != score {
			t.Fatalf("%+v: %d of at most %d, want %d, %v", p, worth(found), bound, score, err)
		}
		// The search must find the best by itself, too.
		if !p.Size {
			found, proved, err := task.search(t.Context(), nil, prices)
			if err != nil || !proved || worth(found) != score {
				t.Fatalf("%+v: the search alone found %d, proved %v, want %d, %v", p, worth(found), proved, score, err)
			}
		}
	}
}

// TestASieveLosesNothing holds what passes it against all groups, by any prices and any limit.
func TestASieveLosesNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 1000 {
		p := pool(r, 3+r.IntN(8), 3+round%2, []int64{1, 3, 20, 10000}[r.IntN(4)], r.Float64(), r.Float64()/2)
		task, err := newTask(t.Context(), p, 0)
		if err != nil {
			t.Fatal(err)
		}
		task.count = r.IntN(3) == 0
		prices := &prices{of: make([]int64, len(p.Takes)), premium: r.Int64N(20) - 10, grain: 1 + r.Int64N(3)}
		for i := range prices.of {
			prices.of[i] = r.Int64N(20)
		}
		limit := r.Int64N(100) - 50
		var want, got []group
		task.among(task.all(), func(g group) bool {
			if prices.loss(&g, p.Seats) <= limit {
				want = append(want, g)
			}
			return true
		})
		s := task.sift(task.all(), prices)
		if err := s.each(t.Context(), s.floor(prices, limit), func(g group, _ int64) int64 {
			got = append(got, g)
			return s.floor(prices, limit)
		}); err != nil {
			t.Fatal(err)
		}
		if once := distinct(slices.Clone(got)); len(once) != len(got) || !slices.Equal(once, distinct(want)) {
			t.Fatalf("%+v: %v passes, want %v", p, got, want)
		}
	}
}

func TestLargerPools(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		n, seats int
		most     int64
	}{{24, 3, 100}, {31, 3, 1000}, {45, 3, 100000}, {60, 3, 100}, {24, 4, 100}, {40, 4, 1000}, {40, 3, 1}, {122, 4, 100}} {
		for _, size := range []bool{false, true} {
			began := time.Now()
			p := pool(r, c.n, c.seats, c.most, 0.3, 0.05)
			p.Size = size
			got, err := Group(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, p, got)
			t.Logf("%v %v: %d groups, %d of %d, exact %v, %v", c, size, len(got.Groups), got.Score, got.Bound, got.Exact, time.Since(began).Round(time.Millisecond))
			if float64(got.Bound-got.Score) > 0.05*float64(got.Bound) {
				t.Errorf("%v: %d of %d", c, got.Score, got.Bound)
			}
			again, err := Group(t.Context(), p)
			if err != nil || again.Score != got.Score || !slices.EqualFunc(again.Groups, got.Groups, slices.Equal) {
				t.Errorf("%v: another time %+v", c, again)
			}
		}
	}
}

func TestStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	for _, seats := range []int{3, 4} {
		p := pool(rand.New(rand.NewPCG(1, 1)), 120, seats, 100000, 0, 0)
		if _, err := Group(ctx, p); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	}
}

// TestTheLargestPools has millions of groups that nobody lists.
func TestTheLargestPools(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, seats int
		narrow   float64
	}{{300, 3, 0}, {300, 4, 0.3}} {
		began := time.Now()
		p := pool(rand.New(rand.NewPCG(1, 1)), c.n, c.seats, 100, c.narrow, 0.05)
		p.Size = true
		got, err := Group(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, p, got)
		t.Logf("%v: %d groups, %d of %d, %v", c, len(got.Groups), got.Score, got.Bound, time.Since(began).Round(time.Millisecond))
		if float64(got.Bound-got.Score) > 0.06*float64(got.Bound) {
			t.Errorf("%v: %d of %d", c, got.Score, got.Bound)
		}
		if len(got.Groups) < c.n/c.seats-2 {
			t.Errorf("%v: %d groups", c, len(got.Groups))
		}
	}
}
