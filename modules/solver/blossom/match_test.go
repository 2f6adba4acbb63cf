package blossom

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// solved matches, and holds the matching against its certificate.
func solved(t testing.TB, n int, edges []Edge, cardinality bool) (size int, weight int64) {
	t.Helper()
	m := newMatcher(n, edges, cardinality)
	if err := m.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if flaw := m.flaw(); flaw != "" {
		t.Fatalf("%d nodes, cardinality %v, %v: %s", n, cardinality, edges, flaw)
	}
	used := make([]bool, n)
	for _, i := range m.chosen() {
		e := edges[i]
		if used[e.U] || used[e.V] {
			t.Fatalf("%v: a node of %v is matched twice", edges, e)
		}
		used[e.U], used[e.V] = true, true
		size++
		weight += e.Weight
	}
	return size, weight
}

// flaw is what the certificate of a finished matching lacks.
func (m *matcher) flaw() string {
	dual := func(v int32) int64 { return m.dual[v] - int64(m.label[v])*m.now }
	z := func(b int32) int64 {
		if m.parent[b] == none {
			return m.weight[b] + int64(m.label[b])*m.now
		}
		return m.weight[b]
	}
	unmatched := 0
	lowest := int64(0)
	if m.cardinality && m.n > 0 {
		lowest = math.MaxInt64
		for v := range int32(m.n) {
			lowest = min(lowest, dual(v))
		}
	}
	for v := range int32(m.n) {
		if dual(v) < lowest {
			return fmt.Sprintf("the dual of node %d is %d", v, dual(v))
		}
		if m.mate[v] == none {
			unmatched++
			if dual(v) != lowest {
				return fmt.Sprintf("node %d is not matched and has the dual %d, not %d", v, dual(v), lowest)
			}
		} else if m.mate[m.mate[v]] != v {
			return fmt.Sprintf("node %d is matched and its mate is not", v)
		}
		around := map[int32]bool{}
		for b := m.parent[v]; b != none; b = m.parent[b] {
			around[b] = true
		}
		for _, a := range m.of(v) {
			slack := dual(v) + dual(a.to) - a.twice
			for b := m.parent[a.to]; b != none; b = m.parent[b] {
				if around[b] {
					slack += 2 * z(b)
				}
			}
			if slack < 0 || slack > 0 && m.mate[v] == a.to {
				return fmt.Sprintf("the edge %d to %d has the slack %d, matched %v", v, a.to, slack, m.mate[v] == a.to)
			}
			if m.cardinality && m.label[v] == outer && m.label[a.to] != inner && m.top[v] != m.top[a.to] {
				return fmt.Sprintf("node %d reaches %d, which is not in the forest", v, a.to)
			}
		}
	}
	odd := 0
	for b := range int32(2 * m.n) {
		if int(b) >= m.n {
			if m.children[b] == nil {
				continue
			}
			nodes, inside := m.nodes(b, nil), 0
			for _, x := range nodes {
				if slices.Contains(nodes, m.mate[x]) {
					inside++
				}
			}
			if z(b) < 0 || len(nodes)%2 == 0 || inside != len(nodes)-1 {
				return fmt.Sprintf("blossom %d of %v has the dual %d and %d nodes matched inside", b, nodes, z(b), inside)
			}
			if m.cardinality && m.parent[b] == none && m.label[b] == inner {
				return fmt.Sprintf("blossom %d is inner at the end", b)
			}
		}
		if m.parent[b] == none {
			odd += int(m.label[b])
		}
	}
	if m.cardinality && odd != unmatched { // Berge: so many nodes stay alone in any matching
		return fmt.Sprintf("%d nodes are unmatched, of which %d must be", unmatched, odd)
	}
	return ""
}

// best is the most pairs and the most weight of all matchings, the first first if cardinality says so.
func best(n int, edges []Edge, cardinality bool) (size int, weight int64) {
	type value struct {
		size   int
		weight int64
	}
	better := func(a, b value) bool {
		if cardinality {
			return a.size > b.size || a.size == b.size && a.weight > b.weight
		}
		return a.weight > b.weight || a.weight == b.weight && a.size > b.size
	}
	all := make([]value, 1<<n)
	for set := 1; set < 1<<n; set++ {
		v := 0
		for set&(1<<v) == 0 {
			v++
		}
		all[set] = all[set&^(1<<v)]
		for _, e := range edges {
			if pair := 1<<e.U | 1<<e.V; set&pair == pair && pair&(1<<v) != 0 {
				rest := all[set&^pair]
				if with := (value{rest.size + 1, rest.weight + e.Weight}); better(with, all[set]) {
					all[set] = with
				}
			}
		}
	}
	return all[1<<n-1].size, all[1<<n-1].weight
}

func compare(t *testing.T, n int, edges []Edge) {
	t.Helper()
	for _, cardinality := range []bool{false, true} {
		size, weight := solved(t, n, edges, cardinality)
		if s, w := best(n, edges, cardinality); s != size || w != weight {
			t.Fatalf("%d nodes, cardinality %v, %v: %d pairs of %d, want %d of %d", n, cardinality, edges, size, weight, s, w)
		}
	}
}

func random(r *rand.Rand, n, m int, weight func() int64) []Edge {
	edges := make([]Edge, 0, m)
	for len(edges) < m && n > 1 {
		if u, v := r.IntN(n), r.IntN(n); u != v {
			edges = append(edges, Edge{u, v, weight()})
		}
	}
	return edges
}

func TestAgainstAllMatchings(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 7))
	weights := map[string]func() int64{
		"alike":    func() int64 { return 3 },
		"none":     func() int64 { return 0 },
		"few":      func() int64 { return r.Int64N(3) },
		"negative": func() int64 { return r.Int64N(11) - 7 },
		"some":     func() int64 { return r.Int64N(21) - 4 },
		"many":     func() int64 { return r.Int64N(1000) },
		"powers":   func() int64 { return 1 << r.IntN(20) },
		"extreme":  func() int64 { return MaxWeight(10) - r.Int64N(5) },
		"spanning": func() int64 { return []int64{1, -1}[r.IntN(2)] * (MaxWeight(10) - r.Int64N(3)) },
	}
	for name, weight := range weights {
		for range 4000 {
			n := r.IntN(10)
			edges := random(r, n, r.IntN(3*n+1), weight)
			compare(t, n, edges)
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
	for range 300 { // whole graphs
		n := 3 + r.IntN(8)
		var edges []Edge
		for u := range n {
			for v := range u {
				edges = append(edges, Edge{u, v, r.Int64N(9)})
			}
		}
		compare(t, n, edges)
	}
}

// TestKnownTraps are the graphs of van Rantwijk, "Maximum weighted matching" (2008), each made for one way to go wrong; nodes
// are numbered from 1 there, and here.
func TestKnownTraps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edges []Edge
		pairs string
	}{
		"S-blossom":                             {edges: []Edge{{1, 2, 8}, {1, 3, 9}, {2, 3, 10}, {3, 4, 7}}, pairs: "12 34"},
		"S-blossom, augmented":                  {edges: []Edge{{1, 2, 8}, {1, 3, 9}, {2, 3, 10}, {3, 4, 7}, {1, 6, 5}, {4, 5, 6}}, pairs: "16 23 45"},
		"S-blossom as T":                        {edges: []Edge{{1, 2, 9}, {1, 3, 8}, {2, 3, 10}, {1, 4, 5}, {4, 5, 4}, {1, 6, 3}}, pairs: "16 23 45"},
		"S-blossom as T 2":                      {edges: []Edge{{1, 2, 9}, {1, 3, 8}, {2, 3, 10}, {1, 4, 5}, {4, 5, 3}, {1, 6, 4}}, pairs: "16 23 45"},
		"S-blossom as T 3":                      {edges: []Edge{{1, 2, 9}, {1, 3, 8}, {2, 3, 10}, {1, 4, 5}, {4, 5, 3}, {3, 6, 4}}, pairs: "12 36 45"},
		"nested S-blossom":                      {edges: []Edge{{1, 2, 9}, {1, 3, 9}, {2, 3, 10}, {2, 4, 8}, {3, 5, 8}, {4, 5, 10}, {5, 6, 6}}, pairs: "13 24 56"},
		"relabelled and nested":                 {edges: []Edge{{1, 2, 10}, {1, 7, 10}, {2, 3, 12}, {3, 4, 20}, {3, 5, 20}, {4, 5, 25}, {5, 6, 10}, {6, 7, 10}, {7, 8, 8}}, pairs: "12 34 56 78"},
		"nested, augmented, expanded":           {edges: []Edge{{1, 2, 8}, {1, 3, 8}, {2, 3, 10}, {2, 4, 12}, {3, 5, 12}, {4, 5, 14}, {4, 6, 12}, {5, 7, 12}, {6, 7, 14}, {7, 8, 12}}, pairs: "12 35 46 78"},
		"S-blossom as T, expanded":              {edges: []Edge{{1, 2, 23}, {1, 5, 22}, {1, 6, 15}, {2, 3, 25}, {3, 4, 22}, {4, 5, 25}, {4, 8, 14}, {5, 7, 13}}, pairs: "16 23 48 57"},
		"nested S as T, expanded":               {edges: []Edge{{1, 2, 19}, {1, 3, 20}, {1, 8, 8}, {2, 3, 25}, {2, 4, 18}, {3, 5, 18}, {4, 5, 13}, {4, 7, 7}, {5, 6, 7}}, pairs: "18 23 47 56"},
		"T-blossom in two ways, expanded":       {edges: []Edge{{1, 2, 45}, {1, 5, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 50}, {1, 6, 30}, {3, 9, 35}, {4, 8, 35}, {5, 7, 26}, {9, 10, 5}}, pairs: "16 23 48 57 910"},
		"again, but slack":                      {edges: []Edge{{1, 2, 45}, {1, 5, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 50}, {1, 6, 30}, {3, 9, 35}, {4, 8, 26}, {5, 7, 40}, {9, 10, 5}}, pairs: "16 23 48 57 910"},
		"expanded into a T with its least edge": {edges: []Edge{{1, 2, 45}, {1, 5, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 50}, {1, 6, 30}, {3, 9, 35}, {4, 8, 28}, {5, 7, 26}, {9, 10, 5}}, pairs: "16 23 48 57 910"},
		"nested, T, expanded, outer":            {edges: []Edge{{1, 2, 45}, {1, 7, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 95}, {4, 6, 94}, {5, 6, 94}, {6, 7, 50}, {1, 8, 30}, {3, 11, 35}, {5, 9, 36}, {7, 10, 26}, {11, 12, 5}}, pairs: "18 23 46 59 710 1112"},
		"nested, relabelled as S, expanded":     {edges: []Edge{{1, 2, 40}, {1, 3, 40}, {2, 3, 60}, {2, 4, 55}, {3, 5, 55}, {4, 5, 50}, {1, 8, 15}, {5, 7, 30}, {7, 6, 10}, {8, 10, 10}, {4, 9, 30}}, pairs: "12 35 49 67 810"},
	} {
		got := ""
		chosen, err := Match(t.Context(), 13, c.edges, false)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range chosen {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprint(min(c.edges[e].U, c.edges[e].V)) + fmt.Sprint(max(c.edges[e].U, c.edges[e].V))
		}
		if got != c.pairs {
			t.Errorf("%s: %s, want %s", name, got, c.pairs)
		}
		compare(t, 13, c.edges)
	}
}

func TestLargeOnesHaveCertificates(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 3))
	for _, c := range []struct {
		n, m int
		most int64
	}{{60, 200, 5}, {61, 900, 1}, {100, 150, 1000}, {101, 5000, 20}, {200, 19900, 3}, {300, 600, 100000}, {400, 20000, 1000000}, {255, 700, 2}} {
		for round := range 12 {
			edges := random(r, c.n, c.m, func() int64 { return r.Int64N(2*c.most+1) - c.most/4 })
			solved(t, c.n, edges, round%2 == 0)
		}
	}
	for n := 3; n < 120; n += 4 { // triangles on strings, rings of rings: many and deep blossoms
		var edges []Edge
		for v := range n {
			edges = append(edges, Edge{v, (v + 1) % n, int64(1000 - v)}, Edge{v, (v + 2) % n, int64(1000 - 2*v)})
		}
		edges = slices.DeleteFunc(edges, func(e Edge) bool { return e.U == e.V })
		for _, cardinality := range []bool{false, true} {
			solved(t, n, edges, cardinality)
		}
	}
}

// TestPlanes are points of which near ones are good pairs, the kind of graph in which blossoms nest.
func TestPlanes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 1))
	for _, grain := range []float64{1, 10, 1000, 1e6} {
		const n = 121
		var x, y [n]float64
		for i := range n {
			x[i], y[i] = r.Float64(), r.Float64()
		}
		var edges []Edge
		for u := range n {
			for v := range u {
				edges = append(edges, Edge{u, v, int64(grain * (1.5 - math.Hypot(x[u]-x[v], y[u]-y[v])))})
			}
		}
		for _, cardinality := range []bool{false, true} {
			solved(t, n, edges, cardinality)
		}
	}
}

func TestOrderOfEdgesDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 9))
	for range 200 {
		n := 2 + r.IntN(20)
		edges := random(r, n, 3*n, func() int64 { return r.Int64N(4) })
		pairs := func() [][2]int {
			chosen, err := Match(t.Context(), n, edges, true)
			if err != nil {
				t.Fatal(err)
			}
			all := make([][2]int, 0, len(chosen))
			for _, i := range chosen {
				all = append(all, [2]int{min(edges[i].U, edges[i].V), max(edges[i].U, edges[i].V)})
			}
			return all
		}
		before := pairs()
		r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		for i, e := range edges {
			if r.IntN(2) == 0 {
				edges[i].U, edges[i].V = e.V, e.U
			}
		}
		if after := pairs(); !slices.Equal(before, after) {
			t.Fatalf("%v: %v, then %v", edges, before, after)
		}
	}
}

func TestStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	r := rand.New(rand.NewPCG(1, 1))
	if _, err := Match(ctx, 3000, random(r, 3000, 300000, func() int64 { return r.Int64N(1e9) }), true); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
