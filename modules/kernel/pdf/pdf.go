package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// Paper is one document, in the language and the time zone of its Loc.
type Paper struct {
	Brand    ui.Brand
	Logo     []byte // a PNG for the letterhead; empty: the name alone
	Loc      *i18n.Localizer
	Title    string
	Subtitle string
	// Warning stands in a band above every page, such as that everything on it is invented; empty: none.
	Warning string
	// Made is the instant that the foot of every page tells; it is also the file's date.
	Made time.Time
	// Code names the paper, so that a printed copy can be found again; empty: none.
	Code string
	// VerifyURL is where a reader of the paper can check it, which the first page shows as a QR code, too; empty: nowhere.
	VerifyURL string
	Blocks    []Block
}

// Mark is what tells a paper from all others that say the same.
type Mark struct {
	Made      time.Time
	Code      string
	VerifyURL string
}

// Marked is the paper with that mark.
func (p Paper) Marked(m Mark) Paper {
	p.Made, p.Code, p.VerifyURL = m.Made, m.Code, m.VerifyURL
	return p
}

// Sizes in points. A page is A4.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 62.0
	column     = pageWidth - 2*margin
	firstTop   = 74.0
	top        = 82.0
	bottom     = pageHeight - 74
)

// Write makes the file. It fails only when the assets are not built.
func (p Paper) Write() ([]byte, error) {
	weights, err := faces()
	if err != nil {
		return nil, err
	}
	s := &setting{weights: weights, brand: ink(p.Brand), beside: column}
	if s.logo, err = measure(p.Logo); err != nil {
		return nil, err
	}
	if s.logo.width > 0 {
		s.beside = column - s.logo.width - 18
	}
	atoms := s.title(p)
	for _, b := range p.Blocks {
		atoms = append(atoms, b.set(s, column)...)
	}
	return p.draw(s, paginate(atoms))
}

func (p Paper) draw(s *setting, pages [][]placed) ([]byte, error) {
	doc := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: fpdf.SizeType{Wd: pageWidth, Ht: pageHeight}})
	doc.SetCatalogSort(true)
	doc.SetAutoPageBreak(false, 0)
	doc.SetMargins(0, 0, 0)
	doc.SetTitle(p.Title, true)
	doc.SetLang(string(p.Loc.Locale))
	doc.SetProducer("", false)
	doc.SetCreationDate(p.Made.UTC())
	doc.SetModificationDate(p.Made.UTC())
	c := &canvas{doc: doc, weights: s.weights, added: map[string]bool{}}
	for i, page := range pages {
		doc.AddPage()
		p.head(c, s, i)
		p.warn(c, s)
		for _, at := range page {
			at.atom.draw(c, margin, at.y)
		}
		if err := p.foot(c, i+1, len(pages)); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := doc.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: write: %w", err)
	}
	return out.Bytes(), nil
}

// head is the network's letterhead on the first page, and its name and the title on the others.
func (p Paper) head(c *canvas, s *setting, page int) {
	c.box(0, 0, pageWidth, 7, s.brand)
	if page == 0 {
		for i, line := range s.weights[bold].wrap(p.Brand.Name, 11, s.beside) {
			c.text(bold, 11, s.brand, margin, 46+float64(i)*14, line)
		}
		if s.logo.width > 0 {
			c.picture(p.Logo, margin+column-s.logo.width, 20+(logoHeight-s.logo.height)/2, s.logo)
		}
		return
	}
	name := s.fit(p.Brand.Name, bold, 8.5, column*0.45)
	c.text(bold, 8.5, s.brand, margin, 46, name)
	title := s.fit(p.Title, regular, 8.5, column*0.5)
	c.text(regular, 8.5, grey, margin+column-s.weights[regular].width(title, 8.5), 46, title)
	c.rule(margin, 56, column, 0.6, hairline)
}

func (p Paper) warn(c *canvas, s *setting) {
	if p.Warning == "" {
		return
	}
	c.box(0, 7, pageWidth, 14, amber)
	c.text(bold, 8, black, margin, 16.8, s.fit(p.Warning, bold, 8, column))
}

func (p Paper) foot(c *canvas, page, pages int) error {
	const size = 7.5
	y, room := pageHeight-40.0, column
	if page == 1 && p.VerifyURL != "" {
		square, err := draughtsboard(p.VerifyURL)
		if err != nil {
			return err
		}
		room -= codeSide + 14
		x := margin + column - codeSide + quietOf(square) // so that its squares end where the lines end
		c.board(square, x, pageHeight-codeSide-16, codeSide)
		c.doc.LinkString(x, pageHeight-codeSide-16, codeSide, codeSide, p.VerifyURL)
	}
	c.rule(margin, y-14, room, 0.6, hairline)
	count := p.Loc.T("ui.paper.page", "Page", strconv.Itoa(page), "Pages", strconv.Itoa(pages))
	line := count + "  ·  " + p.Loc.DateTime(p.Made)
	if p.Code != "" {
		line += "  ·  " + p.Code
	}
	c.text(regular, size, grey, margin, y, line)
	if p.VerifyURL == "" {
		return nil
	}
	for i, part := range c.weights[regular].wrap(p.Loc.T("ui.paper.verify", "URL", p.VerifyURL), size, room) {
		c.text(regular, size, grey, margin, y+11+10*float64(i), part)
		c.doc.LinkString(margin, y+3+10*float64(i), room, 10, p.VerifyURL)
	}
	return nil
}

// colour is red, green and blue, each of 255.
type colour [3]int

var (
	black    = colour{0x1a, 0x20, 0x27}
	grey     = colour{0x5b, 0x64, 0x70}
	hairline = colour{0xd5, 0xd9, 0xde}
	amber    = colour{0xff, 0xd9, 0x8a}
	white    = colour{0xff, 0xff, 0xff}
)

// ink is the brand's colour, dark enough to be read on paper.
func ink(b ui.Brand) colour {
	hex, _ := b.Button()
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return black
	}
	return colour{int(n >> 16 & 255), int(n >> 8 & 255), int(n & 255)}
}

const (
	regular = iota
	bold
)

// canvas draws on the page that was added last. Distances are in points from its upper left corner.
type canvas struct {
	doc     *fpdf.Fpdf
	weights [2]weight
	added   map[string]bool
}

func (c *canvas) text(weight int, size float64, ink colour, x, baseline float64, text string) {
	c.doc.SetTextColor(ink[0], ink[1], ink[2])
	for _, r := range c.weights[weight].runs(text, size) {
		c.font(r.script, size)
		c.doc.Text(x, baseline, r.text)
		x += r.width
	}
}

func (c *canvas) font(s *script, size float64) {
	if !c.added[s.name] {
		c.doc.AddUTF8FontFromBytes(s.name, "", s.bytes)
		c.added[s.name] = true
	}
	c.doc.SetFont(s.name, "", size)
}

func (c *canvas) rule(x, y, length, weight float64, ink colour) {
	c.box(x, y-weight/2, length, weight, ink)
}

func (c *canvas) box(x, y, width, height float64, ink colour) {
	c.doc.SetFillColor(ink[0], ink[1], ink[2])
	c.doc.Rect(x, y, width, height, "F")
}

func (c *canvas) frame(x, y, side float64) {
	c.doc.SetDrawColor(grey[0], grey[1], grey[2])
	c.doc.SetLineWidth(0.7)
	c.doc.Rect(x, y, side, side, "D")
}

// mark lists a heading in the reader's side bar.
func (c *canvas) mark(level int, y float64, text string) {
	c.font(c.weights[bold][0], 10)
	c.doc.Bookmark(text, level, y)
}
