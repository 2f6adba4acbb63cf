package ui

import (
	"strconv"
	"strings"

	"kervan/modules/kernel/geo"
)

// Tie is something on a map that holds places together. Its words are in the list beside the map, which says the same.
type Tie struct{ Points []geo.Point }

// viewOf is the part of the map in which the ties lie, with some room around it, as an SVG viewBox: never less than a third
// of the whole, so that one can tell where on earth it is.
func viewOf(ties []Tie) string {
	left, top, right, bottom := float64(geo.MapWidth), float64(geo.MapHeight), 0.0, 0.0
	for _, t := range ties {
		for _, p := range t.Points {
			x, y := p.At()
			left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
		}
	}
	if left > right {
		left, top, right, bottom = 0, 0, geo.MapWidth, geo.MapHeight
	}
	const room, ratio = 60.0, 1.5
	width, height := max(right-left+2*room, geo.MapWidth/2), max(bottom-top+2*room, 0)
	width = max(width, height*ratio)
	height = width / ratio
	x := min(max((left+right-width)/2, 0), max(geo.MapWidth-width, 0))
	y := min(max((top+bottom-height)/2, 0), max(geo.MapHeight-height, 0))
	if width > geo.MapWidth {
		x = (geo.MapWidth - width) / 2
	}
	return units(x) + " " + units(y) + " " + units(width) + " " + units(height)
}

func units(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// line draws a tie: from its first point to each of the others, a little bent so that ties between the same towns differ.
func (t Tie) line(n int) string {
	var b strings.Builder
	for i := 1; i < len(t.Points); i++ {
		x1, y1 := t.Points[0].At()
		x2, y2 := t.Points[i].At()
		bend := 0.12 + 0.06*float64(n%4)
		cx, cy := (x1+x2)/2+(y2-y1)*bend, (y1+y2)/2-(x2-x1)*bend
		b.WriteString("M" + units(x1) + " " + units(y1) + "Q" + units(cx) + " " + units(cy) + " " + units(x2) + " " + units(y2))
	}
	return b.String()
}

func (t Tie) dots() [][2]string {
	var all [][2]string
	for _, p := range t.Points {
		x, y := p.At()
		all = append(all, [2]string{units(x), units(y)})
	}
	return all
}
