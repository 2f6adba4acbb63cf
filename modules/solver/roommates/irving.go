package roommates

import "context"

// Alone is in the place of a partner of who has none.
const Alone = -1

// table is everybody's preferences, of which more and more are taken away. A pair is still in it if each is on the list of
// the other no further down than its bound; the first of each list moves on, too.
type table struct {
	lists [][]int32 // by person, best first
	ranks [][]int32 // by person, then by other person: the place on the list
	first []int32
	bound []int32
	held  []int32 // who proposes to this person and is not refused
}

func newTable(lists, ranks [][]int32, without []bool) *table {
	n := len(lists)
	t := &table{lists: lists, ranks: ranks, first: make([]int32, n), bound: make([]int32, n), held: make([]int32, n)}
	for p := range t.bound {
		t.held[p] = Alone
		t.bound[p] = int32(len(lists[p]) - 1)
		if without[p] {
			t.bound[p] = -1
		}
	}
	return t
}

// has says whether the person at a place of somebody's list is still on it.
func (t *table) has(p, place int32) bool {
	return t.ranks[t.lists[p][place]][p] <= t.bound[t.lists[p][place]]
}

// choice is the first person that is left on a list from a place on, and the place; false where none is.
func (t *table) choice(p, from int32) (q, place int32, found bool) {
	for place = from; place <= t.bound[p]; place++ {
		if t.has(p, place) {
			return t.lists[p][place], place, true
		}
	}
	return Alone, place, false
}

// last is who stands at the end of a list: the one that the person holds.
func (t *table) last(p int32) int32 { return t.lists[p][t.bound[p]] }

// propose lets a person, and whoever is refused for it, propose until nobody is refused any more. It returns who is refused by
// all, or Alone.
func (t *table) propose(p int32) int32 {
	for {
		q, place, found := t.choice(p, t.first[p])
		t.first[p] = place
		if !found {
			return p
		}
		refused := t.held[q]
		t.held[q], t.bound[q] = p, t.ranks[q][p]
		if refused == Alone {
			return Alone
		}
		p = refused
	}
}

// stable finds a stable matching of all but those without. Where there is none, it returns somebody for whom nobody is left.
func stable(ctx context.Context, lists, ranks [][]int32, without []bool) (partners []int32, stuck int32, err error) {
	n := int32(len(lists))
	t := newTable(lists, ranks, without)
	alone := make([]bool, n)
	for p := range n {
		if without[p] {
			alone[p] = true
		} else if refused := t.propose(p); refused != Alone {
			alone[refused] = true
		}
	}
	path, at := []int32{}, make([]int32, n) // where somebody stands on the path, counted from 1
	for p := range n {
		for turn := 0; !alone[p]; turn++ {
			if turn%64 == 0 && ctx.Err() != nil {
				return nil, Alone, ctx.Err()
			}
			if len(path) == 0 {
				path = append(path, p)
				at[p] = 1
			}
			// From the last on the path to who holds the second of that list's choices, until somebody comes again.
			x := path[len(path)-1]
			_, place, found := t.choice(x, t.first[x])
			if !found {
				return nil, x, nil
			}
			t.first[x] = place
			second, _, found := t.choice(x, place+1)
			if !found {
				path = path[:len(path)-1]
				at[x] = 0
				if x == p {
					break
				}
				continue
			}
			y := t.last(second)
			if at[y] == 0 {
				path = append(path, y)
				at[y] = int32(len(path))
				continue
			}
			begin := at[y] - 1
			t.rotate(path[begin:])
			for _, z := range path[begin:] {
				at[z] = 0
			}
			path = path[:begin]
		}
	}
	partners = make([]int32, n)
	for p := range n {
		partners[p] = Alone
		if alone[p] {
			continue
		}
		q, _, found := t.choice(p, t.first[p])
		if !found {
			return nil, p, nil
		}
		partners[p] = q
	}
	for p, q := range partners {
		if q != Alone && partners[q] != int32(p) {
			return nil, int32(p), nil
		}
	}
	return partners, Alone, nil
}

// rotate lets each of a ring move on to the second choice.
func (t *table) rotate(ring []int32) {
	seconds := make([]int32, len(ring))
	for i, x := range ring {
		_, place, _ := t.choice(x, t.first[x])
		seconds[i], t.first[x], _ = t.choice(x, place+1)
	}
	for i, x := range ring {
		y := seconds[i]
		t.held[y], t.bound[y] = x, t.ranks[y][x]
	}
}
