package solver

import (
	"context"
	"encoding/json"

	"kervan/modules/solver/bipartite"
	"kervan/modules/solver/decimals"
)

// mostCells is how many numbers one matrix may have.
const mostCells = 4_000_000

var bipartiteKind = kind{
	solve: solveBipartite,
	about: `
Rows with columns, each of them once at most, at the least cost.

  {"kind":"bipartite","cost":[[c,…],…],"maximize":true|false}
  → {"pairs":[[row,column],…],"cost":c}

cost[i][j] is the cost of row i with column j, or null where they may not be paired. There may be
more rows than columns, or fewer. There are as many pairs as possible first; then the sum of their
costs is as small as possible, or as large where maximize is true (false if missing). At most
4,000,000 cells. Pairs are sorted by rows; of several best pairings it is always the same one.
Costs are added up exactly. They are compared exactly too if all of them, as multiples of one power
of ten, are below 2^58/(N+2), N being the rows or the columns, the fewer (for 500: 14 digits). If
not, they are rounded to that many steps of the largest.`,
	examples: []example{
		{`{"kind":"bipartite","cost":[[4,1,3],[2,0,5],[3,2,2]],"maximize":false}`, `{"pairs":[[0,1],[1,0],[2,2]],"cost":5}`},
		{`{"kind":"bipartite","cost":[[0.5,7],[0.25,null],[null,null]],"maximize":true}`, `{"pairs":[[0,1],[1,0]],"cost":7.25}`},
	},
}

type pairing struct {
	Pairs [][2]int    `json:"pairs"`
	Cost  json.Number `json:"cost"`
}

func solveBipartite(ctx context.Context, r *reader) (any, error) {
	o, err := r.object("cost", "maximize?")
	if err != nil {
		return nil, err
	}
	cost, err := o["cost"].matrix(mostCells, true)
	if err != nil {
		return nil, err
	}
	maximize, err := o.flag("maximize")
	if err != nil {
		return nil, err
	}
	columnOf, err := bipartite.Solve(ctx, cost.forPairing(maximize))
	if err != nil {
		return nil, err
	}
	answer, chosen := pairing{Pairs: [][2]int{}}, []decimals.Decimal{}
	for i, j := range columnOf {
		if j != bipartite.None {
			answer.Pairs = append(answer.Pairs, [2]int{i, j})
			chosen = append(chosen, cost.at(i, j))
		}
	}
	answer.Cost, err = total("cost", chosen)
	return answer, err
}

// forPairing scales the numbers to costs, which are to become small.
func (m matrix) forPairing(maximize bool) [][]int64 {
	scaled, _ := decimals.Integers(m.numbers, bipartite.Limit(m.rows, m.columns))
	for i := range scaled {
		if maximize {
			scaled[i] = -scaled[i]
		}
		if m.absent[i] {
			scaled[i] = bipartite.Forbidden
		}
	}
	return m.split(scaled)
}

// split makes rows of a list of all numbers.
func (m matrix) split(all []int64) [][]int64 {
	rows := make([][]int64, m.rows)
	for i := range rows {
		rows[i] = all[i*m.columns : (i+1)*m.columns]
	}
	return rows
}
