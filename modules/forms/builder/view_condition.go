package builder

import (
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/ui"
)

// line is one line of a condition as the page shows it.
type shownLine struct {
	Line

	Of    *forms.Question
	Tests []Test
}

func (d *Desk) lines(c *forms.Condition) ([]shownLine, bool, bool) {
	lines, ok := LinesOf(c)
	var shown []shownLine
	for _, line := range lines.Lines {
		q, _, _ := find(d.Definition, line.Question)
		if q != nil {
			q = q.Shape()
		}
		shown = append(shown, shownLine{line, q, tests(q)})
	}
	return shown, lines.Any, ok
}

func (l shownLine) takesValue() bool {
	return l.Of != nil && l.Test != Answered && l.Test != NotAnswered
}

// answers are what a line may be compared with; nil for anything typed.
func (d *Desk) answers(p ui.Page, l shownLine) []ui.Option {
	var all []ui.Option
	add := func(value, label string) {
		all = append(all, ui.Option{Value: value, Label: label, Selected: slices.Contains(l.Values, value)})
	}
	switch {
	case l.Of.Type == forms.TypeConsent || l.Of.Type == forms.TypeDeclaration:
		add("yes", p.T("builder.when.given"))
		add("no", p.T("builder.when.not_given"))
	case len(l.Of.Options) > 0:
		for _, o := range l.Of.Options {
			add(o.Value, valueInWords(p.Loc, d.Definition, l.Of, o.Value))
		}
	case l.Of.Countried():
		for _, country := range forms.Countries(p.Loc.Locale) {
			add(country.Code, country.Name)
		}
	}
	return all
}

func (l shownLine) first() string {
	if len(l.Values) == 0 {
		return ""
	}
	return l.Values[0]
}
