package blossom

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkMatch(b *testing.B) {
	for _, c := range []struct {
		n, m        int
		most        int64
		cardinality bool
	}{
		{1000, 50000, 1000000, true},
		{1000, 50000, 1000000, false},
		{1001, 50000, 100, true},
		{1000, 50000, 1, true},
		{2000, 100000, 1000000, true},
		{4000, 200000, 1000000, true},
		{1000, 499500, 1000000, true},
		{5000, 500000, 1000000, true},
		{5000, 500000, 5, true},
		{5001, 7500, 1000000, true},
	} {
		b.Run(fmt.Sprintf("%d nodes, %d edges, weights below %d, cardinality %v", c.n, c.m, c.most, c.cardinality), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			edges := random(r, c.n, c.m, func() int64 { return r.Int64N(c.most) })
			for b.Loop() {
				if _, err := Match(b.Context(), c.n, edges, c.cardinality); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
