package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
)

// Scene is an invented picture, a PNG: hills under a low sun, of their own for each number.
func Scene(number uint64) ([]byte, error) {
	const width, height = 1200, 800
	r := rand.New(rand.NewPCG(number, 7)) //nolint:gosec // the same picture each time is what is wanted
	shade := func(c color.NRGBA, by float64) color.NRGBA {
		return color.NRGBA{uint8(float64(c.R) * by), uint8(float64(c.G) * by), uint8(float64(c.B) * by), 255}
	}
	skies := []color.NRGBA{{250, 214, 165, 255}, {178, 214, 232, 255}, {232, 196, 206, 255}, {205, 222, 190, 255}}
	grounds := []color.NRGBA{{96, 140, 96, 255}, {70, 120, 130, 255}, {150, 110, 80, 255}, {110, 100, 140, 255}}
	sky, ground := skies[number%uint64(len(skies))], grounds[(number/2)%uint64(len(grounds))]
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	sunX, sunY := 200+r.IntN(800), 160+r.IntN(140)
	for y := range height {
		for x := range width {
			c := shade(sky, 1-0.25*float64(y)/height)
			if math.Hypot(float64(x-sunX), float64(y-sunY)) < 70 {
				c = color.NRGBA{255, 244, 214, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	for hill := range 4 {
		base, high, long, shift := 380.0+float64(hill)*100, 40+r.Float64()*60, 160+r.Float64()*160, r.Float64()*6
		c := shade(ground, 1.15-0.2*float64(hill))
		for x := range width {
			top := base - high*math.Sin(float64(x)/long+shift) - high/3*math.Sin(float64(x)/long*2.7+shift*2)
			for y := max(0, int(top)); y < height; y++ {
				m.SetNRGBA(x, y, c)
			}
		}
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m)
	return b.Bytes(), err
}
