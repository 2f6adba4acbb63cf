package blossom

// turn gives a blossom, and the nodes in it, another label, so that their duals stay what they are now.
func (m *matcher) turn(b int32, to label) {
	change := int64(to-m.label[b]) * m.now
	m.label[b] = to
	m.weight[b] -= change
	for x := m.head[b]; ; x = m.next[x] {
		m.label[x] = to
		m.dual[x] += change
		if x == m.tail[b] {
			return
		}
	}
}

// enter puts a blossom into a tree.
func (m *matcher) enter(b int32, to label, entry link, root int32) {
	m.turn(b, to)
	m.entry[b], m.root[b], m.joins[b] = entry, root, never
	m.trees[root] = append(m.trees[root], b)
	if to == outer {
		m.await(b)
	} else if int(b) >= m.n {
		m.events.push(event{m.weight[b], spends, b})
	}
}

// await has the nodes of a blossom that has become outer looked at.
func (m *matcher) await(b int32) {
	for x := m.head[b]; ; x = m.next[x] {
		m.near[x], m.meet[x] = none, never
		m.queue = append(m.queue, x)
		if x == m.tail[b] {
			return
		}
	}
}

// join puts a free blossom into the tree that has reached it, and what it is matched with behind it.
func (m *matcher) join(b int32) {
	x := m.reach[b]
	from := m.best[x].from
	root := m.root[m.top[from]]
	m.enter(b, inner, link{from, x}, root)
	base := m.base[b]
	m.enter(m.top[m.mate[base]], outer, link{base, m.mate[base]}, root)
}

// dissolve frees what is in two trees, and has the others reach for it.
func (m *matcher) dissolve(roots ...int32) {
	var freed, gone, stale []int32
	for _, r := range roots {
		for _, b := range m.trees[r] {
			if m.parent[b] != none || m.label[b] == free || m.root[b] != r {
				continue // enclosed, or fallen apart
			}
			was := m.label[b]
			m.turn(b, free)
			freed = append(freed, b)
			if was == outer {
				gone = m.nodes(b, gone)
			}
		}
		m.trees[r] = nil
	}
	for _, v := range gone {
		m.best[v] = nearest{none, never}
		stale = append(stale, v)
	}
	for _, v := range gone {
		for _, a := range m.of(v) {
			if x := a.to; m.best[x].from == v && m.label[x] != outer {
				m.best[x] = nearest{none, never}
				stale = append(stale, x)
			}
		}
	}
	m.stamp++
	for _, b := range freed {
		m.seen[b] = m.stamp
	}
	for _, x := range stale {
		for _, a := range m.of(x) {
			if m.label[a.to] == outer && m.dual[a.to]-a.twice < m.best[x].cost {
				m.best[x] = nearest{a.to, m.dual[a.to] - a.twice}
			}
		}
		if b := m.top[x]; m.label[b] == free && m.seen[b] != m.stamp {
			m.seen[b] = m.stamp
			freed = append(freed, b)
		}
	}
	for _, b := range freed {
		m.reconsider(b)
	}
}

// reconsider finds out anew when a free blossom joins a tree.
func (m *matcher) reconsider(b int32) {
	m.joins[b] = never
	for x := m.head[b]; ; x = m.next[x] {
		if m.best[x].from != none && m.best[x].cost+m.dual[x] < m.joins[b] {
			m.joins[b], m.reach[b] = m.best[x].cost+m.dual[x], x
		}
		if x == m.tail[b] {
			break
		}
	}
	if m.joins[b] != never {
		m.events.push(event{m.joins[b], joins, b})
	}
}

// nodes appends the nodes of a blossom.
func (m *matcher) nodes(b int32, to []int32) []int32 {
	for x := m.head[b]; ; x = m.next[x] {
		to = append(to, x)
		if x == m.tail[b] {
			return to
		}
	}
}
