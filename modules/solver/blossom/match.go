package blossom

import (
	"cmp"
	"context"
	"slices"
)

// Edge joins two different nodes. Of several that join the same two, only the heaviest can matter.
type Edge struct {
	U, V   int
	Weight int64
}

// MaxWeight is how large a weight may be, either sign, in a graph of n nodes: duals stay below 8·(n+4) times the span of the
// weights, and must fit.
func MaxWeight(n int) int64 { return 1 << 58 / (int64(n) + 4) }

// Match finds a matching of greatest weight in the graph of the nodes 0 to n−1; with cardinality, one of greatest weight
// among those with as many pairs as there can be. Without it, edges of negative weight are never chosen, and of matchings of
// the same weight it is one with most pairs. Which of several that are alike so far depends on the set of edges alone, not
// on their order.
//
// It returns the indices of the chosen edges, by their smaller node. The error is the context's. Weights beyond MaxWeight,
// nodes that are not there and edges that join a node to itself are the caller's fault.
func Match(ctx context.Context, n int, edges []Edge, cardinality bool) ([]int, error) {
	m := newMatcher(n, edges, cardinality)
	if err := m.run(ctx); err != nil {
		return nil, err
	}
	return m.chosen(), nil
}

// none is no node, no blossom.
const none = -1

// label is what a node, or the outermost blossom around it, is in the forest.
type label int8

const (
	inner label = iota - 1
	free
	outer
)

// arc is an edge as seen from one of its nodes.
type arc struct {
	to    int32
	edge  int32
	twice int64 // the weight, which is never negative here
}

// link is an edge between two blossoms, or into one.
type link struct{ from, to int32 }

// nearest is the outer node from which a node that is not outer is reached first.
type nearest struct {
	from int32
	cost int64 // what its slack would be at time 0, if the dual of the node that is reached were 0
}

// matcher is a matching that grows. A blossom is a number: the nodes are the first n, and those that have no blossom around
// them are what the forest is made of.
type matcher struct {
	n           int
	cardinality bool
	span        int64 // the largest weight, which is every node's dual at time 0
	arcs        []arc // those of node v begin at first[v]
	first       []int32

	now    int64
	events events
	queue  []int32 // outer nodes that have to be looked at

	// Of nodes.
	mate []int32
	top  []int32 // the outermost blossom around it
	next []int32 // the node after it in its blossom
	dual []int64 // at time 0 if it had been what it is from then on: u = dual − label·now
	best []nearest
	near []int32 // for outer nodes: the arc to the outer node that it meets first
	meet []int64 // and when

	// Of blossoms. The label of a node is that of its outermost blossom.
	label      []label
	parent     []int32
	base       []int32 // the node that is not matched inside
	head, tail []int32 // its nodes, by next
	children   [][]int32
	links      [][]link // from each child to the next one round
	spare      []int32  // numbers of blossoms that are not in use
	weight     []int64  // its dual, kept as nodes' are: z = weight + label·now
	entry      []link   // the edge by which it is in its tree
	root       []int32  // of that tree
	joins      []int64  // for free ones: when it joins a tree
	reach      []int32  // and the node by which it does
	seen       []int32
	stamp      int32
	trees      [][]int32 // by root: what has ever been in it
}

func newMatcher(n int, edges []Edge, cardinality bool) *matcher {
	m := &matcher{
		n: n, cardinality: cardinality, first: make([]int32, n+1),
		mate: nones(n), top: make([]int32, n), next: nones(n), dual: make([]int64, n), best: make([]nearest, n), near: nones(n), meet: make([]int64, n),
		label: make([]label, 2*n), parent: nones(2 * n), base: nones(2 * n), head: make([]int32, 2*n), tail: make([]int32, 2*n),
		children: make([][]int32, 2*n), links: make([][]link, 2*n), weight: make([]int64, 2*n), entry: make([]link, 2*n), root: nones(2 * n),
		joins: make([]int64, 2*n), reach: make([]int32, 2*n), seen: make([]int32, 2*n), trees: make([][]int32, n),
	}
	m.connect(edges)
	for v := range int32(n) {
		m.top[v], m.base[v], m.head[v], m.tail[v] = v, v, v, v
		m.dual[v] = m.span
		m.best[v] = nearest{none, never}
		m.spare = append(m.spare, int32(2*n-1)-v)
	}
	return m
}

func nones(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = none
	}
	return s
}

// connect keeps the edges that can matter, with weights that are not negative and say what is asked for: as many pairs as
// possible need no more than that all weights are moved alike, as the sum moves alike for matchings of one size; of equal
// weights most pairs come from weights of which 1 is worth more than all pairs together.
func (m *matcher) connect(edges []Edge) {
	order := make([]int32, 0, len(edges))
	least := int64(0)
	for i, e := range edges {
		if m.cardinality && (i == 0 || e.Weight < least) {
			least = e.Weight
		}
		if m.cardinality || e.Weight >= 0 {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := edges[i], edges[j]
		return cmp.Or(cmp.Compare(min(a.U, a.V), min(b.U, b.V)), cmp.Compare(max(a.U, a.V), max(b.U, b.V)), cmp.Compare(b.Weight, a.Weight), cmp.Compare(i, j))
	})
	order = slices.CompactFunc(order, func(i, j int32) bool {
		a, b := edges[i], edges[j]
		return min(a.U, a.V) == min(b.U, b.V) && max(a.U, a.V) == max(b.U, b.V)
	})
	for _, i := range order {
		m.first[edges[i].U]++
		m.first[edges[i].V]++
	}
	sum := int32(0)
	for v, count := range m.first {
		m.first[v] = sum
		sum += count
	}
	m.arcs = make([]arc, sum)
	at := slices.Clone(m.first)
	for _, i := range order {
		e := edges[i]
		weight := e.Weight - least
		if !m.cardinality {
			weight = weight*int64(m.n+1) + 1
		}
		m.span = max(m.span, weight)
		m.arcs[at[e.U]] = arc{int32(e.V), i, 2 * weight}
		m.arcs[at[e.V]] = arc{int32(e.U), i, 2 * weight}
		at[e.U]++
		at[e.V]++
	}
}

// of is the arcs of a node.
func (m *matcher) of(v int32) []arc { return m.arcs[m.first[v]:m.first[v+1]] }

// run matches until the unmatched nodes have no dual left, or nothing can happen any more.
func (m *matcher) run(ctx context.Context) error {
	for v := range int32(m.n) {
		m.enter(v, outer, link{none, none}, v)
	}
	for turn := 0; ; turn++ {
		if turn%128 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for len(m.queue) > 0 {
			v := m.queue[len(m.queue)-1]
			m.queue = m.queue[:len(m.queue)-1]
			if m.label[v] == outer {
				m.look(v)
			}
		}
		if len(m.events) == 0 {
			break
		}
		e := m.events.pop()
		if e.at >= m.span && !m.cardinality {
			break
		}
		m.happens(e)
	}
	if !m.cardinality {
		m.now = m.span
	}
	return nil
}

// happens lets an event happen if it still can.
func (m *matcher) happens(e event) {
	b := e.of
	switch e.what {
	case joins:
		if m.label[b] == free && m.parent[b] == none && m.joins[b] == e.at {
			m.now = e.at
			m.join(b)
		}
	case meets:
		if m.label[b] == outer && m.meet[b] == e.at {
			m.now = e.at
			m.meets(b)
		}
	case spends:
		if m.label[b] == inner && m.parent[b] == none && m.weight[b] == e.at {
			m.now = e.at
			m.fallApart(b)
		}
	}
}

// look tells the neighbours of a node that it is outer.
func (m *matcher) look(v int32) {
	dual, b := m.dual[v], m.top[v]
	near, sooner := int32(none), int64(never)
	begin := m.first[v]
	for i, a := range m.of(v) {
		x, cost := a.to, dual-a.twice
		if m.label[x] == outer {
			if sum := cost + m.dual[x]; sum < sooner && m.top[x] != b {
				near, sooner = begin+int32(i), sum
			}
			continue
		}
		if cost < m.best[x].cost {
			m.best[x] = nearest{v, cost}
			if t := m.top[x]; m.label[x] == free && cost+m.dual[x] < m.joins[t] {
				m.joins[t], m.reach[t] = cost+m.dual[x], x
				m.events.push(event{m.joins[t], joins, t})
			}
		}
	}
	m.expects(v, near, sooner)
}

// lookOut looks anew for the outer node that an outer one meets first.
func (m *matcher) lookOut(v int32) {
	dual, b := m.dual[v], m.top[v]
	near, sooner := int32(none), int64(never)
	begin := m.first[v]
	for i, a := range m.of(v) {
		if m.label[a.to] == outer {
			if sum := dual - a.twice + m.dual[a.to]; sum < sooner && m.top[a.to] != b {
				near, sooner = begin+int32(i), sum
			}
		}
	}
	m.expects(v, near, sooner)
}

// expects keeps whom an outer node meets first. Both lose as time passes; the sum of their duals is even, since time and the
// duals of outer nodes differ by even numbers along edges without slack, up to their roots.
func (m *matcher) expects(v, near int32, sum int64) {
	m.near[v], m.meet[v] = near, never
	if near != none {
		m.meet[v] = sum / 2
		m.events.push(event{sum / 2, meets, v})
	}
}

// meets matches the trees of two outer nodes, or makes a blossom of those of one tree.
func (m *matcher) meets(v int32) {
	a := m.arcs[m.near[v]]
	w := a.to
	if m.label[w] != outer || m.top[v] == m.top[w] || m.dual[v]+m.dual[w]-a.twice != 2*m.now {
		m.lookOut(v)
		return
	}
	one, other := m.root[m.top[v]], m.root[m.top[w]]
	if one != other {
		m.augment(v, w)
		m.dissolve(one, other)
		return
	}
	m.enclose(v, w)
	m.lookOut(v)
}

// chosen is the edges of the matching.
func (m *matcher) chosen() []int {
	edges := []int{}
	for v := range int32(m.n) {
		for _, a := range m.of(v) {
			if a.to == m.mate[v] && v < a.to {
				edges = append(edges, int(a.edge))
			}
		}
	}
	return edges
}
