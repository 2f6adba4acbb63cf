package seats

import (
	"context"
	"math"
)

const (
	tiny      = 1e-9
	unsettled = 1e-5 // by how much the right sides differ, so that steps do not go round in a ring
)

// program is a linear program: choose of every group a part, none negative, so that no organization is in more than one
// group in all, and, where their number is given, no more groups than that are made. Where it is, every group is worth a
// large amount more, so that as many are.
type program struct {
	t       *task
	rows    int         // one for each organization, and one for the number of groups
	inverse [][]float64 // of the basis, by column
	parts   []float64   // of the basis, by row
	dual    []float64
	extra   float64
	largest float64
	from    int   // where to look for the next group
	grain   int64 // of the prices by which further groups are looked for
	lacking int64 // by how much these lack of what they are worth, at least
}

func (t *task) program(largest float64, grain int64) *program {
	n := len(t.Takes)
	l := &program{t: t, rows: n + 1, inverse: make([][]float64, n+1), parts: make([]float64, n+1), dual: make([]float64, n+1), largest: largest, grain: grain}
	for i := range l.rows {
		l.inverse[i] = make([]float64, l.rows)
		l.inverse[i][i] = 1
		_, spread := math.Modf(float64(i+1) * math.Phi)
		l.parts[i] = 1 + unsettled*spread
	}
	l.parts[n] = float64(n)
	if t.exactly >= 0 {
		l.parts[n] = float64(t.exactly)
		l.extra = 16 * (largest + 1)
	}
	l.lacking = int64(largest) * grain
	return l
}

// solve finds the dual solution by the revised simplex method (Dantzig and Orchard-Hays 1954), or nearly: it ends after so many
// steps. Where not all groups are listed, those that it lacks are looked for in between (column generation: Gilmore and Gomory
// 1961). Whatever it finds is made to cover every group afterwards.
func (l *program) solve(ctx context.Context) error {
	enough := tiny * (l.largest + l.extra)
	direction := make([]float64, l.rows)
	for step := range 400*l.rows + 1000 {
		if step%16 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		gain := l.enter(enough, direction)
		if gain == 0 {
			more, err := l.widen(ctx)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			continue
		}
		row, least := -1, math.Inf(1)
		for r, d := range direction {
			if d > tiny && l.parts[r]/d < least {
				row, least = r, l.parts[r]/d
			}
		}
		if row < 0 {
			break // only rounding can say that there is no end
		}
		l.pivot(row, gain, direction)
	}
	return nil
}

// round makes whole prices of the dual solution.
func (l *program) round(p *prices) {
	most := 32 * l.largest
	for i := range p.of {
		p.of[i] = int64(math.Ceil(min(max(0, l.dual[i]), most) * float64(p.grain)))
	}
	if l.t.exactly >= 0 {
		premium := l.dual[l.rows-1] - l.extra
		p.premium = int64(math.Ceil(min(max(premium, -most), most) * float64(p.grain)))
	}
}

// enter finds a group, or a price that is negative, by which the program gains, and how the basis changes with it. It
// looks at a part of all groups, and at more only where nothing gains.
func (l *program) enter(enough float64, direction []float64) float64 {
	best, gain := -1, enough
	for i, d := range l.dual {
		if -d > gain {
			best, gain = i, -d
		}
	}
	if best >= 0 {
		copy(direction, l.inverse[best])
		return gain
	}
	groups, seats := l.t.groups, l.t.Seats
	count := l.dual[l.rows-1]
	for looked, block := 0, max(5000, len(groups)/16); looked < len(groups) && best < 0; {
		for range min(block, len(groups)-looked) {
			g := &groups[l.from]
			value := float64(g.worth) + l.extra - count
			for _, m := range g.members[:seats] {
				value -= l.dual[m]
			}
			if value > gain {
				best, gain = l.from, value
			}
			if l.from++; l.from == len(groups) {
				l.from = 0
			}
			looked++
		}
	}
	if best < 0 {
		return 0
	}
	copy(direction, l.inverse[l.rows-1])
	for _, m := range groups[best].members[:seats] {
		for r, v := range l.inverse[m] {
			direction[r] += v
		}
	}
	return gain
}

// pivot takes a row's part out of the basis for what enters.
func (l *program) pivot(row int, gain float64, direction []float64) {
	step := l.parts[row] / direction[row]
	for r, d := range direction {
		l.parts[r] = max(0, l.parts[r]-d*step)
	}
	l.parts[row] = step
	for i, column := range l.inverse {
		v := column[row] / direction[row]
		if v == 0 {
			continue
		}
		l.dual[i] += gain * v
		for r, d := range direction {
			column[r] -= d * v
		}
		column[row] = v
	}
}
