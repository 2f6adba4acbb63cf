package builder

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// Sheet is what the page for translating a section shows.
type Sheet struct {
	Base       string
	Definition *forms.Definition
	Section    string
	Typed      map[string]string // by input, when the page is shown again
	Clashes    []string          // inputs whose text somebody else has changed meanwhile
	Fault      *fault.Fault
}

// perForm is how many texts one form of the page may hold, so that it stays below what a form may have.
const perForm = 250

func (s *Sheet) chunks() [][]Row {
	section, ok := s.Definition.Section(s.Section)
	if !ok {
		return nil
	}
	return slices.Collect(slices.Chunk(Rows(section), perForm))
}

func (s *Sheet) text(row Row, l i18n.Locale) string {
	if text, ok := s.Typed["text."+string(l)+"."+row.Path]; ok {
		return text
	}
	return (*row.Text)[l]
}

func (s *Sheet) lacks(row Row, l i18n.Locale) bool {
	return slices.Contains(row.Incomplete(s.Definition.Locales), l)
}

// asks is the question that a row belongs to, where the row itself does not say it.
func (s *Sheet) asks(p ui.Page, row Row) string {
	if row.Place.Question == "" || row.Path == "q."+row.Place.Question+".label" {
		return ""
	}
	q, _, ok := s.Definition.Question(row.Place.Question)
	if !ok {
		return ""
	}
	return name(p.Loc, s.Definition, q.Label)
}

// firstLacking is the input of the section's first text that still has to be translated.
func (s *Sheet) firstLacking() string {
	section, ok := s.Definition.Section(s.Section)
	if !ok {
		return ""
	}
	for _, row := range Rows(section) {
		if lacking := row.Incomplete(s.Definition.Locales); len(lacking) > 0 {
			return ui.Field{Name: "text." + string(lacking[0]) + "." + row.Path}.ID()
		}
	}
	return ""
}

// lines is how many lines a text needs in a column.
func (s *Sheet) lines(row Row, l i18n.Locale) string {
	longest := 0
	for _, other := range append(slices.Clone(s.Definition.Locales), l) {
		longest = max(longest, len([]rune(s.text(row, other)))/34+strings.Count(s.text(row, other), "\n")+1)
	}
	return itoa(min(longest, 12))
}

// was are the texts of rows as they stand now, by input.
func (s *Sheet) was(rows []Row) string {
	all := map[string]string{}
	for _, row := range rows {
		for _, l := range s.Definition.Locales {
			if text := (*row.Text)[l]; text != "" {
				all["text."+string(l)+"."+row.Path] = text
			}
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// theirs are the texts that somebody else has typed meanwhile.
func (s *Sheet) theirs() string {
	section, ok := s.Definition.Section(s.Section)
	if !ok {
		return ""
	}
	var all []string
	for _, row := range Rows(section) {
		for _, l := range s.Definition.Locales {
			if slices.Contains(s.Clashes, "text."+string(l)+"."+row.Path) {
				all = append(all, "“"+(*row.Text)[l]+"”")
			}
		}
	}
	return strings.Join(all, ", ")
}

// inBudget reports whether the place is a column of a budget.
func (d *Desk) inBudget() bool {
	q, _, ok := find(d.Definition, d.Place.Question)
	return ok && d.Place.Column != "" && q.Type == forms.TypeBudget
}

func percentText(o forms.Option) string {
	if o.Percent == 0 {
		return ""
	}
	return strconv.Itoa(o.Percent)
}

func (l entries) nth(p ui.Page, n int) string {
	if l.name == "statement" {
		return p.T("builder.statement_n", "N", n)
	}
	return p.T("builder.option_n", "N", n)
}

// explained names the explanation of an entry.
func (l entries) explained(p ui.Page) string {
	if l.name == "statement" {
		return p.T("builder.text.statement_hint")
	}
	return p.T("builder.text.option_hint")
}

// inWords is what an entry of the list is called.
func (l entries) inWords(p ui.Page, d *Desk, o forms.Option) string {
	if l.kind == forms.TypeCountry {
		return forms.CountryName(p.Loc.Locale, o.Value)
	}
	return d.name(p, o.Label)
}
