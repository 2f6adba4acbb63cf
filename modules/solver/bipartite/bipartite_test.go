package bipartite

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKnownPairings(t *testing.T) {
	t.Parallel()
	const x = Forbidden
	for _, c := range []struct {
		name string
		cost [][]int64
		want []int
	}{
		{"nothing", nil, []int{}},
		{"no columns", [][]int64{{}, {}}, []int{None, None}},
		{"one", [][]int64{{7}}, []int{0}},
		{"one negative", [][]int64{{-7}}, []int{0}},
		{"one forbidden", [][]int64{{x}}, []int{None}},
		{"square", [][]int64{{4, 1, 3}, {2, 0, 5}, {3, 2, 2}}, []int{1, 0, 2}},
		{"wide", [][]int64{{9, 9, 1}, {9, 1, 2}}, []int{2, 1}},
		{"tall", [][]int64{{1}, {0}, {2}}, []int{None, 0, None}},
		{"a pair more at any price", [][]int64{{0, 1000000}, {0, x}}, []int{1, 0}},
		{"two rows for one column", [][]int64{{5, x}, {3, x}}, []int{None, 0}},
		{"a dear chain", [][]int64{{-9, 100, x}, {-9, x, 100}, {-9, x, x}}, []int{1, 2, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Solve(t.Context(), c.cost)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// TestAgainstAllPairings compares with every pairing there is.
func TestAgainstAllPairings(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 6000 {
		cost := scattered(random, 1+random.IntN(6), random.IntN(7), 1+random.Int64N(12), random.Float64())
		got, err := Solve(t.Context(), cost)
		if err != nil {
			t.Fatal(err)
		}
		pairs, sum := count(t, cost, got)
		wantPairs, wantSum := best(cost, 0, 0)
		if pairs != wantPairs || sum != wantSum {
			t.Fatalf("%v: %d pairs for %d, want %d for %d", cost, pairs, sum, wantPairs, wantSum)
		}
	}
}

// best is what the rows from i on can have at most, when these columns are taken.
func best(cost [][]int64, i int, taken uint) (pairs int, sum int64) {
	if i == len(cost) {
		return 0, 0
	}
	pairs, sum = best(cost, i+1, taken)
	for j, c := range cost[i] {
		if c == Forbidden || taken&(1<<j) != 0 {
			continue
		}
		p, s := best(cost, i+1, taken|1<<j)
		if p, s = p+1, s+c; p > pairs || p == pairs && s < sum {
			pairs, sum = p, s
		}
	}
	return pairs, sum
}

func scattered(random *rand.Rand, rows, columns int, most int64, forbidden float64) [][]int64 {
	cost := make([][]int64, rows)
	for i := range cost {
		cost[i] = make([]int64, columns)
		for j := range cost[i] {
			if cost[i][j] = random.Int64N(2*most+1) - most; random.Float64() < forbidden*forbidden {
				cost[i][j] = Forbidden
			}
		}
	}
	return cost
}

// count adds up an answer and refuses one that is no pairing.
func count(t *testing.T, cost [][]int64, columnOf []int) (pairs int, sum int64) {
	t.Helper()
	if len(columnOf) != len(cost) {
		t.Fatalf("%d answers for %d rows", len(columnOf), len(cost))
	}
	taken := map[int]bool{}
	for i, j := range columnOf {
		if j == None {
			continue
		}
		if taken[j] || cost[i][j] == Forbidden {
			t.Fatalf("%v: column %d of row %d", columnOf, j, i)
		}
		taken[j] = true
		pairs, sum = pairs+1, sum+cost[i][j]
	}
	return pairs, sum
}

// TestCertificates proves large answers to be best by their prices: complementary slackness of linear programming.
func TestCertificates(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		rows, columns int
		most          int64
		forbidden     float64
	}{
		{200, 200, 1 << 40, 0},
		{200, 260, 5, 0},
		{150, 150, 1000, 0.99},
		{150, 150, 3, 0.995},
		{120, 300, Limit(120, 300), 0.5},
		{90, 90, Limit(90, 90), 0.997},
		{1, 500, 9, 0},
	} {
		s := newSearch(c.rows, c.columns)
		cost := scattered(random, c.rows, c.columns, c.most, c.forbidden)
		for i := range cost {
			copy(s.row(i), cost[i])
		}
		if err := s.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.certify(t)
	}
}

func (s *search) certify(t *testing.T) {
	t.Helper()
	for i := range s.rows {
		j := s.columnOf[i]
		if s.u[i] > s.alone || j == None && s.u[i] != s.alone {
			t.Fatalf("row %d has the column %d, the price %d; alone it costs %d", i, j, s.u[i], s.alone)
		}
		for k, c := range s.row(i) {
			if c != Forbidden && (c < s.u[i]+s.v[k] || k == j && c != s.u[i]+s.v[k]) || c == Forbidden && k == j {
				t.Fatalf("cell %d, %d costs %d, its prices are %d and %d", i, k, c, s.u[i], s.v[k])
			}
		}
	}
	for j := range s.columns {
		if s.v[j] > 0 || s.rowOf[j] == None && s.v[j] != 0 || s.rowOf[j] != None && s.columnOf[s.rowOf[j]] != j {
			t.Fatalf("column %d has the row %d and the price %d", j, s.rowOf[j], s.v[j])
		}
	}
}

func TestPairingStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Solve(ctx, [][]int64{{1, 2}, {1, 2}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkDense500(b *testing.B) {
	for _, kind := range []string{"random", "few values", "products"} {
		random := rand.New(rand.NewPCG(5, 6))
		cost := scattered(random, 500, 500, map[string]int64{"random": 1 << 40, "few values": 50, "products": 1}[kind], 0)
		if kind == "products" {
			for i := range cost {
				for j := range cost[i] {
					cost[i][j] = int64((i + 1) * (j + 1))
				}
			}
		}
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				if _, err := Solve(b.Context(), cost); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
