package roommates

import (
	"cmp"
	"context"
	"slices"
)

// Result is who is with whom.
type Result struct {
	Partners []int    // by person; Alone for who has none
	Stable   bool     // nobody blocks
	Blocking [][2]int // all pairs that would both rather be one, the smaller person first, sorted
}

// Match pairs persons by their lists, each of which holds all others, best first: stably where that is possible, else so that
// few pairs block (see fewest). The same lists have the same result. The error is the context's.
func Match(ctx context.Context, preferences [][]int) (Result, error) {
	n := len(preferences)
	lists, ranks := tables(preferences)
	partners, stuck, err := stable(ctx, lists, ranks, make([]bool, n))
	if err != nil {
		return Result{}, err
	}
	if stuck != Alone {
		if partners, err = fewest(ctx, lists, ranks); err != nil {
			return Result{}, err
		}
	}
	r := Result{Partners: make([]int, n), Stable: stuck == Alone, Blocking: [][2]int{}}
	for p, q := range partners {
		r.Partners[p] = int(q)
	}
	for _, pair := range blocking(lists, ranks, partners) {
		r.Blocking = append(r.Blocking, [2]int{int(pair[0]), int(pair[1])})
	}
	return r, nil
}

// tables are lists, and the place of each on each.
func tables(preferences [][]int) (lists, ranks [][]int32) {
	n := len(preferences)
	lists, ranks = make([][]int32, n), make([][]int32, n)
	for p, list := range preferences {
		lists[p], ranks[p] = make([]int32, n-1), make([]int32, n)
		for place, q := range list {
			lists[p][place], ranks[p][q] = int32(q), int32(place)
		}
		ranks[p][p] = int32(n - 1) // being alone comes last
	}
	return lists, ranks
}

// fond is the place of a partner on somebody's list; being alone is behind the last.
func fond(ranks [][]int32, p, partner int32) int32 {
	if partner == Alone {
		return ranks[p][p]
	}
	return ranks[p][partner]
}

// blocking is all pairs that would both rather be one.
func blocking(lists, ranks [][]int32, partners []int32) [][2]int32 {
	var pairs [][2]int32
	for p, list := range lists {
		for _, q := range list[:fond(ranks, int32(p), partners[p])] {
			if int32(p) < q && ranks[q][p] < fond(ranks, q, partners[q]) {
				pairs = append(pairs, [2]int32{int32(p), q})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return pairs
}
