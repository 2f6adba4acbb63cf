package assignment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// large draws an instance with so many reviews of each application, and a little more load than that takes.
func large(applications, reviewers, reviews int, value func(i, r int) int64) Instance {
	random := rand.New(rand.NewPCG(uint64(applications), uint64(reviewers)))
	in := Instance{Reviews: Bounds{reviews, reviews}}
	for i := range applications {
		row, conflict := make([]int64, reviewers), make([]bool, reviewers)
		for r := range row {
			row[r], conflict[r] = value(i, r), random.IntN(20) == 0
		}
		in.Affinity, in.Conflict = append(in.Affinity, row), append(in.Conflict, conflict)
	}
	each := applications * reviews / reviewers
	for range reviewers {
		in.Load = append(in.Load, Bounds{each / 2, each + each/8 + 1})
	}
	return in
}

// scattered draws values that have nothing to do with each other.
func scattered(seed uint64, most int64) func(i, r int) int64 {
	random := rand.New(rand.NewPCG(seed, 1))
	return func(int, int) int64 { return random.Int64N(most + 1) }
}

// scarce has few reviewers who suit, and those suit everybody.
func scarce(seed uint64) func(i, r int) int64 {
	random := rand.New(rand.NewPCG(seed, 2))
	return func(_, r int) int64 { return random.Int64N(10) + int64(1000*((r+4)%5/4)) }
}

// shared has reviewers who are better or worse for everybody, so that all want the same.
func shared(seed uint64) func(i, r int) int64 {
	random := rand.New(rand.NewPCG(seed, 3))
	var better []int64
	return func(_, r int) int64 {
		for r >= len(better) {
			better = append(better, random.Int64N(1000))
		}
		return better[r]*1000 + random.Int64N(200_000)
	}
}

// TestTotalsAreProven shows for large instances that no cycle of exchanges raises the total.
func TestTotalsAreProven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		applications, reviewers, least, most int
		value                                func(i, r int) int64
	}{
		{150, 20, 3, 3, scattered(1, 1_000_000)},
		{150, 20, 1, 4, scattered(2, 20)},
		{100, 30, 0, 5, func(i, r int) int64 { return int64((i*r)%17 - 8) }},
		{120, 15, 2, 2, shared(1)},
		{90, 12, 2, 3, scarce(1)},
	} {
		in := large(c.applications, c.reviewers, c.most, c.value)
		in.Reviews.Min = c.least
		p := newProblem(in)
		f := newFlow(p.network)
		for i := range p.applications {
			for range p.reviews[i].Max {
				if !f.send(i) {
					t.Fatal("no way")
				}
			}
		}
		f.certify(t)
	}
}

// certify looks for a negative cycle with Bellman and Ford: reviewers and, as the last node, the sink.
func (f *flow) certify(t *testing.T) {
	t.Helper()
	n := f.reviewers + 1
	cost := make([]int64, n*n)
	for k := range cost {
		cost[k] = nowhere
	}
	arc := func(from, to int, c int64) { cost[from*n+to] = min(cost[from*n+to], c) }
	for r, b := range f.load {
		loaded := len(f.holders[r])
		if loaded < b.Min {
			t.Fatalf("reviewer %d has %d", r, loaded)
		}
		if loaded < b.Max {
			arc(r, n-1, 0)
		}
		if loaded > b.Min {
			arc(n-1, r, 0)
		}
		for i := range f.applications {
			switch v := f.value[f.pair(i, r)]; {
			case f.taken[f.pair(i, r)]:
				for s := range f.reviewers {
					if f.free(i, s) {
						arc(r, s, v-f.value[f.pair(i, s)])
					}
				}
				if f.mayspare(i) {
					arc(r, n-1, v)
				}
			case f.free(i, r) && f.spared[i] > 0:
				arc(n-1, r, -v)
			}
		}
	}
	far := make([]int64, n)
	for round := range n + 1 {
		changed := false
		for from := range n {
			for to := range n {
				if c := cost[from*n+to]; c != nowhere && far[from]+c < far[to] {
					far[to], changed = far[from]+c, true
				}
			}
		}
		if !changed {
			return
		}
		if round == n {
			t.Fatal("an exchange raises the total")
		}
	}
}

// TestFairInTheMiddle compares with everything where that takes a moment.
func TestFairInTheMiddle(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	for k := range 16 {
		applications, reviewers := 5+k%2, 4+k%3/2
		in := large(applications, reviewers, 2, []func(i, r int) int64{scattered(uint64(k), 4), scattered(uint64(k), 100_000), shared(uint64(k)), scarce(uint64(k))}[k%4])
		for r := range in.Load {
			in.Load[r] = Bounds{random.IntN(3), 2*applications/reviewers + random.IntN(2) + 1}
		}
		in.Reviews.Max += random.IntN(2)
		in.Fair = true
		answer, err := Solve(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		wantWorst, wantTotal, feasible := everything(in)
		if feasible != (len(answer.Obstacles) == 0) {
			t.Fatalf("%+v: feasible %v, obstacles %v", in, feasible, answer.Obstacles)
		}
		if !feasible {
			continue
		}
		if worst, total := measured(t, in, answer); !answer.Exact || worst != wantWorst || total != wantTotal {
			t.Fatalf("%+v: %+v is worst %d, total %d; want %d, %d", in, answer, worst, total, wantWorst, wantTotal)
		}
	}
}

// TestFairInTheLarge holds what must be so whether the best is proven or not, and that it is proven where it should be.
func TestFairInTheLarge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                           string
		applications, reviewers, count int
		value                          func(i, r int) int64
		exact                          bool
	}{
		{"scattered", 200, 40, 3, scattered(1, 1_000_000), true},
		{"few values", 200, 40, 3, scattered(2, 5), true},
		{"scarce", 40, 10, 3, scarce(3), true},
		{"shared", 15, 6, 2, shared(4), true},
		{"shared by many", 300, 30, 3, shared(5), false},
		{"one review each", 300, 30, 1, shared(6), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := large(c.applications, c.reviewers, c.count, c.value)
			total, err := Solve(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			in.Fair = true
			fair, err := Solve(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			lowest, highest := measured(t, in, total)
			worst, sum := measured(t, in, fair)
			if worst < lowest || sum > highest || fair.WorstBound < worst || fair.TotalBound < sum || fair.TotalBound > highest {
				t.Errorf("worst %d of %d, total %d of %d; for the total alone %d, %d", worst, fair.WorstBound, sum, fair.TotalBound, lowest, highest)
			}
			if c.exact && !fair.Exact || fair.Exact != (worst == fair.WorstBound && sum == fair.TotalBound) {
				t.Errorf("worst %d of %d, total %d of %d, exact %v", worst, fair.WorstBound, sum, fair.TotalBound, fair.Exact)
			}
			if float64(worst) < 0.9*float64(fair.WorstBound) {
				t.Errorf("worst %d of %d is far from proven", worst, fair.WorstBound)
			}
		})
	}
}

// TestReachableKeepsEverything holds that what may lead to a threshold includes all that does.
func TestReachableKeepsEverything(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		n := 1 + random.IntN(5)
		p := &problem{
			network: &network{applications: 1, reviewers: n, value: make([]int64, n), open: make([]bool, n), reviews: make([]Bounds, 1), load: make([]Bounds, n)},
			base:    []int64{random.Int64N(5) - 2},
		}
		for r := range n {
			p.value[r], p.open[r] = random.Int64N(13)-6, random.IntN(4) > 0
		}
		p.reviews[0].Min = random.IntN(n + 1)
		p.reviews[0].Max = p.reviews[0].Min + random.IntN(n+1-p.reviews[0].Min)
		if open := len(slices.DeleteFunc(slices.Clone(p.open), func(o bool) bool { return !o })); open < p.reviews[0].Min {
			continue
		}
		threshold := random.Int64N(21) - 10
		m := p.reachable(threshold)
		used := uint(0)
		for chosen := range uint(1) << n {
			count, sum := 0, p.base[0]
			for r := range n {
				if chosen>>r&1 == 1 {
					count++
					sum += p.value[r]
					if !p.open[r] {
						sum = math.MinInt64 / 2
					}
				}
			}
			if count < p.reviews[0].Min || count > p.reviews[0].Max || sum < threshold {
				continue
			}
			used |= chosen
			if count < m.reviews[0].Min || count > m.reviews[0].Max {
				t.Fatalf("%+v: %d of %+v lead to %d", p.network, count, m.reviews[0], threshold)
			}
		}
		for r := range n {
			if want := used>>r&1 == 1; m.open[r] != want {
				t.Fatalf("%+v: reviewer %d leads to %d: %v, want %v", p.network, r, threshold, m.open[r], want)
			}
		}
	}
}
