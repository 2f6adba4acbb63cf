package roommates

import (
	"cmp"
	"context"
	"slices"
)

// everyWork is how many entries of domains the search for all stable matchings looks at before it gives up.
const everyWork = 20_000_000

// Every is stable matchings by their partners, as Result has them, up to so many, sorted; and whether these are all that there are. The
// lists are as those of Match. There are none where none is stable, and there may be very many. The same lists have the same
// result. The error is the context's.
//
// What Irving's first phase leaves over holds every stable matching. One person after the other is given each of those who are
// left, and what follows from that is taken away: from whoever this person would rather have, everybody who is not better than
// this person (which is what stability says), and from whoever is the best that is left for somebody, everybody who is worse. What is
// left is a table as the second phase has them, and that tells whether it holds a stable matching: so nothing is tried in vain
// (Gusfield and Irving 1989, section 4.4).
func Every(ctx context.Context, preferences [][]int, most int) (all [][]int, complete bool, err error) {
	lists, ranks := tables(preferences)
	t := newTable(lists, ranks, make([]bool, len(lists)))
	e := &every{ctx: ctx, lists: lists, ranks: ranks, most: most, left: everyWork}
	alone := make([]bool, len(lists))
	for p := range int32(len(lists)) {
		if refused := t.propose(p); refused != Alone {
			alone[refused] = true
		}
	}
	domains := make([][]int32, len(lists))
	for p := range int32(len(lists)) {
		for place := int32(0); place <= t.bound[p] && !alone[p]; place++ {
			if t.has(p, place) && !alone[lists[p][place]] {
				domains[p] = append(domains[p], place)
			}
		}
		if !alone[p] && len(domains[p]) == 0 {
			return nil, true, nil
		}
	}
	e.try(domains, t.first)
	slices.SortFunc(e.found, slices.Compare)
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	return e.found, !e.ended, nil
}

type every struct {
	ctx   context.Context
	lists [][]int32
	ranks [][]int32
	found [][]int
	most  int
	left  int // work
	turn  int
	ended bool // before all was tried
}

// try finds the stable matchings in domains, which are places on lists, ascending; up to which place it is known what somebody would
// rather have, done says.
func (e *every) try(domains [][]int32, done []int32) {
	e.turn++
	if e.left < 0 || e.turn%256 == 0 && e.ctx.Err() != nil {
		e.ended = true
		return
	}
	all := make([]int32, len(domains))
	for p := range all {
		all[p] = int32(p)
	}
	domains, done = slices.Clone(domains), slices.Clone(done)
	if !e.follow(domains, done, all) || !e.possible(slices.Clone(domains)) {
		return
	}
	who := int32(-1)
	for p, of := range domains {
		if len(of) > 1 && (who < 0 || len(of) < len(domains[who])) {
			who = int32(p)
		}
	}
	if who < 0 {
		if len(e.found) == e.most {
			e.ended = true
			return
		}
		partners := make([]int, len(domains))
		for p, of := range domains {
			if partners[p] = Alone; len(of) > 0 {
				partners[p] = int(e.lists[p][of[0]])
			}
		}
		e.found = append(e.found, partners)
		return
	}
	for _, place := range domains[who] {
		if e.ended {
			return
		}
		with := slices.Clone(domains)
		with[who] = []int32{place}
		for _, other := range domains[who] {
			if q := e.lists[who][other]; other != place {
				with[q] = slices.DeleteFunc(slices.Clone(with[q]), func(at int32) bool { return e.lists[q][at] == who })
			}
		}
		e.try(with, done)
	}
}

// follow takes away what cannot be any more, beginning with some persons, and says whether somebody is left for everybody.
func (e *every) follow(domains [][]int32, done []int32, changed []int32) bool {
	for len(changed) > 0 {
		p := changed[len(changed)-1]
		changed = changed[:len(changed)-1]
		if len(domains[p]) == 0 { // alone in every stable matching: nobody who is left over for anybody is worse
			continue
		}
		// Whom p would rather have than the best who is left must have somebody better than p.
		for ; done[p] < domains[p][0]; done[p]++ {
			q := e.lists[p][done[p]]
			if !e.cut(domains, q, func(at int32) bool { return at >= e.ranks[q][p] }, &changed) {
				return false
			}
		}
		best := e.lists[p][domains[p][0]]
		if !e.cut(domains, best, func(at int32) bool { return at > e.ranks[best][p] }, &changed) {
			return false
		}
	}
	return true
}

// possible takes one rotation after the other away, and says whether somebody is left for everybody.
func (e *every) possible(domains [][]int32) bool {
	var changed []int32
	for p := range domains {
		for len(domains[p]) > 1 {
			path, at := []int32{int32(p)}, map[int32]int{int32(p): 0}
			for {
				x := path[len(path)-1]
				second := e.lists[x][domains[x][1]]
				of := domains[second]
				y := e.lists[second][of[len(of)-1]]
				if begin, again := at[y]; again {
					path = path[begin:]
					break
				}
				at[y] = len(path)
				path = append(path, y)
			}
			seconds := make([]int32, len(path))
			for i, x := range path {
				seconds[i] = e.lists[x][domains[x][1]]
			}
			for i, x := range path {
				if !e.cut(domains, seconds[i], func(at int32) bool { return at > e.ranks[seconds[i]][x] }, &changed) {
					return false
				}
			}
			changed = changed[:0]
		}
	}
	return true
}

// cut takes places out of somebody's domain, and them out of those domains; it says whether anybody is left.
func (e *every) cut(domains [][]int32, q int32, out func(at int32) bool, changed *[]int32) bool {
	e.left -= 1 + len(domains[q])
	var kept []int32
	for _, at := range domains[q] {
		if !out(at) {
			kept = append(kept, at)
			continue
		}
		r := e.lists[q][at]
		domains[r] = slices.DeleteFunc(slices.Clone(domains[r]), func(a int32) bool { return e.lists[r][a] == q })
		if len(domains[r]) == 0 {
			return false
		}
		*changed = append(*changed, r)
	}
	if len(kept) < len(domains[q]) {
		domains[q] = kept
		*changed = append(*changed, q)
	}
	return len(kept) > 0
}

// Changes are the persons for whom a matching is better than another one, and for whom it is worse.
func Changes(preferences [][]int, from, to []int) (better, worse []int) {
	place := func(p, q int) int {
		if q == Alone {
			return len(preferences)
		}
		return slices.Index(preferences[p], q)
	}
	for p := range preferences {
		switch cmp.Compare(place(p, to[p]), place(p, from[p])) {
		case -1:
			better = append(better, p)
		case 1:
			worse = append(worse, p)
		}
	}
	return better, worse
}
