package pdf

import "math"

// Table has a head that is repeated on every page, cells that wrap, and perhaps a row of sums. Shares are the widths of
// its columns against one another; without them each column is as wide as its words want. Columns in Right are set to
// the right, as numbers are. The last Ticks columns of its rows hold boxes to tick, whatever is in their cells.
type Table struct {
	Head   []string
	Rows   [][]string
	Total  []string
	Shares []float64
	Right  []int
	Ticks  int
}

const (
	cellGap = 10.0
	cellPad = 3.5
)

func (t Table) set(s *setting, room float64) []atom {
	widths := t.widths(s, room)
	head := s.row(t.cells(t.Head, style{bold, 8.25, 12, grey}, widths), room, true)
	var atoms []atom
	for _, row := range t.Rows {
		cells := t.cells(row, style{regular, 8.75, 12.5, black}, widths)
		for i := max(len(widths)-t.Ticks, 0); i < len(cells); i++ {
			cells[i].text, cells[i].box = "", true
		}
		atoms = append(atoms, s.row(cells, room, false)...)
	}
	if len(t.Total) > 0 {
		if n := len(atoms); n > 0 {
			atoms[n-1].keep = true
		}
		atoms = append(atoms, s.row(t.cells(t.Total, style{bold, 8.75, 12.5, black}, widths), room, false)...)
	}
	for i := range atoms {
		atoms[i].over = head
	}
	return append(spaced(8, stay(head)), atoms...)
}

// widths gives each column what it wants, if there is room; else what is over is shared by how much each wants, and none
// becomes narrower than its longest word, as far as that is possible.
func (t Table) widths(s *setting, room float64) []float64 {
	n := len(t.Head)
	if n == 0 {
		return nil
	}
	wants, needs := make([]float64, n), make([]float64, n)
	measure := func(row []string, weight int) {
		for i := range min(n, len(row)) {
			text := clean(row[i])
			wants[i] = math.Max(wants[i], math.Min(s.weights[weight].width(text, 8.75)+cellGap, room*0.6))
			for _, piece := range pieces(text) {
				needs[i] = math.Max(needs[i], math.Min(s.weights[weight].width(piece, 8.75)+cellGap, room/float64(n)))
			}
		}
	}
	measure(t.Head, bold)
	measure(t.Total, bold)
	for _, row := range t.Rows {
		measure(row, regular)
	}
	if len(t.Shares) == n {
		copy(wants, t.Shares)
		return scaled(wants, room)
	}
	want, need := sum(wants), sum(needs)
	if want <= room || need >= room {
		return scaled(wants, room)
	}
	for i := range wants {
		wants[i] = needs[i] + (wants[i]-needs[i])*(room-need)/(want-need)
	}
	return wants
}

func sum(all []float64) float64 {
	total := 0.0
	for _, one := range all {
		total += one
	}
	return total
}

func scaled(all []float64, room float64) []float64 {
	total := sum(all)
	if total <= 0 {
		return all
	}
	out := make([]float64, len(all))
	for i := range all {
		out[i] = all[i] / total * room
	}
	return out
}

// cell is a text in a row.
type cell struct {
	text  string
	st    style
	x     float64
	room  float64
	right bool
	box   bool
}

func (t Table) cells(row []string, st style, widths []float64) []cell {
	cells := make([]cell, 0, len(row))
	x := 0.0
	for i := range min(len(row), len(widths)) {
		one := cell{text: row[i], st: st, x: x, room: widths[i] - cellGap}
		if i == len(widths)-1 {
			one.room = widths[i]
		}
		for _, r := range t.Right {
			one.right = one.right || r == i
		}
		cells = append(cells, one)
		x += widths[i]
	}
	return cells
}

// row sets cells side by side, line by line, with a hairline under the last line, and above the first where wanted. A
// row of up to a dozen lines is never divided between pages.
func (s *setting) row(cells []cell, room float64, ruled bool) []atom {
	texts := make([][]string, len(cells))
	most, leading := 1, 0.0
	for i, one := range cells {
		texts[i] = s.weights[one.st.weight].wrap(one.text, one.st.size, one.room)
		most, leading = max(most, len(texts[i])), math.Max(leading, one.st.leading)
	}
	atoms := make([]atom, most)
	for n := range most {
		above, below := 0.0, 0.0
		if n == 0 {
			above = cellPad
		}
		if n == most-1 {
			below = cellPad
		}
		atoms[n] = atom{height: above + leading + below, keep: n < most-1 && (most <= 12 || n == 0 || n == most-2), draw: func(c *canvas, x, y float64) {
			for i, one := range cells {
				if one.box && n == 0 {
					c.frame(x+one.x, y+above+2, 8.6)
				}
				if n >= len(texts[i]) {
					continue
				}
				left := x + one.x
				if one.right {
					left += one.room - s.weights[one.st.weight].width(texts[i][n], one.st.size)
				}
				c.text(one.st.weight, one.st.size, one.st.ink, left, y+above+one.st.baseline(), texts[i][n])
			}
			if ruled && n == 0 {
				c.rule(x, y, room, 0.6, hairline)
			}
			if n == most-1 {
				c.rule(x, y+above+leading+below, room, 0.6, hairline)
			}
		}}
	}
	return atoms
}
