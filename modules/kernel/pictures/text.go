package pictures

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"path"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"kervan/modules/kernel/ui"
)

// bolds are the bold typeface's files, in the order in which they are asked for a letter.
var bolds = sync.OnceValues(func() ([]*sfnt.Font, error) {
	if err := ui.Built(); err != nil {
		return nil, fmt.Errorf("pictures: %w", err)
	}
	var all []*sfnt.Font
	for _, script := range []string{"latin", "latin-ext", "greek", "cyrillic", "vietnamese"} {
		file, ok := ui.Read(path.Base(ui.Asset("paper-"+script+"-700.ttf")), "")
		if !ok {
			return nil, errors.New("pictures: the typeface for " + script + " is not built")
		}
		parsed, err := opentype.Parse(file.Body)
		if err != nil {
			return nil, fmt.Errorf("pictures: read typeface: %w", err)
		}
		all = append(all, parsed)
	}
	return all, nil
})

// line is a text of one line, with its letters' files.
type line struct {
	text  string
	size  float64
	width float64
}

// setBold sets a text in one line, smaller where it would be wider than the room.
func setBold(text string, size, room float64) (line, error) {
	text = norm.NFC.String(text)
	width, err := widthOf(text, size)
	if err != nil {
		return line{}, err
	}
	if width > room && width > 0 {
		size *= room / width
		width = room
	}
	return line{text, size, width}, nil
}

// wrapBold sets a text in at most so many lines, smaller until it fits; what does not fit even then is cut.
func wrapBold(text string, size, room float64, most int) ([]line, error) {
	words := strings.Fields(norm.NFC.String(text))
	for ; ; size *= 0.9 {
		var lines []line
		now := line{size: size}
		for _, word := range words {
			longer := strings.TrimSpace(now.text + " " + word)
			width, err := widthOf(longer, size)
			if err != nil {
				return nil, err
			}
			if width > room && now.text != "" {
				lines = append(lines, now)
				if width, err = widthOf(word, size); err != nil {
					return nil, err
				}
				longer = word
			}
			now = line{longer, size, width}
		}
		lines = append(lines, now)
		fits := len(lines) <= most
		for _, l := range lines {
			fits = fits && l.width <= room
		}
		if fits || size < 24 {
			return lines[:min(len(lines), most)], nil
		}
	}
}

func widthOf(text string, size float64) (float64, error) {
	var width float64
	err := eachLetter(text, func(f *sfnt.Font, r rune, buffer *sfnt.Buffer) error {
		glyph, err := f.GlyphIndex(buffer, r)
		if err != nil {
			return err
		}
		advance, err := f.GlyphAdvance(buffer, glyph, fixed.I(1000), font.HintingNone)
		width += float64(advance) / 64 / 1000 * size
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("pictures: measure: %w", err)
	}
	return width, nil
}

// eachLetter gives each letter with the file that has it; one that none has is passed over.
func eachLetter(text string, do func(*sfnt.Font, rune, *sfnt.Buffer) error) error {
	all, err := bolds()
	if err != nil {
		return err
	}
	var buffer sfnt.Buffer
	for _, r := range text {
		for _, f := range all {
			glyph, err := f.GlyphIndex(&buffer, r)
			if err != nil {
				return err
			}
			if glyph == 0 {
				continue
			}
			if err := do(f, r, &buffer); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

func (l line) draw(out draw.Image, x, baseline float64, ink color.NRGBA) error {
	faces := map[*sfnt.Font]font.Face{}
	pen := &font.Drawer{Dst: out, Src: image.NewUniform(ink), Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(baseline * 64)}}
	err := eachLetter(l.text, func(f *sfnt.Font, r rune, _ *sfnt.Buffer) error {
		if faces[f] == nil {
			face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: l.size, DPI: 72, Hinting: font.HintingNone})
			if err != nil {
				return err
			}
			faces[f] = face
		}
		pen.Face = faces[f]
		pen.DrawString(string(r))
		return nil
	})
	if err != nil {
		return fmt.Errorf("pictures: draw letters: %w", err)
	}
	return nil
}
