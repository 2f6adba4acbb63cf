package solver

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"kervan/modules/solver/assignment"
	"kervan/modules/solver/decimals"
)

// mostAffinities is how many pairs of an application and a reviewer there may be, mostReviewers how many of those, and
// mostReviews how high a bound may be.
const (
	mostAffinities = 2_000_000
	mostReviewers  = 2_000
	mostReviews    = 1_000_000
)

var assignmentKind = kind{
	solve: solveAssignment,
	about: `
Reviewers for applications, all at once.

  {"kind":"assignment","affinity":[[a,…],…],"conflict":[[0|1,…],…],
   "reviews":{"min":1,"max":2},"load":[{"min":0,"max":5},…],"objective":"total"|"fair",
   "fixed":[[application,reviewer],…],"seed":S}
  → {"feasible":true,"assignment":[[reviewers of application 0],…],"total":t,"worst":w}
  → {"feasible":false,"relax":["…",…]}

affinity[i][r] is how well reviewer r suits application i. Where conflict[i][r] is 1, r never
reviews i. reviews bounds the reviewers of each application, load the applications of each
reviewer. Fixed pairs are kept. conflict, objective, fixed and seed may be missing; a seed above 0
breaks ties in another way. At most 2,000 reviewers, and 2,000,000 pairs of an application and a
reviewer.
With the objective "total", which is meant if none is given, the sum of all affinities is as high as
possible; a review beyond the least number is given only if it adds to that. With "fair" the
worst-served application comes first: the least sum that an application has is as high as possible,
and then the total. worst is that least sum, and null where there are no applications.
To be fair with several reviews each is a hard problem. Where it is not proven that the answer is
best, it has "exact":false and two proven bounds: no assignment has a worst above "bound", and none
with this one's worst has a total above "total_bound".
Where not all bounds can be kept, each entry of relax says what stands against it, and after the
colon what to relax: one of several ways is enough. With all entries relaxed there is an assignment.
Affinities are added up exactly. They are compared exactly too if all of them, as multiples of one
power of ten, are below 2^57 divided by the most reviews in all (for 3 of 1,000 applications: 13
digits). If not, they are rounded to that many steps of the largest.`,
	examples: []example{
		{
			`{"kind":"assignment","affinity":[[9,5,1],[8,7,0]],"conflict":[[0,0,0],[0,0,1]],"reviews":{"min":1,"max":1},"load":[{"min":0,"max":1},{"min":0,"max":1},{"min":0,"max":1}],"objective":"total","fixed":[]}`,
			`{"feasible":true,"assignment":[[0],[1]],"total":16,"worst":7}`,
		},
		{
			`{"kind":"assignment","affinity":[[9,1],[5,4.5]],"reviews":{"min":1,"max":1},"load":[{"min":0,"max":2},{"min":0,"max":2}],"objective":"fair","fixed":[[0,1]]}`,
			`{"feasible":true,"assignment":[[1],[0]],"total":6,"worst":1}`,
		},
		{
			`{"kind":"assignment","affinity":[[3,2],[2,3]],"conflict":[[0,0],[1,0]],"reviews":{"min":2,"max":2},"load":[{"min":0,"max":2},{"min":0,"max":2}]}`,
			`{"feasible":false,"relax":["application 1 can have at most 1 reviewer without conflict, needs 2: lower reviews.min from 2 to 1"]}`,
		},
	},
}

type (
	assigned struct {
		Feasible   bool         `json:"feasible"`
		Assignment [][]int      `json:"assignment"`
		Total      json.Number  `json:"total"`
		Worst      *json.Number `json:"worst"`
		Exact      *bool        `json:"exact,omitempty"`
		Bound      json.Number  `json:"bound,omitempty"`
		TotalBound json.Number  `json:"total_bound,omitempty"`
	}
	unassigned struct {
		Feasible bool     `json:"feasible"`
		Relax    []string `json:"relax"`
	}
)

func solveAssignment(ctx context.Context, r *reader) (any, error) {
	affinity, in, err := readAssignment(r)
	if err != nil {
		return nil, err
	}
	answer, err := assignment.Solve(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(answer.Obstacles) > 0 {
		no := unassigned{}
		for _, o := range answer.Obstacles {
			no.Relax = append(no.Relax, o.String())
		}
		return no, nil
	}
	return affinity.report(in, answer)
}

// report adds the answer up in the numbers of the instance.
func (m matrix) report(in assignment.Instance, answer assignment.Answer) (assigned, error) {
	report := assigned{Feasible: true, Assignment: answer.Reviewers}
	var all, least []decimals.Decimal
	lowest := int64(0)
	for i, list := range answer.Reviewers {
		var own []decimals.Decimal
		sum := int64(0)
		for _, r := range list {
			own = append(own, m.at(i, r))
			sum += in.Affinity[i][r]
		}
		all = append(all, own...)
		if i == 0 || sum < lowest {
			lowest, least = sum, own
		}
	}
	var err error
	if report.Total, err = total("affinity", all); err != nil {
		return report, err
	}
	if len(answer.Reviewers) > 0 {
		worst, err := total("affinity", least)
		if err != nil {
			return report, err
		}
		report.Worst = &worst
	}
	if in.Fair && !answer.Exact {
		report.Exact = new(false)
		if report.Bound, err = m.bound(in, answer.WorstBound); err != nil {
			return report, err
		}
		report.TotalBound, err = m.bound(in, answer.TotalBound)
	}
	return report, err
}

// bound is an upper bound in the numbers of the instance: exact if the instance is, else a hair more.
func (m matrix) bound(in assignment.Instance, b int64) (json.Number, error) {
	least := math.MaxInt
	for _, d := range m.numbers {
		if d.Mantissa != 0 {
			least = min(least, d.Exponent)
		}
	}
	if m.exact {
		return total("affinity", []decimals.Decimal{{Mantissa: b, Exponent: least}})
	}
	unit, largest := 1.0, int64(0)
	for i, row := range in.Affinity {
		for r, x := range row {
			if x = max(x, -x); x > largest {
				largest, unit = x, m.at(i, r).Float()/float64(row[r])
			}
		}
	}
	above := float64(b)*unit + math.Abs(float64(b)*unit)*1e-9
	return written("affinity", above)
}

func readAssignment(r *reader) (affinity matrix, in assignment.Instance, err error) {
	o, err := r.object("affinity", "conflict?", "reviews", "load", "objective?", "fixed?", "seed?")
	if err != nil {
		return affinity, in, err
	}
	if affinity, err = o["affinity"].matrix(mostAffinities, false); err != nil {
		return affinity, in, err
	}
	if in.Reviews, err = o["reviews"].bounds(); err != nil {
		return affinity, in, err
	}
	if err = o["load"].array("bounds", func(int) error {
		b, err := o["load"].bounds()
		in.Load = append(in.Load, b)
		return err
	}); err != nil {
		return affinity, in, err
	}
	if affinity.rows == 0 {
		affinity.columns = len(in.Load)
	}
	if affinity.columns > mostReviewers || len(in.Load) > mostReviewers {
		return affinity, in, r.inside("load").mistake("is of too many: there may be %d reviewers", mostReviewers)
	}
	if len(in.Load) != affinity.columns {
		return affinity, in, r.inside("load").mistake("has length %d; the number of reviewers in affinity is %d", len(in.Load), affinity.columns)
	}
	if in.Conflict, err = o.conflicts(affinity); err != nil {
		return affinity, in, err
	}
	if in.Fixed, err = o.fixed(affinity); err != nil {
		return affinity, in, err
	}
	if in.Fair, err = o.fair(); err != nil {
		return affinity, in, err
	}
	if in.Seed, _, err = o.seed(); err != nil {
		return affinity, in, err
	}
	var scaled []int64
	scaled, affinity.exact = decimals.Integers(affinity.numbers, assignment.Limit(affinity.rows*min(in.Reviews.Max, affinity.columns)))
	in.Affinity = affinity.split(scaled)
	return affinity, in, nil
}

// bounds reads the least and the most of something.
func (r *reader) bounds() (assignment.Bounds, error) {
	var b assignment.Bounds
	o, err := r.object("min", "max")
	if err != nil {
		return b, err
	}
	if b.Min, err = o["min"].integer("a bound; bounds are 0 to 1000000", 0, mostReviews); err != nil {
		return b, err
	}
	if b.Max, err = o["max"].integer("a bound; bounds are 0 to 1000000", 0, mostReviews); err != nil {
		return b, err
	}
	if b.Min > b.Max {
		return b, o["min"].mistake("%d is more than max, which is %d", b.Min, b.Max)
	}
	return b, nil
}

// conflicts reads a table of zeros and ones that is as large as that of affinities, or none.
func (o object) conflicts(affinity matrix) ([][]bool, error) {
	table := make([][]bool, affinity.rows)
	for i := range table {
		table[i] = make([]bool, affinity.columns)
	}
	r := o["conflict"]
	if r == nil {
		return table, nil
	}
	m, err := r.matrix(mostAffinities, false)
	if err != nil {
		return nil, err
	}
	if m.rows != affinity.rows || m.rows > 0 && m.columns != affinity.columns {
		return nil, r.mistake("is of %d × %d; affinity is of %d × %d", m.rows, m.columns, affinity.rows, affinity.columns)
	}
	for i := range table {
		for k := range table[i] {
			one, whole := m.at(i, k).Int()
			if !whole || one != 0 && one != 1 {
				return nil, &Mistake{Where: fmt.Sprintf("conflict[%d][%d]", i, k), What: "is neither 0 nor 1"}
			}
			table[i][k] = one == 1
		}
	}
	return table, nil
}

func (o object) fixed(affinity matrix) ([][2]int, error) {
	r := o["fixed"]
	if r == nil {
		return nil, nil
	}
	var pairs [][2]int
	err := r.array("pairs", func(int) error {
		var pair [2]int
		err := r.tuple(2, "[application, reviewer]", func(k int) (err error) {
			if k == 0 {
				pair[0], err = r.index("an application", "applications", affinity.rows)
			} else {
				pair[1], err = r.index("a reviewer", "reviewers", affinity.columns)
			}
			return err
		})
		pairs = append(pairs, pair)
		return err
	})
	return pairs, err
}

// index reads the number of one of n things, such as "an application" of "applications".
func (r *reader) index(one, all string, n int) (int, error) {
	if n == 0 {
		return 0, r.mistake("there are no %s", all)
	}
	return r.integer(fmt.Sprintf("%s; %s are 0 to %d", one, all, n-1), 0, n-1)
}

func (o object) fair() (bool, error) {
	if o["objective"] == nil {
		return false, nil
	}
	objective, err := o["objective"].word()
	if err == nil && !slices.Contains([]string{"total", "fair"}, objective) {
		err = o["objective"].mistake("%q is neither total nor fair", clip(objective))
	}
	return objective == "fair", err
}
