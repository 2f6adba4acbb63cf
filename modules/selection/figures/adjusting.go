package figures

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"kervan/modules/ids"
)

// Rating is the total that one reviewer gives one application.
type Rating struct {
	Application ids.Application
	Person      ids.Person
	Points      Points
}

// Habit is how a reviewer gives totals, compared with the others who have read the same applications.
type Habit struct {
	Person    ids.Person
	Reviews   int
	Mean      float64
	Deviation float64 // of their totals, with n − 1; 0 where there is one
	Group     int     // those of one group can be compared, by applications that they share; from 0
	Effect    float64 // points more (or, below zero, fewer) than the others give the same applications
	Error     float64 // of the effect; 0 where it cannot be known
	Rescaled  bool    // their totals are brought to the call's mean and deviation; else their effect is taken off
}

// Compared reports whether the effect says anything: a reviewer who shares no application with anybody has none.
func (h Habit) Compared() bool { return h.Error > 0 || h.Effect > Hair || h.Effect < -Hair }

// Adjustment is what remains of totals when it is taken off who gave them. It stands beside the raw means and never
// instead of them.
type Adjustment struct {
	Means     map[ids.Application]float64 // adjusted; may lie below 0 or above 100
	Habits    []Habit                     // the strictest first
	Groups    int                         // how many there are of reviewers with no application in common
	Mean      float64                     // of all totals
	Deviation float64                     // of all totals, with n − 1
	Within    float64                     // the standard deviation of what neither application nor reviewer explains; 0 where it cannot be known
}

// leastToRescale is how many totals tell a reviewer's own mean and deviation.
const leastToRescale = 5

// Adjust takes off totals who gave them.
//
// With M and D the mean and the standard deviation of all totals and m, d those of one reviewer, the total x of a reviewer
// with five reviews or more and d > 0 becomes the standard score on the call's scale,
//
//	x′ = M + D × (x − m) ÷ d
//
// which supposes that reviewers had applications of about the same worth. Every other total becomes x′ = x − b, where b is the
// reviewer's effect in the additive model x = μ + application + reviewer + error, by least squares. An application's
// adjusted mean is the mean of its x′.
//
// The effects are those of the two-way classification without interaction and with unequal numbers in its cells (S. R. Searle,
// "Linear Models", 1971, chapter 7). The applications are absorbed, which leaves for the reviewers, with k the numbers of
// reviews of applications and n those of reviewers,
//
//	C·b = q   C[j,j] = n[j] − Σ 1 ÷ k   C[j,l] = − Σ 1 ÷ k over the applications of both   q[j] = Σ (x − mean of its application)
//
// Only reviewers who are connected by applications that they share, directly or through others, can be compared. In each such
// group the effects, each as often as its reviewer has rated, add up to nothing, so that the mean of the group's totals stays
// as it is: what separates two groups, applications or reviewers, cannot be told. The standard error of an effect is
// √(σ² × ((C + nnᵀ ÷ N)⁻¹[j,j] − 1 ÷ N)), with N the totals of the group, and σ² the squares that the model leaves divided by
// the totals less applications less reviewers plus groups.
//
// For example: A gives 80, 60 and 70 to three applications and B gives 70, 50 and 60 to the same. A's effect is 5, B's is
// −5, and the adjusted means are 75, 55 and 65, as the raw ones are.
func Adjust(ratings []Rating) Adjustment {
	t := tabulate(ratings)
	a := Adjustment{Means: make(map[ids.Application]float64, len(t.applications)), Habits: make([]Habit, len(t.reviewers))}
	for j, id := range t.reviewers {
		a.Habits[j].Person = id
	}
	a.Groups = t.group(a.Habits)
	a.measure(t)
	a.effects(t)
	a.adjust(t)
	slices.SortStableFunc(a.Habits, func(x, y Habit) int { return cmp.Compare(x.Effect, y.Effect) })
	return a
}

// cells are ratings by the places of their application and reviewer, in an order that does not depend on how they came.
type cells struct {
	applications []ids.Application
	reviewers    []ids.Person
	all          []cell
	byUnit       [][]int // the cells of each application
}

type cell struct {
	unit, by int
	x        float64
}

func tabulate(ratings []Rating) cells {
	var t cells
	ratings = slices.Clone(ratings)
	slices.SortFunc(ratings, func(a, b Rating) int {
		return cmp.Or(strings.Compare(a.Application.String(), b.Application.String()), strings.Compare(a.Person.String(), b.Person.String()))
	})
	seen := map[ids.Person]bool{}
	for _, r := range ratings {
		if !seen[r.Person] {
			seen[r.Person] = true
			t.reviewers = append(t.reviewers, r.Person)
		}
	}
	slices.SortFunc(t.reviewers, func(a, b ids.Person) int { return strings.Compare(a.String(), b.String()) })
	at := make(map[ids.Person]int, len(t.reviewers))
	for j, id := range t.reviewers {
		at[id] = j
	}
	for i, r := range ratings {
		if i == 0 || ratings[i-1].Application != r.Application {
			t.applications, t.byUnit = append(t.applications, r.Application), append(t.byUnit, nil)
		}
		unit := len(t.applications) - 1
		t.byUnit[unit] = append(t.byUnit[unit], len(t.all))
		t.all = append(t.all, cell{unit, at[r.Person], r.Points.Float()})
	}
	return t
}

// group numbers the reviewers who are connected, and tells how many groups there are.
func (t *cells) group(habits []Habit) int {
	first := make([]int, len(habits)) // a reviewer of the same group, up to one who is its own
	for j := range first {
		first[j] = j
	}
	root := func(j int) int {
		for first[j] != j {
			j = first[j]
		}
		return j
	}
	for _, of := range t.byUnit {
		for _, c := range of[1:] {
			x, y := root(t.all[of[0]].by), root(t.all[c].by)
			first[max(x, y)] = min(x, y)
		}
	}
	groups := 0
	for j := range habits {
		if root(j) == j {
			habits[j].Group = groups
			groups++
			continue
		}
		habits[j].Group = habits[root(j)].Group
	}
	return groups
}

func (a *Adjustment) measure(t cells) {
	var whole []float64
	each := make([][]float64, len(a.Habits))
	for _, c := range t.all {
		whole, each[c.by] = append(whole, c.x), append(each[c.by], c.x)
	}
	a.Mean, a.Deviation = meanAndDeviation(whole)
	for j := range a.Habits {
		h := &a.Habits[j]
		h.Reviews = len(each[j])
		h.Mean, h.Deviation = meanAndDeviation(each[j])
		h.Rescaled = h.Reviews >= leastToRescale && h.Deviation > Hair
	}
}

// meanAndDeviation are those of a sample; the deviation of fewer than two is nothing.
func meanAndDeviation(all []float64) (mean, deviation float64) {
	if len(all) == 0 {
		return 0, 0
	}
	for _, x := range all {
		mean += x
	}
	mean /= float64(len(all))
	if len(all) == 1 {
		return mean, 0
	}
	squares := 0.0
	for _, x := range all {
		squares += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(squares / float64(len(all)-1))
}

// effects solves the additive model, group by group.
func (a *Adjustment) effects(t cells) {
	means := t.means()
	place := make([]int, len(a.Habits)) // within the group
	sizes := make([]int, a.Groups)
	for j, h := range a.Habits {
		place[j] = sizes[h.Group]
		sizes[h.Group]++
	}
	variances := make([]float64, len(a.Habits)) // of the effects, in units of σ²
	for g, size := range sizes {
		c, q, n := square(size), make([]float64, size), make([]float64, size)
		for _, of := range t.byUnit {
			if a.Habits[t.all[of[0]].by].Group != g {
				continue
			}
			share := 1 / float64(len(of))
			for _, x := range of {
				j := place[t.all[x].by]
				q[j] += t.all[x].x - means[t.all[x].unit]
				n[j]++
				c[j][j]++
				for _, y := range of {
					c[j][place[t.all[y].by]] -= share
				}
			}
		}
		b, inverse, total := solve(c, q, n)
		for j := range a.Habits {
			if a.Habits[j].Group == g {
				a.Habits[j].Effect = b[place[j]]
				variances[j] = max(0, inverse[place[j]]-1/total)
			}
		}
	}
	a.Within = t.residual(a.Habits, a.Groups)
	for j := range a.Habits {
		a.Habits[j].Error = a.Within * math.Sqrt(variances[j])
		if sizes[a.Habits[j].Group] == 1 {
			a.Habits[j].Effect, a.Habits[j].Error = 0, 0
		}
	}
}

func (t *cells) means() []float64 {
	means := make([]float64, len(t.byUnit))
	for i, of := range t.byUnit {
		for _, c := range of {
			means[i] += t.all[c].x
		}
		means[i] /= float64(len(of))
	}
	return means
}

// residual is the standard deviation of what the model leaves.
func (t *cells) residual(habits []Habit, groups int) float64 {
	freedom := len(t.all) - len(t.applications) - len(t.reviewers) + groups
	if freedom <= 0 {
		return 0
	}
	squares := 0.0
	for _, of := range t.byUnit {
		mean := 0.0
		for _, c := range of {
			mean += t.all[c].x - habits[t.all[c].by].Effect
		}
		mean /= float64(len(of))
		for _, c := range of {
			left := t.all[c].x - habits[t.all[c].by].Effect - mean
			squares += left * left
		}
	}
	if within := math.Sqrt(squares / float64(freedom)); within > Hair {
		return within
	}
	return 0
}

func (a *Adjustment) adjust(t cells) {
	for i, of := range t.byUnit {
		sum := 0.0
		for _, c := range of {
			h := &a.Habits[t.all[c].by]
			if h.Rescaled {
				sum += a.Mean + a.Deviation*(t.all[c].x-h.Mean)/h.Deviation
			} else {
				sum += t.all[c].x - h.Effect
			}
		}
		a.Means[t.applications[i]] = sum / float64(len(of))
	}
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// solve gives the b of C·b = q whose sum, weighted by n, is nothing, the diagonal of (C + nnᵀ ÷ N)⁻¹, and N, the sum of n. That
// matrix is symmetric and, where all are connected, positive definite, so Cholesky's decomposition takes it apart.
func solve(c [][]float64, q, n []float64) (b, diagonal []float64, total float64) {
	size := len(n)
	for _, x := range n {
		total += x
	}
	low := square(size)
	for j := range size {
		for k := range j + 1 {
			x := c[j][k] + n[j]*n[k]/total
			for m := range k {
				x -= low[j][m] * low[k][m]
			}
			if j == k {
				low[j][j] = math.Sqrt(max(x, Hair*Hair))
			} else {
				low[j][k] = x / low[k][k]
			}
		}
	}
	b, diagonal = backward(low, forward(low, q)), make([]float64, size)
	unit := make([]float64, size)
	for j := range size {
		unit[j] = 1
		for _, x := range forward(low, unit) { // (L·Lᵀ)⁻¹[j,j] is the squared length of L⁻¹·e
			diagonal[j] += x * x
		}
		unit[j] = 0
	}
	return b, diagonal, total
}

func forward(low [][]float64, q []float64) []float64 {
	y := make([]float64, len(q))
	for j := range y {
		y[j] = q[j]
		for k := range j {
			y[j] -= low[j][k] * y[k]
		}
		y[j] /= low[j][j]
	}
	return y
}

func backward(low [][]float64, y []float64) []float64 {
	b := make([]float64, len(y))
	for j := len(y) - 1; j >= 0; j-- {
		b[j] = y[j]
		for k := j + 1; k < len(y); k++ {
			b[j] -= low[k][j] * b[k]
		}
		b[j] /= low[j][j]
	}
	return b
}
