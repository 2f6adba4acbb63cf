package forms

import (
	"net/url"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// field is one question, or one cell, as it is drawn.
type field struct {
	ui     ui.Page
	e      *Editing
	q      *Question
	ref    string // of the question; empty for a cell
	name   string
	values url.Values
	closed bool // shown, but not to be written in
}

func (f field) words(t i18n.Text) Words {
	return layout{loc: f.ui.Loc, d: f.e.Definition}.words(t)
}

func (f field) text(t i18n.Text) string { return f.words(t).Text }

func (f field) at(key string) field {
	c, _ := f.q.Column(key)
	return field{ui: f.ui, e: f.e, q: c, name: member(f.name, key), values: f.values, closed: f.closed}
}

// basis is the ui field that every kind of input starts from.
func (f field) basis() ui.Field {
	hint := f.text(f.q.Help)
	return ui.Field{
		Name: f.name, Label: f.text(f.q.Label), Hint: hint, Value: f.values.Get(f.name), Error: ui.FieldError(f.ui, f.e.Fault, f.name),
		Required: f.q.Required || f.q.Type == TypeDeclaration, Disabled: f.closed, Words: f.q.Words, Chars: f.q.Chars,
	}
}

func (f field) line() ui.Field {
	b := f.basis()
	switch f.q.Format {
	case FormatEmail:
		b.Type, b.InputMode = "email", "email"
	case FormatURL:
		b.InputMode = "url"
	case FormatPhone:
		b.Type, b.InputMode = "tel", "tel"
	case FormatNone, FormatYear:
	}
	return b
}

func (f field) area() ui.Field {
	b := f.basis()
	b.Rows = min(max(f.q.Words/25, 4), 14)
	return b
}

func (f field) number() ui.Field {
	b := f.basis()
	b.InputMode, b.Short = "decimal", true
	if f.q.Decimals == 0 {
		b.InputMode = "numeric"
	}
	if unit := f.text(f.q.Unit); unit != "" {
		b.Label += " (" + unit + ")"
	}
	return b
}

func (f field) date() ui.Field {
	b := f.basis()
	b.Type, b.Short, b.Min, b.Max = "date", true, f.q.Min, f.q.Max
	if b.Value != "" && !isDay(b.Value) {
		b.Type = "text" // shows what was typed, so that it can be put right
	}
	return b
}

func (f field) options() []ui.Option {
	chosen := f.values[f.name]
	if f.q.Type == TypeCountry && len(f.q.Options) == 0 {
		return namesAsOptions(Countries(f.ui.Loc.Locale))
	}
	all := make([]ui.Option, len(f.q.Options))
	for i, o := range f.q.Options {
		all[i] = ui.Option{Value: o.Value, Label: layout{loc: f.ui.Loc, d: f.e.Definition}.option(f.q, o.Value), Hint: f.text(o.Hint), Selected: slices.Contains(chosen, o.Value)}
	}
	return all
}

func namesAsOptions(names []Name) []ui.Option {
	all := make([]ui.Option, len(names))
	for i, n := range names {
		all[i] = ui.Option{Value: n.Code, Label: n.Name}
	}
	return all
}

func (f field) chooser() ui.Field {
	b := f.basis()
	b.Options, b.Empty = f.options(), f.ui.T("forms.choose")
	return b
}

// few reports whether the options are so few that all of them are best shown at once.
func (f field) few() bool { return f.q.Type == TypeChoice && len(f.q.Options) <= 7 }

func (f field) amount() ui.Field {
	b := f.basis()
	b.InputMode, b.Short = "decimal", true
	if len(f.q.Currencies) == 1 {
		b.Label += " (" + f.q.Currencies[0] + ")"
	}
	return b
}

func (f field) currency() ui.Field {
	name := member(f.name, "currency")
	b := ui.Field{Name: name, Label: f.ui.T("forms.currency"), Value: f.values.Get(name), Required: true, Short: true, Disabled: f.closed}
	for _, c := range f.q.Currencies {
		b.Options = append(b.Options, ui.Option{Value: c, Label: c})
	}
	return b
}

func (f field) rank(i int) ui.Field {
	name := indexed(f.name, i)
	b := ui.Field{
		Name: name, Label: f.ui.T("forms.rank", "N", i+1), Value: f.values.Get(name), Empty: f.ui.T("forms.choose"), Options: f.options(),
		Required: i < max(f.q.Least, 1) && f.q.Required, Disabled: f.closed,
	}
	for j := range b.Options {
		b.Options[j].Selected = b.Options[j].Value == b.Value
	}
	return b
}

func (f field) ranks() int {
	if f.q.Most > 0 {
		return f.q.Most
	}
	return len(f.q.Options)
}

func (f field) spokenCode(i int) ui.Field {
	name := member(indexed(f.name, i), "code")
	return ui.Field{
		Name: name, Label: f.ui.T("forms.language"), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name), Required: true,
		Empty: f.ui.T("forms.choose"), Options: namesAsOptions(usualFirst(f.ui)), Disabled: f.closed,
	}
}

// usualFirst are all languages, those of the site first: they are what most people choose.
func usualFirst(p ui.Page) []Name {
	all := LanguageNames(p.Loc.Locale)
	var first []Name
	for _, l := range p.Languages {
		i := slices.IndexFunc(all, func(n Name) bool { return n.Code == l.Code })
		if i >= 0 {
			first, all = append(first, all[i]), slices.Delete(all, i, i+1)
		}
	}
	return append(first, all...)
}

func (f field) spokenLevel(i int) ui.Field {
	name := member(indexed(f.name, i), "level")
	b := ui.Field{
		Name: name, Label: f.ui.T("forms.language_level"), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name), Required: true,
		Empty: f.ui.T("forms.choose"), Disabled: f.closed,
	}
	for _, l := range Levels {
		b.Options = append(b.Options, ui.Option{Value: l, Label: LevelName(f.ui.Loc, l)})
	}
	return b
}

// lines is how many lines a list of languages shows: those that are filled, and one more.
func (f field) lines() int {
	r := reader{values: f.values}
	n := r.count(f.name) + 1
	if f.q.Most > 0 {
		n = min(n, f.q.Most)
	}
	return n
}

// shown is how many rows a table or people show.
func (f field) shown() int {
	r := reader{values: f.values}
	return max(r.count(f.name), f.q.Least, 1)
}

// full reports whether a table or people have as many rows as they may.
func (f field) full() bool { return f.q.Most > 0 && f.shown() >= f.q.Most }

func (f field) fixed() bool { return f.q.Least > 0 && f.q.Least == f.q.Most }

func (f field) item() string {
	return layout{loc: f.ui.Loc, d: f.e.Definition}.itemName(f.q)
}

// row is row i of a table or of people; the name of a template's row carries a placeholder for its number.
func (f field) row(index string) field {
	f.name = member(f.name, index)
	return f
}

func (f field) replacement() field {
	f.name = member(f.name, replacementKey)
	return f
}

func (f field) statement() ui.Field {
	b := f.basis()
	b.Checked = f.values.Get(f.name) != ""
	return b
}

func (f field) documents() []ids.Document {
	var all []ids.Document
	for _, text := range f.values[f.name+"[]"] {
		if id, err := ids.Parse[ids.Document](text); err == nil {
			all = append(all, id)
		}
	}
	return all
}

func (f field) document(id ids.Document) Document {
	if d, ok := f.e.Documents[id]; ok {
		return d
	}
	return Document{Name: f.ui.T("forms.document")}
}

func (f field) accept() string {
	if f.q.Files == nil {
		return ""
	}
	var all []string
	for _, kind := range f.q.Files.Kinds {
		all = append(all, "."+kind)
		if kind == "jpeg" {
			all = append(all, ".jpg")
		}
	}
	return strings.Join(all, ",")
}

func (f field) error() string { return ui.FieldError(f.ui, f.e.Fault, f.name) }

func (f field) id() string { return ui.Field{Name: f.name}.ID() }
