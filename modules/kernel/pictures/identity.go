package pictures

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strconv"
)

// Identity is what stands for a network outside its pages: in a browser's tab, on a phone's screen, beside a link.
type Identity struct {
	Name     string
	Initials string
	Ground   string       // #rrggbb, dark enough for white letters or light enough for black ones
	Accent   string       // #rrggbb
	Logo     *image.NRGBA // nil: none
	Header   *image.NRGBA // nil: none
}

// Draw draws the icons and the social picture.
func (i Identity) Draw() ([]File, error) {
	var all []File
	for name, side := range map[string]int{Icon32: 32, Icon180: 180, Icon512: 512} {
		icon, err := i.icon(side)
		if err != nil {
			return nil, err
		}
		b, err := asPNG(icon)
		if err != nil {
			return nil, err
		}
		all = append(all, File{name, b})
	}
	card, err := i.card()
	if err != nil {
		return nil, err
	}
	b, err := asJPEG(card)
	return append(all, File{SocialFile, b}), err
}

// icon is the logo on a white plate; where there is none, or it is so long that nobody could read it, the initials on the
// main colour.
func (i Identity) icon(side int) (*image.NRGBA, error) {
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	radius := float64(side) * 0.2
	if i.Logo != nil {
		if w, h := i.Logo.Rect.Dx(), i.Logo.Rect.Dy(); w < 2*h && h < 2*w {
			fillRound(out, out.Rect, radius, white)
			inner := side - 2*max(1, side/12)
			put(out, fit(standing(i.Logo, white), inner, inner), out.Rect)
			return out, nil
		}
	}
	ground := parse(i.Ground)
	fillRound(out, out.Rect, radius, ground)
	size := float64(side) * 0.46
	letters, err := setBold(i.Initials, size, float64(side)*0.86)
	if err != nil {
		return nil, err
	}
	return out, letters.draw(out, (float64(side)-letters.width)/2, float64(side)/2+letters.size*0.36, contrary(ground))
}

const (
	cardWidth  = 1200
	cardHeight = 630
)

func (i Identity) card() (*image.NRGBA, error) {
	out := image.NewNRGBA(image.Rect(0, 0, cardWidth, cardHeight))
	ground := parse(i.Ground)
	draw.Draw(out, out.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	band := out.Rect
	if i.Header != nil {
		band.Min.Y = 410
		draw.Draw(out, image.Rect(0, 0, cardWidth, band.Min.Y), cover(i.Header, cardWidth, band.Min.Y), image.Point{}, draw.Src)
	}
	draw.Draw(out, image.Rect(0, band.Min.Y, cardWidth, band.Min.Y+10), image.NewUniform(parse(i.Accent)), image.Point{}, draw.Src)
	left := 72
	if i.Logo != nil {
		box := image.Rect(left, band.Min.Y+52, left+250, band.Max.Y-52)
		logo := fit(standing(i.Logo, white), box.Dx()-40, min(box.Dy(), 220)-40)
		plate := image.Rect(0, 0, logo.Rect.Dx()+40, logo.Rect.Dy()+40)
		plate = plate.Add(image.Pt(left, band.Min.Y+(band.Dy()-plate.Dy())/2))
		fillRound(out, plate, 18, white)
		put(out, logo, plate)
		left = plate.Max.X + 52
	}
	lines, err := wrapBold(i.Name, 76, float64(cardWidth-left-72), band.Dy()/110)
	if err != nil {
		return nil, err
	}
	leading := lines[0].size * 1.2
	y := float64(band.Min.Y) + (float64(band.Dy())-leading*float64(len(lines)))/2 + lines[0].size*0.95
	for _, line := range lines {
		if err := line.draw(out, float64(left), y, contrary(ground)); err != nil {
			return nil, err
		}
		y += leading
	}
	return out, nil
}

// put draws a picture into the middle of a rectangle.
func put(out draw.Image, picture *image.NRGBA, into image.Rectangle) {
	at := into.Min.Add(image.Pt((into.Dx()-picture.Rect.Dx())/2, (into.Dy()-picture.Rect.Dy())/2))
	draw.Draw(out, picture.Rect.Add(at), picture, image.Point{}, draw.Over)
}

func parse(hex string) color.NRGBA {
	if len(hex) == 7 {
		if n, err := strconv.ParseUint(hex[1:], 16, 32); err == nil {
			return color.NRGBA{uint8(n >> 16 & 255), uint8(n >> 8 & 255), uint8(n & 255), 255}
		}
	}
	return night
}

// contrary is white or nearly black, whichever is read better on the ground.
func contrary(ground color.NRGBA) color.NRGBA {
	if l := luminance(ground); 1.05/(l+0.05) >= (l+0.05)/0.057 {
		return white
	}
	return color.NRGBA{0x14, 0x18, 0x1d, 0xff}
}

// Key is where a drawn picture lies below a network's prefix. Set is the hash of what it was drawn from.
func Key(prefix, set, name string) string { return fmt.Sprintf("%s%s/%s", prefix, set, name) }
