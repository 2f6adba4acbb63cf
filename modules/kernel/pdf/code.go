package pdf

import (
	"fmt"

	"rsc.io/qr"
)

// codeSide is how wide a QR code is with its quiet zone, in points: some 20 mm, which a telephone reads from a hand's distance.
const codeSide = 57.0

// quiet is the width of the empty zone around a code, in modules (ISO/IEC 18004).
const quiet = 4

// draughtsboard is the QR code of an address. A seventh of it may be lost in a fold or under a stamp.
func draughtsboard(address string) (*qr.Code, error) {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return nil, fmt.Errorf("pdf: code of %q: %w", address, err)
	}
	return code, nil
}

// quietOf is how wide the empty zone is on each side, in points.
func quietOf(code *qr.Code) float64 { return quiet * codeSide / float64(code.Size+2*quiet) }

// board draws a QR code as one shape, so that no reader shows seams between its rows. Black on white whatever the page's
// ground is.
func (c *canvas) board(code *qr.Code, x, y, side float64) {
	c.box(x, y, side, side, white)
	c.doc.SetFillColor(0, 0, 0)
	module := side / float64(code.Size+2*quiet)
	at := func(n int) float64 { return float64(n+quiet) * module }
	for row := range code.Size {
		for from := 0; from < code.Size; from++ {
			to := from
			for to < code.Size && code.Black(to, row) {
				to++
			}
			if to == from {
				continue
			}
			left, right, above, below := x+at(from), x+at(to), y+at(row), y+at(row+1)
			c.doc.MoveTo(left, above)
			c.doc.LineTo(right, above)
			c.doc.LineTo(right, below)
			c.doc.LineTo(left, below)
			c.doc.ClosePath()
			from = to
		}
	}
	c.doc.DrawPath("F")
}
