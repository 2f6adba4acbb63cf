package roommates

import (
	"context"
	"math"
	"slices"
)

// work is how many places of lists the exact search looks at before it gives up, unless the pool is small.
const (
	work  = 60_000_000
	small = 16
)

// fewest is a matching that few pairs block, where no matching is stable. To find one that the fewest block is NP-hard (Abraham,
// Biró and Manlove, "'Almost stable' matchings in the roommates problem", 2006), so:
//
// First somebody for whom Irving's algorithm finds nobody is left out, as often as it takes until the others have a stable
// matching; who was left out is paired in turn, so that only pairs with one of them block. Then couples exchange partners
// as long as fewer pairs block for it. At last every matching that fewer pairs would block is looked for, by the number of
// those pairs from 1 up, unless there are more than that search may try; so for a small pool, and most others of which few
// pairs block, no matching is blocked by fewer.
func fewest(ctx context.Context, lists, ranks [][]int32) ([]int32, error) {
	partners, err := nearly(ctx, lists, ranks)
	if err != nil {
		return nil, err
	}
	least, err := exchange(ctx, lists, ranks, partners)
	if err != nil {
		return nil, err
	}
	s := search{ctx: ctx, ranks: ranks, lists: lists, partners: make([]int32, len(lists)), left: work}
	if len(lists) <= small {
		s.left = math.MaxInt
	}
	for s.limit = 1; s.limit < least; s.limit++ {
		for p := range s.partners {
			s.partners[p] = undecided
		}
		if s.pair(0, 0) {
			return s.partners, nil
		}
		if s.left < 0 {
			break
		}
	}
	return partners, ctx.Err()
}

// nearly leaves out who stands in the way, and pairs them at the end.
func nearly(ctx context.Context, lists, ranks [][]int32) ([]int32, error) {
	without := make([]bool, len(lists))
	for {
		partners, stuck, err := stable(ctx, lists, ranks, without)
		if err != nil {
			return nil, err
		}
		if stuck != Alone {
			without[stuck] = true
			continue
		}
		for p, q := range partners {
			if q != Alone {
				continue
			}
			for _, other := range lists[p] {
				if partners[other] == Alone {
					partners[p], partners[other] = other, int32(p)
					break
				}
			}
		}
		return partners, nil
	}
}

// exchange lets couples exchange partners, and who is alone take somebody's place, as long as fewer pairs block for it, and
// returns how many do in the end.
func exchange(ctx context.Context, lists, ranks [][]int32, partners []int32) (int, error) {
	least := len(blocking(lists, ranks, partners))
	for again := true; again; {
		again = false
		for _, pair := range blocking(lists, ranks, partners) {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			p, q := pair[0], pair[1]
			a, b := partners[p], partners[q]
			if a == q {
				continue // since the exchange before
			}
			wed(partners, p, q)
			wed(partners, a, b)
			if n := len(blocking(lists, ranks, partners)); n < least {
				least, again = n, true
				break
			}
			wed(partners, p, a)
			wed(partners, q, b)
		}
	}
	return least, nil
}

// wed makes two a couple; either may be Alone, or undecided.
func wed(partners []int32, p, q int32) {
	if p >= 0 {
		partners[p] = q
	}
	if q >= 0 {
		partners[q] = p
	}
}

const undecided = -2

// search tries all matchings of which no more pairs block than a limit.
type search struct {
	ctx      context.Context
	lists    [][]int32
	ranks    [][]int32
	partners []int32
	limit    int
	left     int // work
	turn     int
}

// pair decides about everybody from p on, when so many pairs block already.
func (s *search) pair(p int32, blocked int) bool {
	n := int32(len(s.partners))
	for p < n && s.partners[p] != undecided {
		p++
	}
	if p == n {
		return true
	}
	for place := range n {
		q := int32(Alone)
		if place < n-1 {
			q = s.lists[p][place]
			if s.partners[q] != undecided {
				continue
			}
		} else if n%2 == 0 || slices.Contains(s.partners, Alone) {
			return false
		}
		if s.turn++; s.left < 0 || s.turn%4096 == 0 && s.ctx.Err() != nil {
			s.left = -1
			return false
		}
		wed(s.partners, p, q)
		more := s.blocks(p)
		if q != Alone {
			more += s.blocks(q)
		}
		if blocked+more <= s.limit && s.pair(p+1, blocked+more) {
			return true
		}
		wed(s.partners, p, undecided)
		wed(s.partners, q, undecided)
	}
	return false
}

// blocks counts whom that is decided about somebody blocks with. Each pair of which one has just been decided is counted
// once, since partners do not block.
func (s *search) blocks(p int32) int {
	count := 0
	s.left -= 1 + int(fond(s.ranks, p, s.partners[p]))
	for _, q := range s.lists[p][:fond(s.ranks, p, s.partners[p])] {
		if s.partners[q] != undecided && s.ranks[q][p] < fond(s.ranks, q, s.partners[q]) {
			count++
		}
	}
	return count
}
