// Package bipartite pairs rows with columns at the least cost: the rectangular assignment problem with forbidden cells.
//
// Solve takes rows one after the other and finds for each the shortest augmenting path with Dijkstra's algorithm over
// reduced costs, as in R. Jonker and A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
// assignment problems", Computing 38 (1987): O(n²m) for n rows and m columns, n ≤ m.
//
// That forbidden cells may leave rows alone is part of the same search. Think of a column of its own beside each row, whose
// cost is more than any two pairings can differ by: a path that ends there leaves its last row alone. So there are as many
// pairs as possible first, and the cost is least among those pairings.
package bipartite

import (
	"context"
	"math"
)

// Forbidden is the cost of a cell that is never chosen.
const Forbidden = math.MaxInt64

// None stands for the column of a row without one.
const None = -1

// Limit is how large an absolute cost may be for so many rows and columns, so that no sum on the way overflows.
func Limit(rows, columns int) int64 {
	return math.MaxInt64 / (32 * int64(min(rows, columns)+2))
}

// Solve returns the column of each row, or None: as many pairs as possible first, then the least sum of costs. Rows are of
// equal length, costs within Limit or Forbidden. Where several pairings are best, it is always the same one of them. The
// error is the context's.
func Solve(ctx context.Context, cost [][]int64) ([]int, error) {
	if len(cost) == 0 {
		return []int{}, nil
	}
	rows, columns := len(cost), len(cost[0])
	if rows <= columns {
		s := newSearch(rows, columns)
		for i, row := range cost {
			copy(s.row(i), row)
		}
		if err := s.run(ctx); err != nil {
			return nil, err
		}
		return s.columnOf, nil
	}
	s := newSearch(columns, rows)
	for i, row := range cost {
		for j, c := range row {
			s.row(j)[i] = c
		}
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	return s.rowOf, nil
}

// search has the pairs so far and the prices that prove them to be best among the rows taken so far: no allowed cell costs
// less than u of its row and v of its column together, pairs cost just that, a column without a row has v 0 and others at
// most 0, and no row has a u above the cost of leaving it alone, which is the u of rows that are.
type search struct {
	rows, columns int
	cost          []int64
	alone         int64
	columnOf      []int
	rowOf         []int
	u, v          []int64

	// Of the search for one row: each column's distance and the row before it on the path; the columns that are not settled;
	// those that are, in order; and the distance of each one's row.
	distance []int64
	before   []int
	open     []int
	settled  []int
}

func newSearch(rows, columns int) *search {
	return &search{
		rows: rows, columns: columns, cost: make([]int64, rows*columns),
		columnOf: filled(rows), rowOf: filled(columns), u: make([]int64, rows), v: make([]int64, columns),
		distance: make([]int64, columns), before: make([]int, columns), open: make([]int, columns), settled: make([]int, 0, columns),
	}
}

func filled(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = None
	}
	return all
}

func (s *search) row(i int) []int64 { return s.cost[i*s.columns : (i+1)*s.columns] }

func (s *search) run(ctx context.Context) error {
	largest := int64(0)
	for _, c := range s.cost {
		if c != Forbidden {
			largest = max(largest, c, -c)
		}
	}
	s.alone = 2*largest*int64(s.rows+1) + 1
	for i := range s.rows {
		s.cheapest(i)
	}
	for i := range s.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.columnOf[i] == None {
			s.place(i)
		}
	}
	return nil
}

// cheapest gives a row its cheapest column if nobody has that yet: no search would do better at the start.
func (s *search) cheapest(i int) {
	least, at := s.alone, None
	for j, c := range s.row(i) {
		if c < least {
			least, at = c, j
		}
	}
	s.u[i] = least
	if at != None && s.rowOf[at] == None {
		s.columnOf[i], s.rowOf[at] = at, i
	}
}

// place finds the shortest way to make room for a row: to a column that is free, or to a row that is then left alone.
func (s *search) place(row int) {
	for j := range s.columns {
		s.distance[j], s.open[j] = math.MaxInt64, j
	}
	open := s.open
	s.settled = s.settled[:0]
	shortest, left, free := s.alone-s.u[row], row, None
	i, sofar := row, int64(0)
	for {
		nearest, at := shortest, None
		u, costs := s.u[i]-sofar, s.row(i)
		for k, j := range open {
			if c := costs[j]; c != Forbidden {
				if d := c - u - s.v[j]; d < s.distance[j] {
					s.distance[j], s.before[j] = d, i
				}
			}
			if d := s.distance[j]; d < nearest || d == nearest && at != None && s.rowOf[j] == None && s.rowOf[open[at]] != None {
				nearest, at = d, k
			}
		}
		if at == None {
			break
		}
		j := open[at]
		if s.rowOf[j] == None {
			shortest, free = nearest, j
			break
		}
		open[at] = open[len(open)-1]
		open = open[:len(open)-1]
		s.settled = append(s.settled, j)
		i, sofar = s.rowOf[j], nearest
		if d := sofar + s.alone - s.u[i]; d < shortest {
			shortest, left = d, i
		}
	}
	s.reprice(row, shortest)
	s.shift(row, left, free)
}

// reprice moves the prices of what is nearer than the end of the path, so that the path costs nothing any more.
func (s *search) reprice(row int, shortest int64) {
	s.u[row] += shortest
	for _, j := range s.settled {
		s.u[s.rowOf[j]] += shortest - s.distance[j]
		s.v[j] -= shortest - s.distance[j]
	}
}

// shift hands columns on along the path that ends at a free column, or, where there is none, at the column of the row that
// is left alone.
func (s *search) shift(row, left, free int) {
	j := free
	if j == None {
		if left == row {
			return
		}
		j = s.columnOf[left]
		s.columnOf[left] = None
	}
	for {
		i := s.before[j]
		s.rowOf[j] = i
		j, s.columnOf[i] = s.columnOf[i], j
		if i == row {
			return
		}
	}
}
