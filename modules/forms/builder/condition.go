package builder

import (
	"slices"
	"strconv"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// Test is how a line compares an answer.
type Test string

// The tests of a line.
const (
	Is          Test = "is"
	IsNot       Test = "is_not"
	OneOf       Test = "one_of"
	Answered    Test = "answered"
	NotAnswered Test = "not_answered"
	Above       Test = "above"
	Below       Test = "below"
)

// Line is one comparison with an answer. A line without a question is still being put together.
type Line struct {
	Question string
	Test     Test
	Values   []string
}

// Lines is a condition as people put it together: all, or any, of a few comparisons.
type Lines struct {
	Any   bool
	Lines []Line
}

// LinesOf takes a condition apart; false for one that is nested deeper than lines can say.
func LinesOf(c *forms.Condition) (Lines, bool) {
	if c == nil {
		return Lines{}, true
	}
	if line, ok := lineOf(c); ok {
		return Lines{Lines: []Line{line}}, true
	}
	if c.Question != "" || c.Not != nil || len(c.All) > 0 && len(c.Any) > 0 {
		return Lines{}, false
	}
	found := Lines{Any: len(c.Any) > 0}
	for _, one := range append(slices.Clone(c.All), c.Any...) {
		line, ok := lineOf(&one)
		if !ok {
			return Lines{}, false
		}
		found.Lines = append(found.Lines, line)
	}
	return found, true
}

func lineOf(c *forms.Condition) (Line, bool) {
	if len(c.All) > 0 || len(c.Any) > 0 {
		return Line{}, false
	}
	if c.Not != nil {
		inner, ok := lineOf(c.Not)
		if !ok || c.Question != "" || inner.Test != Is {
			return Line{}, false
		}
		inner.Test = IsNot
		return inner, true
	}
	line := Line{Question: c.Question, Test: Is}
	switch {
	case c.Answered != nil && *c.Answered:
		line.Test = Answered
	case c.Answered != nil:
		line.Test = NotAnswered
	case len(c.In) > 0:
		line.Test, line.Values = OneOf, c.In
	case c.Above != "":
		line.Test, line.Values = Above, []string{c.Above}
	case c.Below != "":
		line.Test, line.Values = Below, []string{c.Below}
	case c.Equals != "":
		line.Values = []string{c.Equals}
	}
	return line, true
}

// Condition puts lines together; nil without lines.
func (l Lines) Condition() *forms.Condition {
	var all []forms.Condition
	for _, line := range l.Lines {
		all = append(all, line.condition())
	}
	switch {
	case len(all) == 0:
		return nil
	case len(all) == 1:
		return &all[0]
	case l.Any:
		return &forms.Condition{Any: all}
	default:
		return &forms.Condition{All: all}
	}
}

func (l Line) condition() forms.Condition {
	c := forms.Condition{Question: l.Question}
	first := ""
	if len(l.Values) > 0 {
		first = l.Values[0]
	}
	yes, no := true, false
	switch l.Test {
	case IsNot:
		return forms.Condition{Not: &forms.Condition{Question: l.Question, Equals: first}}
	case OneOf:
		c.In = slices.DeleteFunc(slices.Clone(l.Values), func(v string) bool { return v == "" })
	case Answered:
		c.Answered = &yes
	case NotAnswered:
		c.Answered = &no
	case Above:
		c.Above = first
	case Below:
		c.Below = first
	default:
		c.Equals = first
	}
	return c
}

// tests are those that make sense for a question, the most usual first.
func tests(q *forms.Question) []Test {
	if q == nil {
		return []Test{Is}
	}
	switch q = q.Shape(); {
	case q.Type.Grades():
		return []Test{Answered, NotAnswered}
	case len(q.Options) > 0 || q.Countried():
		return []Test{Is, IsNot, OneOf, Answered, NotAnswered}
	case q.Type == forms.TypeConsent || q.Type == forms.TypeDeclaration:
		return []Test{Is, IsNot}
	case sized(q.Type):
		return []Test{Above, Below, Answered, NotAnswered}
	case ordered(q.Type):
		return []Test{Above, Below, Is, IsNot, Answered, NotAnswered}
	case q.Type == forms.TypeShortText:
		return []Test{Answered, NotAnswered, Is, IsNot}
	default:
		return []Test{Answered, NotAnswered}
	}
}

func ordered(t forms.Type) bool {
	return t == forms.TypeNumber || t == forms.TypeMoney || t == forms.TypeDate || t == forms.TypeCalculated
}

// sized reports whether answers of the type are compared by how much they come to, and never equal it: a budget by its
// total, a range of dates by its days.
func sized(t forms.Type) bool { return t == forms.TypeBudget || t == forms.TypeSpan }

// watchable are the sections, each with the questions, that a condition of the place may look at.
func watchable(d *forms.Definition, p Place) []forms.Section {
	home, ok := d.Section(p.Section)
	if !ok {
		return nil
	}
	var found []forms.Section
	for i := range d.Sections {
		s := d.Sections[i]
		own := s.Key == home.Key
		if s.Scope != home.Scope || s.Repeat != nil && (!own || p.Question == "") || own && p.Question == "" {
			continue
		}
		s.Questions = slices.DeleteFunc(slices.Clone(s.Questions), func(q forms.Question) bool { return !q.Type.Asks() || q.Key == p.Question })
		if len(s.Questions) > 0 {
			found = append(found, s)
		}
	}
	return found
}

// InWords says a condition as a sentence: "“Are you registered?” is “Yes” and “Budget” is more than 1000".
func InWords(loc *i18n.Localizer, d *forms.Definition, c *forms.Condition) string {
	if c == nil {
		return ""
	}
	if line, ok := lineOf(c); ok {
		return lineInWords(loc, d, line)
	}
	if c.Not != nil {
		return loc.T("builder.when.not", "Words", InWords(loc, d, c.Not))
	}
	all, joint := c.All, "builder.when.and"
	if len(c.Any) > 0 {
		all, joint = c.Any, "builder.when.or"
	}
	parts := make([]string, len(all))
	for i := range all {
		parts[i] = InWords(loc, d, &all[i])
		if _, ok := lineOf(&all[i]); !ok {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+loc.T(joint)+" ")
}

func lineInWords(loc *i18n.Localizer, d *forms.Definition, line Line) string {
	q, _, ok := find(d, line.Question)
	if !ok {
		return loc.T("builder.when.unfinished")
	}
	var values []string
	for _, v := range line.Values {
		values = append(values, valueInWords(loc, d, q, v))
	}
	if len(values) == 0 && line.Test != Answered && line.Test != NotAnswered {
		values = []string{"…"}
	}
	test := string(line.Test)
	switch {
	case q.Type == forms.TypeSpan && line.Test == Above:
		test = "longer"
	case q.Type == forms.TypeSpan && line.Test == Below:
		test = "shorter"
	}
	return loc.T("builder.when.words."+test, "Question", name(loc, d, q.Label), "Value", strings.Join(values, ", "))
}

func valueInWords(loc *i18n.Localizer, d *forms.Definition, q *forms.Question, value string) string {
	q = q.Shape()
	for _, o := range q.Options {
		if o.Value == value && len(o.Label) > 0 {
			return name(loc, d, o.Label)
		}
	}
	switch q.Type {
	case forms.TypeConsent, forms.TypeDeclaration:
		if value == "yes" {
			return loc.T("builder.when.given")
		}
		return loc.T("builder.when.not_given")
	case forms.TypeCountry, forms.TypeAddress:
		return forms.CountryName(loc.Locale, value)
	case forms.TypeSpan:
		if n, err := strconv.Atoi(value); err == nil {
			return loc.N("builder.when.days", n)
		}
		return value
	default:
		return value
	}
}

// name is a text in the reader's language, or in one that there is; a nameless thing is called so.
func name(loc *i18n.Localizer, d *forms.Definition, t i18n.Text) string {
	if text := t.String(loc.Locale, d.Locales...); text != "" {
		return text
	}
	return loc.T("builder.nameless")
}
