package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"

	"golang.org/x/image/vector"
)

// canvas is drawn on in hundredths of its height.
type canvas struct {
	*image.NRGBA

	unit float64
}

func newCanvas(width, height int) canvas {
	return canvas{image.NewNRGBA(image.Rect(0, 0, width, height)), float64(height) / 100}
}

type point struct{ x, y float64 }

// shape fills what the points go around.
func (c canvas) shape(ink color.Color, around ...point) {
	r := vector.NewRasterizer(c.Rect.Dx(), c.Rect.Dy())
	for i, p := range around {
		x, y := float32(p.x*c.unit), float32(p.y*c.unit)
		if i == 0 {
			r.MoveTo(x, y)
			continue
		}
		r.LineTo(x, y)
	}
	r.ClosePath()
	r.Draw(c, c.Rect, image.NewUniform(ink), image.Point{})
}

// arc is a line along a circle, between two angles in degrees; 0 points to the right, 90 down.
func arc(centre point, radius, from, to float64) []point {
	const steps = 64
	line := make([]point, steps+1)
	for i := range line {
		a := (from + (to-from)*float64(i)/steps) * math.Pi / 180
		line[i] = point{centre.x + radius*math.Cos(a), centre.y + radius*math.Sin(a)}
	}
	return line
}

func (c canvas) disc(ink color.Color, centre point, radius float64) {
	c.shape(ink, arc(centre, radius, 0, 360)...)
}

// bow is a band along the upper half of a circle.
func (c canvas) bow(ink color.Color, centre point, outer, inner float64) {
	c.shape(ink, append(arc(centre, outer, 180, 360), arc(centre, inner, 360, 180)...)...)
}

// wave is a band with crests from left to right.
func (c canvas) wave(ink color.Color, left, right, y, height, crests, phase, thick float64) {
	const steps = 160
	upper, lower := make([]point, steps+1), make([]point, steps+1)
	for i := range upper {
		t := float64(i) / steps
		x, at := left+(right-left)*t, y-height*math.Sin(2*math.Pi*crests*t+phase)
		upper[i], lower[steps-i] = point{x, at}, point{x, at + thick}
	}
	c.shape(ink, slices.Concat(upper, lower)...)
}

// leaf stands on its stem and leans by an angle in degrees.
func (c canvas) leaf(ink color.Color, stem point, length, width, lean float64) {
	var around []point
	for i := range 65 {
		t := float64(i) / 32
		along, side := t, width/2*math.Sin(math.Pi*t)
		if t > 1 {
			along, side = 2-t, -width/2*math.Sin(math.Pi*(2-t))
		}
		a := (lean - 90) * math.Pi / 180
		around = append(around, point{stem.x + along*length*math.Cos(a) - side*math.Sin(a), stem.y + along*length*math.Sin(a) + side*math.Cos(a)})
	}
	c.shape(ink, around...)
}

// emblems are how the logos of the demonstration's networks are drawn, in their two colours.
var emblems = map[string]func(c canvas, primary, accent color.Color){
	"core": func(c canvas, primary, accent color.Color) {
		c.disc(primary, point{36, 50}, 30)
		c.disc(accent, point{64, 50}, 30)
		overlap := append(arc(point{36, 50}, 30, -62.2, 62.2), arc(point{64, 50}, 30, 117.8, 242.2)...)
		c.shape(color.White, overlap...)
	},
	"bosporus": func(c canvas, primary, accent color.Color) {
		c.bow(primary, point{50, 62}, 44, 33)
		c.bow(primary, point{50, 62}, 22, 11)
		c.wave(accent, 4, 96, 72, 4, 2.5, 0, 7)
		c.wave(accent, 4, 96, 86, 4, 2.5, math.Pi, 7)
	},
	"elbe": func(c canvas, primary, accent color.Color) {
		c.shape(primary, point{4, 26}, point{96, 26}, point{96, 36}, point{4, 36})
		for _, x := range []float64{20, 50, 80} {
			c.bow(primary, point{x, 70}, 16, 8)
			c.shape(primary, point{x - 3, 36}, point{x + 3, 36}, point{x + 3, 56}, point{x - 3, 56})
		}
		c.wave(accent, 4, 96, 80, 3.5, 3, 0, 8)
	},
	"olive": func(c canvas, primary, accent color.Color) {
		for _, lean := range []float64{0, 120, 240} {
			c.leaf(primary, point{50, 52}, 44, 25, lean)
		}
		for _, lean := range []float64{60, 180, 300} {
			a := (lean - 90) * math.Pi / 180
			c.disc(accent, point{50 + 24*math.Cos(a), 52 + 24*math.Sin(a)}, 7.5)
		}
	},
	"townhalls": func(c canvas, primary, accent color.Color) {
		c.shape(primary, point{8, 46}, point{50, 18}, point{92, 46}, point{92, 54}, point{8, 54})
		for _, x := range []float64{14, 37, 55, 78} {
			c.shape(primary, point{x, 58}, point{x + 8, 58}, point{x + 8, 84}, point{x, 84})
		}
		c.shape(accent, point{8, 88}, point{92, 88}, point{92, 95}, point{8, 95})
		c.disc(accent, point{50, 39}, 6)
	},
}

// Known reports whether the network is one of the demonstration, with an emblem of its own.
func Known(slug string) bool { return emblems[slug] != nil }

// Logo draws the emblem of a network of the demonstration as a PNG of 640 × 640 pixels, on nothing. The colours are written
// as in a brand: #rrggbb.
func Logo(slug, primary, accent string) ([]byte, error) {
	emblem, known := emblems[slug]
	if !known {
		return nil, fmt.Errorf("demo: %s has no emblem", slug)
	}
	first, second, err := inks(primary, accent)
	if err != nil {
		return nil, err
	}
	c := newCanvas(640, 640)
	emblem(c, first, second)
	return encode(c)
}

// Header draws a landscape in a network's colours, as a PNG of 1600 × 500 pixels: hills behind each other, and a sun.
func Header(seed uint64, primary, accent string) ([]byte, error) {
	near, sun, err := inks(primary, accent)
	if err != nil {
		return nil, err
	}
	c := newCanvas(1600, 500)
	draw.Draw(c, c.Rect, image.NewUniform(blend(near, paper, 0.12)), image.Point{}, draw.Src)
	phase := float64(seed%17) / 17 * 2 * math.Pi
	c.disc(blend(sun, paper, 0.75), point{235 - 8*float64(seed%7), 34}, 15)
	for i, share := range []float64{0.22, 0.4, 0.62, 0.85} {
		y := 46 + 13*float64(i)
		c.wave(blend(near, paper, share), 0, 320, y, 9-1.5*float64(i), 1.3+0.35*float64(i), phase+1.9*float64(i), 110)
	}
	return encode(c)
}

func inks(primary, accent string) (first, second color.NRGBA, err error) {
	for to, written := range map[*color.NRGBA]string{&first: primary, &second: accent} {
		to.A = 255
		if _, err := fmt.Sscanf(written, "#%02x%02x%02x", &to.R, &to.G, &to.B); err != nil {
			return first, second, fmt.Errorf("demo: colour %q: %w", written, err)
		}
	}
	return first, second, nil
}

// paper is what pictures are drawn on.
var paper = color.NRGBA{255, 252, 246, 255}

// blend is a colour with that share of the first.
func blend(a, b color.NRGBA, share float64) color.NRGBA {
	part := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*share + float64(y)*(1-share))) }
	return color.NRGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 255}
}

func encode(c canvas) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, c.NRGBA); err != nil {
		return nil, fmt.Errorf("demo: draw: %w", err)
	}
	return b.Bytes(), nil
}
