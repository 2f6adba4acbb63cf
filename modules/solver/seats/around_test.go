package seats

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// groupsIn are all groups of a pool, in the order of their seats.
func groupsIn(t *testing.T, p Pool) [][]int {
	t.Helper()
	q := p
	q.Size = true // also those that are worth less than nothing
	task, err := newTask(t.Context(), q, mostListed)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]int
	for _, g := range task.groups {
		all = append(all, p.seated(g.members[:p.Seats]))
	}
	return all
}

func worthOf(p Pool, g []int) int64 {
	sum := int64(0)
	for at, m := range g {
		for _, other := range g[:at] {
			sum += p.Scores[m][other]
		}
	}
	return sum
}

// TestOtherChoicesAgainstAllChoices asks small pools for all groups what would be with them and without them, tried through and
// as if they were large, with all groups listed and with a few.
func TestOtherChoicesAgainstAllChoices(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	asked, exact := 0, 0
	for round := range 400 {
		p := pool(r, 3+r.IntN(7), 3+round%2, []int64{1, 3, 20, 10000}[r.IntN(4)], r.Float64()/2, r.Float64()/3)
		p.Size = r.IntN(2) == 0
		chosen, err := Group(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		way := round / 2 % 3
		a, err := look(t.Context(), p, chosen.Groups, way == 0, []int{mostListed, mostListed, 0}[way])
		if err != nil {
			t.Fatal(err)
		}
		holds := func(what string, got Result, size int, score int64) {
			t.Helper()
			sound(t, p, got)
			asked++
			if got.Exact {
				exact++
			}
			switch {
			case p.Size && len(got.Groups) > size, p.Size && len(got.Groups) < size && got.Exact:
				t.Fatalf("%+v: %s: %d groups, want %d", p, what, len(got.Groups), size)
			case p.Size && len(got.Groups) < size:
			case got.Score > score, got.Bound < score, got.Exact && got.Score < score, way == 0 && !got.Exact:
				t.Fatalf("%+v: %s: %+v, want %d", p, what, got, score)
			}
		}
		for n, g := range groupsIn(t, p) {
			if n > 20 || !p.Size && worthOf(p, g) < 0 {
				continue
			}
			used := make([]bool, len(p.Takes))
			for _, m := range g {
				used[m] = true
			}
			size, score := plain(p, used)
			got, err := a.With(t.Context(), g)
			if err != nil || !slices.ContainsFunc(got.Groups, func(o []int) bool { return slices.Equal(o, g) }) {
				t.Fatalf("%+v: %v is not among %+v, %v", p, g, got, err)
			}
			holds("with", got, size+1, score+worthOf(p, g))
			if got, err = a.Without(t.Context(), g); err != nil || slices.ContainsFunc(got.Groups, func(o []int) bool { return slices.Equal(o, g) }) {
				t.Fatalf("%+v: %v is among %+v, %v", p, g, got, err)
			}
			size, score = plain(p, make([]bool, len(p.Takes)), slices.Sorted(slices.Values(g))...)
			holds("without", got, size, score)
		}
	}
	if asked < 2000 || exact < asked*98/100 {
		t.Errorf("%d of %d answers are exact", exact, asked)
	}
}

// TestTheBestGroupOfEach holds the best group of an organization, also with another one, against all groups.
func TestTheBestGroupOfEach(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	for round := range 600 {
		p := pool(r, 2+r.IntN(9), 3+round%2, []int64{1, 3, 20, 10000}[r.IntN(4)], r.Float64(), r.Float64()/2)
		a, err := Look(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		all := groupsIn(t, p)
		for i := range p.Takes {
			with := r.IntN(len(p.Takes)+1) - 1
			if with == i {
				continue
			}
			above := int64(math.MinInt64)
			if r.IntN(2) == 0 {
				above = r.Int64N(10)
			}
			most, is := above, false
			for _, g := range all {
				if slices.Contains(g, i) && (with < 0 || slices.Contains(g, with)) && worthOf(p, g) > most {
					most, is = worthOf(p, g), true
				}
			}
			g, worth, found := a.Best(i, with, above)
			if found != is || found && (worth != most || worthOf(p, g) != worth || !slices.Contains(g, i) || with >= 0 && !slices.Contains(g, with)) {
				t.Fatalf("%+v: of %d with %d above %d: %v of %d, %v; want %d, %v", p, i, with, above, g, worth, found, most, is)
			}
		}
	}
}

// TestAlternativesAreTheNextBest holds the first one against all choices but the one that was chosen.
func TestAlternativesAreTheNextBest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 16))
	several := 0
	for round := range 300 {
		p := pool(r, 4+r.IntN(6), 2+round%3, 10000, r.Float64()/2, r.Float64()/4)
		p.Size = r.IntN(2) == 0
		chosen, err := Group(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Alternatives(t.Context(), p, chosen.Groups, 3)
		if err != nil || len(got) > 3 {
			t.Fatal(got, err)
		}
		most, is := int64(math.MinInt64), false
		for _, g := range chosen.Groups {
			if size, score := plain(p, make([]bool, len(p.Takes)), slices.Sorted(slices.Values(g))...); !p.Size || size == len(chosen.Groups) {
				most, is = max(most, score), true
			}
		}
		if is != (len(got) > 0) || is && got[0].Score != most {
			t.Fatalf("%+v: %+v, want %d", p, got, most)
		}
		for n, one := range got {
			sound(t, p, one.Result)
			if slices.ContainsFunc(one.Groups, func(g []int) bool { return slices.Equal(g, one.Without) }) || n > 0 && one.Score > got[n-1].Score {
				t.Fatalf("%+v: %+v", p, got)
			}
		}
		if len(got) > 1 {
			several++
		}
	}
	if several < 50 {
		t.Errorf("only %d have several", several)
	}
}

// TestLargePoolsAreLookedAround asks pools whose groups nobody lists.
func TestLargePoolsAreLookedAround(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, seats int }{{40, 3}, {122, 4}} {
		p := pool(rand.New(rand.NewPCG(1, 2)), c.n, c.seats, 100, 0.3, 0.05)
		p.Size = true
		chosen, err := Group(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		a, err := Look(t.Context(), p, chosen.Groups)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v: %d groups known after %v", c, len(a.known), time.Since(began))
		exact, fewer, wide := 0, 0, int64(0)
		for i := range p.Takes {
			g, _, found := a.Best(i, -1, math.MinInt64)
			if !found {
				continue
			}
			with, err := a.With(t.Context(), g)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, p, with)
			if with.Exact {
				exact++
			}
			if len(with.Groups) < len(chosen.Groups) {
				fewer++
			}
			wide = max(wide, with.Bound-with.Score)
		}
		if fewer > 1 || wide > chosen.Score/20 {
			t.Errorf("%v: %d have fewer groups, and one misses %d of %d", c, fewer, wide, chosen.Score)
		}
		t.Logf("%v: %d exact with, at most %d of %d open, %v", c, exact, wide, chosen.Score, time.Since(began))
		others, err := a.Alternatives(t.Context(), chosen.Groups, 5, func() {})
		if err != nil || len(others) != 5 {
			t.Fatalf("%v: %d alternatives, %v", c, len(others), err)
		}
		for _, o := range others {
			sound(t, p, o.Result)
		}
		again, err := Alternatives(t.Context(), p, chosen.Groups, 5)
		if err != nil || !slices.EqualFunc(again, others, func(x, y Alternative) bool {
			return x.Score == y.Score && slices.EqualFunc(x.Groups, y.Groups, slices.Equal)
		}) {
			t.Errorf("%v: another time other ones, %v", c, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := a.With(ctx, chosen.Groups[0]); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: it did not stop: %v", c, err)
		}
	}
}

// TestEqualScoresHaveAlternatives holds that where everything is worth alike, there are others of as many groups, in a pool whose groups
// nobody lists, too.
func TestEqualScoresHaveAlternatives(t *testing.T) {
	t.Parallel()
	p := pool(rand.New(rand.NewPCG(1, 2)), 100, 4, 1, 0, 0)
	for _, row := range p.Scores {
		for j := range row {
			row[j] = 39
		}
	}
	p.Size = true
	chosen, err := Group(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	others, err := Alternatives(t.Context(), p, chosen.Groups, 3)
	if err != nil || len(others) != 3 {
		t.Fatalf("%d alternatives, %v", len(others), err)
	}
	for _, o := range others {
		if sound(t, p, o.Result); len(o.Groups) != 25 || o.Score != chosen.Score || !o.Exact {
			t.Errorf("%d groups of %d, exact %v", len(o.Groups), o.Score, o.Exact)
		}
	}
}
