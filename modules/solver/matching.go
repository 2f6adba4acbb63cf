package solver

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"kervan/modules/solver/blossom"
	"kervan/modules/solver/decimals"
)

const (
	mostNodes = 5_000
	mostEdges = 500_000
)

var matchingKind = kind{
	solve: matching,
	about: `
Partners in one pool: edges of which no two share a node, of greatest weight in sum.

  {"kind":"matching","nodes":N,"edges":[[u,v,w],…],"max_cardinality":true|false,"seed":S}
  → {"pairs":[[u,v],…],"size":k,"weight":w}

Nodes are 0 to N−1, at most 5,000; edges at most 500,000, each between two different nodes, with
any number as its weight. Of several edges between the same two nodes the heaviest counts.
With max_cardinality (false if missing) as many pairs as possible come first, then weight; without
it weight comes first, so no pair of negative weight is made, and of equally heavy matchings it is
one of most pairs. Which of those that are alike so far depends on nothing but the set of edges;
with a seed, which may be missing, on that too. Pairs are sorted, the smaller node first.
Weights are decimals and are added up exactly. They are compared exactly too if all of them, as
multiples of one power of ten, are below 2^58/(N+4) (for 1,000 nodes: 14 digits). If not, they
are rounded to that many steps of the largest, so that the sum may miss the greatest one by that
step for each pair.`,
	examples: []example{
		{`{"kind":"matching","nodes":4,"edges":[[0,1,2],[1,2,5],[2,3,2]]}`, `{"pairs":[[1,2]],"size":1,"weight":5}`},
		{`{"kind":"matching","nodes":4,"edges":[[0,1,2],[1,2,5],[2,3,2]],"max_cardinality":true}`, `{"pairs":[[0,1],[2,3]],"size":2,"weight":4}`},
		{`{"kind":"matching","nodes":5,"edges":[[0,1,0.1],[1,2,0.3],[2,3,0.2],[3,4,-1]]}`, `{"pairs":[[0,1],[2,3]],"size":2,"weight":0.3}`},
	},
}

type matched struct {
	Pairs  [][2]int    `json:"pairs"`
	Size   int         `json:"size"`
	Weight json.Number `json:"weight"`
}

func matching(ctx context.Context, r *reader) (any, error) {
	o, err := r.object("nodes", "edges", "max_cardinality?", "seed?")
	if err != nil {
		return nil, err
	}
	n, err := o["nodes"].integer(fmt.Sprintf("a number of nodes; it is 0 to %d", mostNodes), 0, mostNodes)
	if err != nil {
		return nil, err
	}
	cardinality, err := o.flag("max_cardinality")
	if err != nil {
		return nil, err
	}
	seed, seeded, err := o.seed()
	if err != nil {
		return nil, err
	}
	edges, weights, err := readEdges(o["edges"], n)
	if err != nil {
		return nil, err
	}
	scaled, _ := decimals.Integers(weights, blossom.MaxWeight(n))
	name := order(n, seed, seeded)
	shuffled := make([]blossom.Edge, len(edges))
	for i, e := range edges {
		shuffled[i] = blossom.Edge{U: name[e[0]], V: name[e[1]], Weight: scaled[i]}
	}
	chosen, err := blossom.Match(ctx, n, shuffled, cardinality)
	if err != nil {
		return nil, err
	}
	answer := matched{Pairs: [][2]int{}, Size: len(chosen)}
	sum := make([]decimals.Decimal, 0, len(chosen))
	for _, i := range chosen {
		answer.Pairs = append(answer.Pairs, [2]int{min(edges[i][0], edges[i][1]), max(edges[i][0], edges[i][1])})
		sum = append(sum, weights[i])
	}
	sortPairs(answer.Pairs)
	answer.Weight, err = total("edges", sum)
	return answer, err
}

func readEdges(r *reader, n int) (edges [][2]int, weights []decimals.Decimal, err error) {
	node := fmt.Sprintf("a node; nodes are 0 to %d", n-1)
	if n == 0 {
		node = "a node; there are none"
	}
	err = r.array("edges", func(i int) error {
		if i >= mostEdges {
			return r.mistake("is one edge too many; there may be %d", mostEdges)
		}
		var e [2]int
		var w decimals.Decimal
		if err := r.tuple(3, "[node, node, weight]", func(part int) (err error) {
			if part == 2 {
				w, err = r.decimal()
				return err
			}
			e[part], err = r.integer(node, 0, n-1)
			return err
		}); err != nil {
			return err
		}
		if e[0] == e[1] {
			return r.mistake("joins node %d to itself", e[0])
		}
		edges, weights = append(edges, e), append(weights, w)
		return nil
	})
	return edges, weights, err
}

// order is 0 to n−1, or a shuffled order of them that follows from the seed.
func order(n int, seed uint64, seeded bool) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	if seeded {
		source := rand.NewPCG(seed, 0)
		for i := n - 1; i > 0; i-- { // not rand.Shuffle, which may be another one some day
			j := int(source.Uint64() % uint64(i+1))
			all[i], all[j] = all[j], all[i]
		}
	}
	return all
}

func sortPairs(pairs [][2]int) {
	slices.SortFunc(pairs, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
}
