package pictures

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// File is one drawn picture: its name ends as its media type does.
type File struct {
	Name string
	Body []byte
}

// The names of what is drawn. Pages show LogoLight on light ground and LogoDark on dark; mails and papers, LogoPaper.
const (
	LogoLight  = "logo.png"
	LogoDark   = "logo-dark.png"
	LogoPaper  = "logo-paper.png"
	HeaderFile = "header.jpg"
	Icon32     = "icon-32.png"
	Icon180    = "icon-180.png"
	Icon512    = "icon-512.png"
	SocialFile = "social.jpg"
)

// Names lists what is served.
var Names = []string{LogoLight, LogoDark, LogoPaper, HeaderFile, Icon32, Icon180, Icon512, SocialFile}

// Source is the picture as it was brought, at most 1024 pixels long, from which more is drawn later. It is never served.
const Source = "source.png"

var (
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	night = color.NRGBA{0x1b, 0x23, 0x2c, 0xff} // the dark theme's paper
)

// Logo draws a logo for pages, mails and papers. Where too much of it could not be seen on a ground, and the ground shines
// through, it gets a plate to stand on.
func Logo(picture *image.NRGBA) ([]File, error) {
	source, large, small := fit(picture, 1024, 1024), fit(picture, 640, 192), fit(picture, 360, 144)
	drawn := []struct {
		name    string
		picture *image.NRGBA
		ground  color.NRGBA
	}{{LogoLight, large, white}, {LogoDark, large, night}, {LogoPaper, small, white}}
	b, err := asPNG(source)
	if err != nil {
		return nil, err
	}
	all := []File{{Source, b}}
	for _, d := range drawn {
		b, err := asPNG(standing(d.picture, d.ground))
		if err != nil {
			return nil, err
		}
		all = append(all, File{d.name, b})
	}
	return all, nil
}

// Header draws a header picture for pages, with white where it is transparent.
func Header(picture *image.NRGBA) (File, image.Point, error) {
	small := fit(picture, 1600, 900)
	opaque := image.NewRGBA(small.Rect)
	draw.Draw(opaque, opaque.Rect, image.NewUniform(white), image.Point{}, draw.Src)
	draw.Draw(opaque, opaque.Rect, small, image.Point{}, draw.Over)
	b, err := asJPEG(opaque)
	return File{HeaderFile, b}, small.Rect.Size(), err
}

// Seen is the least contrast at which a shape is seen on its ground (WCAG 2.2, 1.4.11 asks 3 of what must be understood; a
// logo need only be noticed).
const seen = 1.6

// hidden is the share of a picture's paint that cannot be seen on the ground, and the share of it that is paint at all.
func hidden(picture *image.NRGBA, ground color.NRGBA) (lost, paint float64) {
	under := luminance(ground)
	var bad float64
	for i := 0; i+3 < len(picture.Pix); i += 4 {
		alpha := float64(picture.Pix[i+3]) / 255
		if alpha == 0 {
			continue
		}
		paint += alpha
		over := luminance(color.NRGBA{picture.Pix[i], picture.Pix[i+1], picture.Pix[i+2], 255})
		if (math.Max(over, under)+0.05)/(math.Min(over, under)+0.05) < seen {
			bad += alpha
		}
	}
	if paint == 0 {
		return 1, 0
	}
	return bad / paint, paint / float64(len(picture.Pix)/4)
}

var linear = func() (table [256]float64) {
	for i := range table {
		c := float64(i) / 255
		if c <= 0.04045 {
			table[i] = c / 12.92
		} else {
			table[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return table
}()

func luminance(c color.NRGBA) float64 {
	return 0.2126*linear[c.R] + 0.7152*linear[c.G] + 0.0722*linear[c.B]
}

// standing is the picture as it can be seen on the ground.
func standing(picture *image.NRGBA, ground color.NRGBA) *image.NRGBA {
	lost, paint := hidden(picture, ground)
	if paint > 0.98 || lost < 0.25 {
		return picture
	}
	plate := white
	if onNight, _ := hidden(picture, night); onNight < lostOn(picture, white) {
		plate = night
	}
	return plated(picture, plate)
}

func lostOn(picture *image.NRGBA, ground color.NRGBA) float64 {
	lost, _ := hidden(picture, ground)
	return lost
}

// plated puts a picture on a plate with a margin and round corners.
func plated(picture *image.NRGBA, plate color.NRGBA) *image.NRGBA {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	margin := max(4, min(w, h)/8)
	out := image.NewNRGBA(image.Rect(0, 0, w+2*margin, h+2*margin))
	fillRound(out, out.Rect, float64(margin), plate)
	draw.Draw(out, picture.Rect.Add(image.Pt(margin, margin)), picture, image.Point{}, draw.Over)
	return out
}

// fillRound fills a rectangle with round corners, smooth at their edges.
func fillRound(out draw.Image, r image.Rectangle, radius float64, fill color.NRGBA) {
	mask := image.NewAlpha(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			px, py := float64(x)+0.5, float64(y)+0.5
			dx := math.Max(0, math.Max(float64(r.Min.X)+radius-px, px-float64(r.Max.X)+radius))
			dy := math.Max(0, math.Max(float64(r.Min.Y)+radius-py, py-float64(r.Max.Y)+radius))
			inside := math.Max(0, math.Min(1, radius-math.Hypot(dx, dy)+0.5))
			if dx == 0 || dy == 0 {
				inside = 1
			}
			mask.SetAlpha(x, y, color.Alpha{uint8(math.Round(inside * 255))})
		}
	}
	draw.DrawMask(out, r, image.NewUniform(fill), image.Point{}, mask, r.Min, draw.Over)
}
