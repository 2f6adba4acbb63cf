package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/selection/figures"
	"kervan/modules/solver"
	"kervan/modules/solver/agreement"
)

// flow measures runs from their instance to their answer, JSON on both sides: pairing, assignment and agreement, each at the
// size of its goal, and with twice and four times as much of everything.
func (h *bench) flow(b *testing.B) {
	b.Helper()
	h.grows(b, "bipartite of %d x %d, dense", 500, 0.5, func(n int) (any, []any) {
		return map[string]any{"kind": "bipartite", "cost": numbers(n, n, 1_000_000)}, []any{n, n}
	})
	for _, objective := range []string{"total", "fair"} {
		h.grows(b, "assignment of %d x %d x 3, one in ten conflicted, "+objective, 1000, 3, func(n int) (any, []any) {
			load := make([]map[string]int, n/10)
			for r := range load {
				load[r] = map[string]int{"min": 20, "max": 33}
			}
			conflict, random := make([][]int, n), rand.New(rand.NewPCG(3, uint64(n)))
			for i := range conflict {
				for range n / 10 {
					conflict[i] = append(conflict[i], max(0, 1-random.IntN(10)))
				}
			}
			return map[string]any{
				"kind": "assignment", "affinity": numbers(n, n/10, 1000), "conflict": conflict, "reviews": map[string]int{"min": 3, "max": 3},
				"load": load, "objective": objective,
			}, []any{n, n / 10}
		})
	}
	h.grows(b, "agreement of %d reviews", 1200, 0.05, func(n int) (any, []any) {
		ratings := make([][]any, 40)
		for i, row := range numbers(len(ratings), n/3, 101) {
			for u, x := range row {
				if ratings[i] = append(ratings[i], nil); (u+i)%13 == 0 {
					ratings[i][u] = x
				}
			}
		}
		return map[string]any{"kind": "agreement", "ratings": ratings}, []any{n}
	})
	h.panel(b, 1200, 0.05)
}

// panel measures what the numbers of a panel are made of: the ranking with its bands, agreement and adjusted means.
func (h *bench) panel(b *testing.B, n int, goal float64) {
	b.Helper()
	for _, times := range []int{1, 2, 4} {
		reviewers, units := make([]ids.Person, 40*times), n*times/3
		for j := range reviewers {
			reviewers[j] = ids.New[ids.Person]()
		}
		scores, ratings, table := make([]figures.Scores, units), []figures.Rating(nil), make([][]int64, len(reviewers))
		for j := range table {
			table[j] = slices.Repeat([]int64{agreement.Missing}, units)
		}
		for i, row := range numbers(units, 3, 10_001) {
			scores[i].Application = ids.New[ids.Application]()
			for k, x := range row {
				j := (i + k*(1+i%7)*5) % len(reviewers)
				scores[i].Totals = append(scores[i].Totals, figures.Points(x))
				ratings = append(ratings, figures.Rating{Application: scores[i].Application, Person: reviewers[j], Points: figures.Points(x)})
				table[j][i] = int64(x)
			}
		}
		began := time.Now()
		figures.Order(scores)
		figures.Adjust(ratings)
		_, err := agreement.Of(b.Context(), table)
		must(b, err)
		took := time.Since(began).Seconds()
		if said := fmt.Sprintf("ranking, agreement and adjustment of %d reviews", n*times); times == 1 {
			most(said, took, "s", goal)
		} else {
			remark("%s: %.2f s", said, took)
		}
	}
}

// grows prints the figure of n, and remarks what 2n and 4n take.
func (h *bench) grows(b *testing.B, name string, n int, goal float64, instance func(n int) (any, []any)) {
	b.Helper()
	for _, times := range []int{1, 2, 4} {
		made, sizes := instance(times * n)
		raw, err := json.Marshal(made)
		must(b, err)
		began := time.Now()
		_, err = solver.Solve(b.Context(), raw)
		must(b, err)
		took := time.Since(began).Seconds()
		if said := fmt.Sprintf(name, sizes...); times == 1 {
			most(said, took, "s", goal)
		} else {
			remark("%s: %.2f s", said, took)
		}
	}
}

// numbers draws a table of whole numbers below most.
func numbers(rows, columns, most int) [][]int {
	random := rand.New(rand.NewPCG(uint64(rows), uint64(columns)))
	table := make([][]int, rows)
	for i := range table {
		table[i] = make([]int, columns)
		for j := range table[i] {
			table[i][j] = random.IntN(most)
		}
	}
	return table
}
