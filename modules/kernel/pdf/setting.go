package pdf

// atom is what is never divided: a line of text, of a table's row, of space to write in. X and y of draw are its upper
// left corner.
type atom struct {
	height float64
	before float64 // space above it; none at the top of a page
	keep   bool    // stays on the page of the next one
	over   []atom  // is repeated above it at the top of a page
	fresh  bool    // begins a page
	draw   func(c *canvas, x, y float64)
}

type placed struct {
	atom atom
	y    float64
}

// paginate puts atoms on pages. Atoms that keep together move to the next page together, unless they are higher than a
// page.
func paginate(atoms []atom) [][]placed {
	pages := [][]placed{nil}
	y, start := firstTop, firstTop
	for i := 0; i < len(atoms); {
		n, height := together(atoms[i:])
		atTop := y == start
		if atoms[i].fresh && !atTop || !atTop && y+atoms[i].before+height > bottom {
			pages = append(pages, nil)
			y, start = top, top
			atTop = true
		}
		for k, a := range atoms[i : i+n] {
			if !atTop {
				y += a.before
			}
			if atTop && len(pages) > 1 && k == 0 {
				for _, head := range a.over {
					pages[len(pages)-1] = append(pages[len(pages)-1], placed{head, y})
					y += head.height
				}
			}
			pages[len(pages)-1] = append(pages[len(pages)-1], placed{a, y})
			y += a.height
			atTop = false
		}
		i += n
	}
	return pages
}

// together counts the atoms that must share a page, and their height without the space above the first.
func together(atoms []atom) (n int, height float64) {
	const most = (bottom - top) * 0.6
	for n < len(atoms) {
		a := atoms[n]
		more := a.height
		if n > 0 {
			more += a.before
		}
		if n > 0 && height+more > most {
			return n, height
		}
		height += more
		n++
		if !a.keep {
			break
		}
	}
	return n, height
}

// setting turns blocks into atoms.
type setting struct {
	weights [2]weight
	brand   colour
	logo    extent
	beside  float64 // the room for the name beside the logo
}

// style is how a text looks.
type style struct {
	weight  int
	size    float64
	leading float64
	ink     colour
}

var (
	body  = style{regular, 9.5, 14, black}
	lead  = style{bold, 9.5, 14, black}
	small = style{regular, 8.25, 12, grey}
)

// height is that of one line's letters above its baseline, placed so that the line stands in the middle of its leading.
func (st style) baseline() float64 { return st.leading/2 + st.size*0.36 }

// lines sets a text. Its first two lines stay together, and its last two.
func (s *setting) lines(text string, st style, indent, room float64) []atom {
	if text == "" {
		return nil
	}
	wrapped := s.weights[st.weight].wrap(text, st.size, room)
	atoms := make([]atom, len(wrapped))
	for i, line := range wrapped {
		atoms[i] = atom{
			height: st.leading,
			keep:   i == 0 && len(wrapped) > 1 || i == len(wrapped)-2,
			draw: func(c *canvas, x, y float64) {
				c.text(st.weight, st.size, st.ink, x+indent, y+st.baseline(), line)
			},
		}
	}
	return atoms
}

// fit cuts a text to one line of that width.
func (s *setting) fit(text string, weight int, size, room float64) string {
	text = clean(text)
	if s.weights[weight].width(text, size) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && s.weights[weight].width(string(runes)+"…", size) > room {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (s *setting) title(p Paper) []atom {
	above := float64(len(s.weights[bold].wrap(p.Brand.Name, 11, s.beside))-1) * 14
	atoms := s.lines(p.Title, style{bold, 21, 26, black}, 0, column)
	for i := range atoms {
		atoms[i].keep = true
	}
	if len(atoms) > 0 && above > 0 {
		atoms = append([]atom{gap(above)}, atoms...)
	}
	if sub := s.lines(p.Subtitle, style{regular, 11, 16, grey}, 0, column); len(sub) > 0 {
		sub[0].before = 3
		atoms = append(atoms, sub...)
	}
	return append(atoms, atom{height: 6, keep: true, before: 8, draw: func(c *canvas, x, y float64) { c.box(x, y, 36, 2.4, s.brand) }})
}

func gap(height float64) atom {
	return atom{height: height, keep: true, draw: func(*canvas, float64, float64) {}}
}

// stay keeps all atoms on the page of what follows them.
func stay(atoms []atom) []atom {
	for i := range atoms {
		atoms[i].keep = true
	}
	return atoms
}

func spaced(before float64, atoms []atom) []atom {
	if len(atoms) > 0 {
		atoms[0].before = before
	}
	return atoms
}
