package pdf

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"kervan/modules/kernel/ui"
)

// script is the part of the typeface that one font file holds, in one weight.
type script struct {
	name   string // as the document calls the font
	bytes  []byte
	widths map[rune]float64 // in parts of the font's size
}

// weight is one weight of the typeface, in the order in which its scripts are asked for a letter.
type weight []*script

const replacement = '\ufffd'

var scripts = []string{"latin", "latin-ext", "greek", "cyrillic", "vietnamese"}

var faces = sync.OnceValues(func() ([2]weight, error) {
	var both [2]weight
	for i, wght := range []string{"400", "700"} {
		for _, name := range scripts {
			s, err := read("paper-" + name + "-" + wght)
			if err != nil {
				return both, err
			}
			both[i] = append(both[i], s)
		}
	}
	return both, nil
})

func read(name string) (*script, error) {
	if err := ui.Built(); err != nil {
		return nil, err
	}
	file, ok := ui.Read(path.Base(ui.Asset(name+".ttf")), "")
	if !ok {
		return nil, errors.New("pdf: the typeface " + name + " is not built")
	}
	parsed, err := sfnt.Parse(file.Body)
	if err != nil {
		return nil, fmt.Errorf("pdf: read typeface %s: %w", name, err)
	}
	s := &script{name: name, bytes: file.Body, widths: map[rune]float64{}}
	var buffer sfnt.Buffer
	for r := rune(' '); r <= replacement; r++ {
		glyph, err := parsed.GlyphIndex(&buffer, r)
		if err != nil {
			return nil, fmt.Errorf("pdf: read typeface %s: %w", name, err)
		}
		if glyph == 0 {
			continue
		}
		const em = 1000
		advance, err := parsed.GlyphAdvance(&buffer, glyph, fixed.I(em), font.HintingNone)
		if err != nil {
			return nil, fmt.Errorf("pdf: read typeface %s: %w", name, err)
		}
		s.widths[r] = float64(advance) / 64 / em
	}
	return s, nil
}

// find is the script that has a letter, and the letter's width; a letter that none has is replaced.
func (w weight) find(r rune) (*script, rune, float64) {
	for _, s := range w {
		if width, ok := s.widths[r]; ok {
			return s, r, width
		}
	}
	return w[0], replacement, w[0].widths[replacement]
}

func (w weight) width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		_, _, width := w.find(r)
		sum += width
	}
	return sum * size
}

// run is a piece of a line that one font file can write.
type run struct {
	script *script
	text   string
	width  float64
}

func (w weight) runs(text string, size float64) []run {
	var all []run
	for _, r := range text {
		s, shown, width := w.find(r)
		if len(all) == 0 || all[len(all)-1].script != s {
			all = append(all, run{script: s})
		}
		last := &all[len(all)-1]
		last.text += string(shown)
		last.width += width * size
	}
	return all
}

// clean leaves what can be set: composed letters, line breaks, no tabs and nothing that is invisible.
func clean(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, string(replacement)))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\u202f', r == '\u2009':
			return ' '
		case r == '\u2011':
			return '-'
		case r == '\u00ad', unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		default:
			return r
		}
	}, text)
}

// wrap breaks a text into lines of at most that width: at spaces, behind hyphens and slashes, and inside a word only
// where the word alone is longer than a line.
func (w weight) wrap(text string, size, room float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(clean(text), "\n") {
		lines = append(lines, w.wrapOne(strings.TrimRight(paragraph, " "), size, room)...)
	}
	for len(lines) > 1 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func (w weight) wrapOne(text string, size, room float64) []string {
	var lines []string
	var line strings.Builder
	used := 0.0
	next := func() {
		lines = append(lines, strings.TrimRight(line.String(), " "))
		line.Reset()
		used = 0
	}
	for _, piece := range pieces(text) {
		needed := w.width(strings.TrimRight(piece, " "), size)
		if used > 0 && used+needed > room {
			next()
		}
		if needed <= room {
			line.WriteString(piece)
			used += w.width(piece, size)
			continue
		}
		for _, r := range piece {
			_, _, width := w.find(r)
			if used > 0 && used+width*size > room {
				next()
			}
			line.WriteRune(r)
			used += width * size
		}
	}
	next()
	return lines
}

// pieces cuts a text behind the places where a line may end.
func pieces(text string) []string {
	var all []string
	start := 0
	runes := []rune(text)
	for i, r := range runes {
		last := i+1 == len(runes)
		breaks := r == ' ' && !last && runes[i+1] != ' ' ||
			slices.Contains([]rune{'-', '/', '–', '@'}, r) && !last && unicode.IsLetter(runes[i+1]) && i > start
		if last || breaks {
			all = append(all, string(runes[start:i+1]))
			start = i + 1
		}
	}
	return all
}
