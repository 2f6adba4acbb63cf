package ui

import (
	"strconv"
	"time"
)

// Bar is something that takes some days, both of them included.
type Bar struct {
	Label       string
	Lang        string // marks a label in another language than the page's
	First, Last time.Time
}

// Days tells a bar's days in words.
func (b Bar) Days(p Page) string {
	if b.First.Equal(b.Last) {
		return p.Loc.At(b.First.Location()).Date(b.First)
	}
	loc := p.Loc.At(b.First.Location())
	return loc.Date(b.First) + " – " + loc.Date(b.Last)
}

// ganttWidth is how many units wide a row is drawn.
const ganttWidth = 1000

// gantt is the time that all bars together take.
type gantt struct{ from, to time.Time }

func ganttOf(bars []Bar) gantt {
	var g gantt
	for i, b := range bars {
		end := b.Last.AddDate(0, 0, 1)
		if i == 0 || b.First.Before(g.from) {
			g.from = b.First
		}
		if i == 0 || end.After(g.to) {
			g.to = end
		}
	}
	return g
}

// at is where an instant lies in a row.
func (g gantt) at(t time.Time) float64 {
	whole := g.to.Sub(g.from)
	if whole <= 0 {
		return 0
	}
	return min(max(float64(t.Sub(g.from))/float64(whole)*ganttWidth, 0), ganttWidth)
}

func (g gantt) holds(t time.Time) bool { return t.After(g.from) && t.Before(g.to) }

func (g gantt) x(t time.Time) string { return strconv.FormatFloat(g.at(t), 'f', 1, 64) }

// width is a bar's, and never so little that it cannot be seen.
func (g gantt) width(b Bar) string {
	return strconv.FormatFloat(max(g.at(b.Last.AddDate(0, 0, 1))-g.at(b.First), 6), 'f', 1, 64)
}

// tone is past, current or coming.
func (b Bar) tone(now time.Time) string {
	switch {
	case !now.Before(b.Last.AddDate(0, 0, 1)):
		return "k-past"
	case now.Before(b.First):
		return "k-coming"
	default:
		return "k-current"
	}
}
