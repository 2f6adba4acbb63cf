package blossom

import "slices"

// enclose makes a blossom of the cycle that closes between two outer nodes of one tree.
func (m *matcher) enclose(v, w int32) {
	b := m.spare[len(m.spare)-1]
	m.spare = m.spare[:len(m.spare)-1]
	crown := m.crown(m.top[v], m.top[w])

	// From the crown down to v, across to w, and up again.
	children, links := []int32{}, []link{{v, w}}
	for c := m.top[v]; c != crown; c = m.top[m.entry[c].from] {
		children, links = append(children, c), append(links, m.entry[c])
	}
	children = append(children, crown)
	slices.Reverse(children)
	slices.Reverse(links)
	for c := m.top[w]; c != crown; c = m.top[m.entry[c].from] {
		children, links = append(children, c), append(links, link{m.entry[c].to, m.entry[c].from})
	}

	for i, c := range children {
		if m.label[c] == inner {
			m.turn(c, outer)
			m.await(c)
		}
		m.weight[c] += m.now // what is inside keeps its dual
		m.parent[c] = b
		if i > 0 {
			m.next[m.tail[children[i-1]]] = m.head[c]
		}
	}
	m.children[b], m.links[b] = children, links
	m.head[b], m.tail[b] = m.head[crown], m.tail[children[len(children)-1]]
	m.base[b], m.parent[b], m.label[b], m.weight[b] = m.base[crown], none, outer, -m.now
	m.entry[b], m.root[b], m.joins[b] = m.entry[crown], m.root[crown], never
	m.trees[m.root[b]] = append(m.trees[m.root[b]], b)
	for x := m.head[b]; ; x = m.next[x] {
		m.top[x] = b
		if x == m.tail[b] {
			return
		}
	}
}

// crown is the outer blossom in which the ways of two others to their root come together.
func (m *matcher) crown(b, c int32) int32 {
	m.stamp++
	for {
		if b != none {
			if m.seen[b] == m.stamp {
				return b
			}
			m.seen[b] = m.stamp
			if up := m.entry[b].from; up == none {
				b = none
			} else {
				b = m.top[m.entry[m.top[up]].from]
			}
		}
		b, c = c, b
	}
}

// fallApart puts what an inner blossom consists of in its place: from where the tree enters it to its base, the even way
// round, its children are in the tree; the others are free.
func (m *matcher) fallApart(b int32) {
	children, links, entry, root := m.children[b], m.links[b], m.entry[b], m.root[b]
	m.children[b], m.links[b] = nil, nil
	m.label[b], m.root[b] = free, none
	m.spare = append(m.spare, b)
	for _, c := range children {
		m.parent[c] = none
		m.label[c] = inner
		m.weight[c] += m.now
		for x := m.head[c]; ; x = m.next[x] {
			m.top[x] = c
			if x == m.tail[c] {
				break
			}
		}
	}
	i := slices.Index(children, m.top[entry.to])
	turn := newRound(i, children, links)
	for turn.i != 0 {
		m.enter(turn.child(), inner, entry, root)
		across := turn.step()
		m.enter(turn.child(), outer, across, root)
		entry = turn.step()
	}
	m.enter(turn.child(), inner, entry, root)
	for turn.step(); turn.i != i; turn.step() {
		m.turn(turn.child(), free)
		m.reconsider(turn.child())
	}
}

// round goes round a blossom, from a child to its first by an even number of steps.
type round struct {
	i, by    int
	children []int32
	links    []link
}

func newRound(i int, children []int32, links []link) round {
	r := round{i: i, by: -1, children: children, links: links}
	if i%2 == 1 {
		r.by = 1
	}
	return r
}

func (r *round) child() int32 { return r.children[r.i] }

// step goes to the next child and is the link that leads there.
func (r *round) step() link {
	n := len(r.children)
	before := r.i
	r.i = (r.i + r.by + n) % n
	if r.by == 1 {
		return r.links[before]
	}
	return link{r.links[r.i].to, r.links[r.i].from}
}

// augment matches two outer nodes of different trees, and what lies between them and their roots the other way.
func (m *matcher) augment(v, w int32) {
	for _, e := range []link{{v, w}, {w, v}} {
		for {
			b := m.top[e.from]
			m.rotate(b, e.from)
			m.mate[e.from] = e.to
			up := m.entry[b].from
			if up == none {
				break
			}
			t := m.top[up]
			above := m.entry[t]
			m.rotate(t, above.to)
			m.mate[above.to] = above.from
			e = link{above.from, above.to}
		}
	}
}

// rotate matches the nodes inside a blossom so that another one is its base.
func (m *matcher) rotate(b, base int32) {
	if int(b) < m.n {
		return
	}
	child := base
	for m.parent[child] != b {
		child = m.parent[child]
	}
	m.rotate(child, base)
	children, links := m.children[b], m.links[b]
	i := slices.Index(children, child)
	for turn := newRound(i, children, links); turn.i != 0; {
		turn.step()
		first := turn.child()
		across := turn.step()
		m.rotate(first, across.from)
		m.rotate(turn.child(), across.to)
		m.mate[across.from], m.mate[across.to] = across.to, across.from
	}
	m.children[b] = append(slices.Clone(children[i:]), children[:i]...)
	m.links[b] = append(slices.Clone(links[i:]), links[:i]...)
	m.base[b] = base
}
