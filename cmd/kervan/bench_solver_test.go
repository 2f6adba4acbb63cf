package main

import (
	"math/rand/v2"
	"testing"
)

// pools measures runs of one pool from their instance to their answer, JSON on both sides: partners by weight and by rankings,
// and groups of three and four.
func (h *bench) pools(b *testing.B) {
	b.Helper()
	h.grows(b, "matching of %d nodes, %d edges, most pairs", 1000, 1, func(n int) (any, []any) {
		edges := make([][3]int, 50*n)
		r := rand.New(rand.NewPCG(1, uint64(n)))
		for i := range edges {
			u := r.IntN(n)
			edges[i] = [3]int{u, (u + 1 + r.IntN(n-1)) % n, r.IntN(1_000_000)}
		}
		return map[string]any{"kind": "matching", "nodes": n, "edges": edges, "max_cardinality": true}, []any{n, len(edges)}
	})
	h.grows(b, "roommates, %d", 400, 1, func(n int) (any, []any) {
		lists := make([][]int, n)
		r := rand.New(rand.NewPCG(2, uint64(n)))
		for i := range lists {
			for _, j := range r.Perm(n) {
				if j != i {
					lists[i] = append(lists[i], j)
				}
			}
		}
		return map[string]any{"kind": "roommates", "preferences": lists}, []any{n}
	})
	h.grows(b, "groups of three of %d", 60, 5, grouping(3))
	h.grows(b, "groups of four of %d", 122, 10, grouping(4))
}

// grouping makes instances of groups, no two organizations of one from the same of five countries; of no more organizations than there
// may be.
func grouping(seats int) func(n int) (any, []any) {
	return func(n int) (any, []any) {
		n = min(n, 300)
		r := rand.New(rand.NewPCG(uint64(seats), uint64(n)))
		organizations, scores := make([]map[string]string, n), make([][]any, n)
		for i := range organizations {
			organizations[i] = map[string]string{"country": []string{"TR", "DE", "GR", "FR", "PL"}[i%5]}
			scores[i] = make([]any, n)
			for j := range i {
				if i%5 != j%5 {
					s := r.IntN(100)
					scores[i][j], scores[j][i] = s, s
				}
			}
		}
		return map[string]any{
			"kind": "seats", "seats": make([]struct{}, seats), "organizations": organizations, "scores": scores, "max_cardinality": true,
		}, []any{n}
	}
}
