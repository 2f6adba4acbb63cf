package seats

import (
	"context"
	"slices"
)

// apart is what a pair comes to in a sieve that no group may have. Other pairs come to less than a 32nd of it.
const apart = -1 << 60

// sieve finds the groups whose pairs come to much, without looking at all groups.
type sieve struct {
	t    *task
	some []int16   // the organizations among which it looks, ascending
	rows [][]int64 // what each pair of them comes to, by their places among these
	any  uint8     // all seats
}

// sift makes a sieve in which the pairs of a group come to what it is worth above its members' prices, times Seats − 1.
func (t *task) sift(some []int16, p *prices) *sieve {
	n, others := len(some), int64(t.Seats-1)
	s := &sieve{t: t, some: some, rows: make([][]int64, n), any: 1<<t.Seats - 1}
	for a := range s.rows {
		s.rows[a] = make([]int64, n)
	}
	for a, i := range some {
		s.rows[a][a] = apart
		for b, j := range some[:a] {
			value := int64(apart)
			if t.pairs(i, j) {
				value = others*p.grain*t.worth(i, j) - p.of[i] - p.of[j]
			}
			s.rows[a][b], s.rows[b][a] = value, value
		}
	}
	return s
}

// floor is what the pairs of a group come to at least if its loss is not above a limit.
func (s *sieve) floor(p *prices, limit int64) int64 {
	worth := p.premium - limit
	if s.t.count {
		worth -= p.grain
	}
	return max(int64(s.t.Seats-1)*worth, apart/2)
}

// each calls with every group whose pairs come to at least a floor, once, and with what they come to; the call returns the floor from
// there on, which is never lower.
//
// Of the triples of a group of four, each pair is in two: so one of them comes to at least half of what the group does. Of the
// pairs of a triple, one comes to at least a third. So what begins with less need not be looked at. A group is
// taken from the best of its triples, and that from its best pair only; of several equally good ones, from the one without the
// last organization.
func (s *sieve) each(ctx context.Context, floor int64, call func(g group, value int64) int64) error {
	four := s.t.Seats == 4
	var triples, pairs int64
	set := func(f int64) {
		if floor, triples = f, f; four {
			triples = part(f, 2)
		}
		pairs = part(triples, 3)
	}
	set(floor)
	n := len(s.rows)
	for i := 0; i < n && floor < -apart; i++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		first := s.rows[i]
		for j := i + 1; j < n; j++ {
			pair := first[j]
			if pair < pairs || pair == apart {
				continue
			}
			second := s.rows[j]
			for l := range n {
				a, b := first[l], second[l]
				if pair+a+b < triples || a > pair || b > pair || a == pair && l < j || b == pair && l < i || a == apart || b == apart {
					continue
				}
				if !four {
					if g, ok := s.group(i, j, l, -1); ok {
						set(call(g, pair+a+b))
					}
					continue
				}
				if s.t.seats([4]uint8{s.takes(i), s.takes(j), s.takes(l), s.any}) {
					set(s.fourth([3]int{i, j, l}, pair+a+b, floor, call))
				}
			}
		}
	}
	return nil
}

// fourth looks for the groups of which three are the best triple.
func (s *sieve) fourth(of [3]int, triple, floor int64, call func(g group, value int64) int64) int64 {
	i, j, l := of[0], of[1], of[2]
	first, second, third := s.rows[i], s.rows[j], s.rows[l]
	// What a member has with the other two of the triple.
	withI, withJ, withL := first[j]+first[l], first[j]+second[l], first[l]+second[l]
	for m := range third {
		with := first[m] + second[m] + third[m]
		if triple+with < floor {
			continue
		}
		worse := func(x int, other int64) bool { return with < other || with == other && m > x }
		if !worse(i, withI+first[m]) || !worse(j, withJ+second[m]) || !worse(l, withL+third[m]) {
			continue
		}
		if g, ok := s.group(i, j, l, m); ok {
			floor = call(g, triple+with)
		}
	}
	return floor
}

func (s *sieve) takes(at int) uint8 { return s.t.Takes[s.some[at]] }

// group is one of organizations that may all be together, if they can be seated.
func (s *sieve) group(members ...int) (group, bool) {
	var g group
	some := g.members[:0]
	for _, m := range members[:s.t.Seats] {
		some = append(some, s.some[m])
	}
	slices.Sort(some)
	if !s.t.sit(g.members) {
		return g, false
	}
	return s.t.again(g), true
}

// part is one of so many parts of a number, rounded up.
func part(n, of int64) int64 {
	if n > 0 {
		return (n + of - 1) / of
	}
	return n / of
}
