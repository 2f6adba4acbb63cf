package pdf

import "strconv"

// Block is a part of a paper. The kinds are those of this package.
type Block interface {
	set(s *setting, room float64) []atom
}

// Heading heads what follows it and never stands alone at the foot of a page. Level is 1 to 3; the first two are listed
// in the reader's side bar.
type Heading struct {
	Level int
	Text  string
}

func (h Heading) set(s *setting, room float64) []atom {
	st, before := style{bold, 14, 19, s.brand}, 22.0
	switch h.Level {
	case 2:
		st, before = style{bold, 11, 16, black}, 16
	case 3:
		st, before = lead, 12
	}
	atoms := stay(spaced(before, s.lines(h.Text, st, 0, room)))
	if len(atoms) == 0 {
		return nil
	}
	if h.Level < 3 {
		draw := atoms[0].draw
		atoms[0].draw = func(c *canvas, x, y float64) {
			c.mark(h.Level-1, y, clean(h.Text))
			draw(c, x, y)
		}
	}
	return append(atoms, gap(3))
}

// Paragraph is running text; its line breaks are kept. A muted one says something beside the matter; one that leads
// stays on the page of what follows it.
type Paragraph struct {
	Text  string
	Muted bool
	Leads bool
}

func (p Paragraph) set(s *setting, room float64) []atom {
	st := body
	if p.Muted {
		st = small
	}
	atoms := spaced(7, s.lines(p.Text, st, 0, room))
	if p.Leads {
		return stay(atoms)
	}
	return atoms
}

// Facts are terms with their values, side by side.
type Facts []Fact

// Fact is one line of Facts.
type Fact struct {
	Term  string
	Value string
}

func (f Facts) set(s *setting, room float64) []atom {
	terms := room * 0.32
	var atoms []atom
	for i, fact := range f {
		row := s.row([]cell{{text: fact.Term, st: style{small.weight, 8.75, body.leading, grey}, room: terms - 12}, {text: fact.Value, st: body, x: terms, room: room - terms}}, room, i == 0)
		atoms = append(atoms, row...)
	}
	return spaced(9, atoms)
}

// List is a list of short texts, with numbers where the order matters.
type List struct {
	Numbered bool
	Items    []string
}

func (l List) set(s *setting, room float64) []atom {
	const indent = 16
	var atoms []atom
	for i, item := range l.Items {
		sign := "•"
		if l.Numbered {
			sign = strconv.Itoa(i+1) + "."
		}
		lines := s.lines(item, body, indent, room-indent)
		if len(lines) == 0 {
			continue
		}
		draw := lines[0].draw
		lines[0].draw = func(c *canvas, x, y float64) {
			c.text(body.weight, body.size, s.brand, x+1, y+body.baseline(), sign)
			draw(c, x, y)
		}
		atoms = append(atoms, spaced(2.5, lines)...)
	}
	return spaced(7, atoms)
}

// Signatures are lines to sign on, two side by side.
type Signatures []Signature

// Signature is one line to sign on. Under says what is to be written there: place, date and signature.
type Signature struct {
	Name  string
	Role  string
	Under string
}

func (sig Signatures) set(s *setting, room float64) []atom {
	const between, high = 28.0, 104.0
	width := (room - between) / 2
	var atoms []atom
	for i := 0; i < len(sig); i += 2 {
		pair := sig[i:min(i+2, len(sig))]
		atoms = append(atoms, atom{height: high, before: 12, draw: func(c *canvas, x, y float64) {
			for k, one := range pair {
				left := x + float64(k)*(width+between)
				c.rule(left, y+50, width, 0.7, grey)
				c.text(small.weight, 7.5, grey, left, y+60, s.fit(one.Under, regular, 7.5, width))
				c.text(lead.weight, lead.size, black, left, y+78, s.fit(one.Name, bold, lead.size, width))
				c.text(small.weight, small.size, grey, left, y+91, s.fit(one.Role, regular, small.size, width))
			}
		}})
	}
	return atoms
}

// Answer is a question with its answer, or with space to write one. Note stands small under the question: the limits, who
// is asked. Lines of Value are paragraphs; Choices are boxes to tick; Space is the number of lines to write on; Empty says
// that there is no answer. Inside holds blocks that belong to the answer, such as a table.
type Answer struct {
	Question string
	Help     string
	Note     string
	Value    []string
	Choices  []string
	Space    int
	Empty    string
	Inside   []Block
}

func (a Answer) set(s *setting, room float64) []atom {
	const indent, ruled = 11.0, 23.0
	atoms := stay(spaced(13, s.lines(a.Question, lead, 0, room)))
	atoms = append(atoms, stay(s.lines(a.Help, small, 0, room))...)
	atoms = append(atoms, stay(s.lines(a.Note, style{regular, 8.25, 12, s.brand}, 0, room))...)
	var inside []atom
	for _, text := range a.Value {
		inside = append(inside, spaced(3, s.lines(text, body, indent, room-indent))...)
	}
	inside = append(inside, s.lines(a.Empty, style{regular, body.size, body.leading, grey}, indent, room-indent)...)
	atoms = append(atoms, s.barred(inside)...)
	for _, choice := range a.Choices {
		lines := s.lines(choice, body, indent+16, room-indent-16)
		if len(lines) == 0 {
			continue
		}
		draw := lines[0].draw
		lines[0].draw = func(c *canvas, x, y float64) {
			c.frame(x+indent, y+2.6, 8.6)
			draw(c, x, y)
		}
		atoms = append(atoms, spaced(4, lines)...)
	}
	for i := range a.Space {
		atoms = append(atoms, atom{height: ruled, keep: i+1 < min(a.Space, 3), draw: func(c *canvas, x, y float64) {
			c.rule(x, y+ruled-1, room, 0.6, hairline)
		}})
	}
	for _, b := range a.Inside {
		for _, one := range b.set(s, room-indent) {
			draw, over := one.draw, one.over
			one.draw = func(c *canvas, x, y float64) { draw(c, x+indent, y) }
			one.over = make([]atom, len(over))
			for i, head := range over {
				drawHead := head.draw
				head.draw = func(c *canvas, x, y float64) { drawHead(c, x+indent, y) }
				one.over[i] = head
			}
			atoms = append(atoms, one)
		}
	}
	if len(atoms) > 0 && len(a.Inside) == 0 && len(inside) == 0 && len(a.Choices) == 0 && a.Space == 0 {
		atoms[len(atoms)-1].keep = false
	}
	return atoms
}

// barred draws a thin bar of the brand's colour beside what was answered.
func (s *setting) barred(atoms []atom) []atom {
	for i, a := range atoms {
		above := a.before
		if i == 0 {
			above = 0
		}
		atoms[i].draw = func(c *canvas, x, y float64) {
			c.box(x, y-above, 1.5, a.height+above, s.brand)
			a.draw(c, x, y)
		}
	}
	return spaced(4, atoms)
}

// Page begins a new page.
type Page struct{}

func (Page) set(*setting, float64) []atom {
	a := gap(0)
	a.fresh = true
	return []atom{a}
}
