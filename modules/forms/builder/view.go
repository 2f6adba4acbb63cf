package builder

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
)

// Desk is what a page of the builder shows.
type Desk struct {
	Base       string // the address below which the builder's forms are posted
	Definition *forms.Definition
	Version    int64
	Place      Place
	Language   i18n.Locale // in which texts are written and the preview speaks
	Problems   []forms.Problem
	Undo, Redo *forms.Step
	Names      string       // of others who are here; filled by the page's script
	Typed      *web.Form    // what was refused
	Fault      *fault.Fault // … and why
	Clash      *Clash
	Deleting   bool            // whether the place is to go though others depend on it
	Note       templ.Component // above the builder; nil: none
}

// href leads to a place of the builder, in the desk's language.
func (d *Desk) href(p Place) templ.SafeURL {
	return templ.SafeURL(d.Base + "/edit?" + strings.TrimPrefix(p.Query()+"&language="+string(d.Language), "&"))
}

// in is the desk's place in another language.
func (d *Desk) in(l i18n.Locale) string {
	return d.Base + "/edit?" + strings.TrimPrefix(d.Place.Query()+"&language="+string(l), "&")
}

func (d *Desk) languageTabs() []ui.Tab {
	var tabs []ui.Tab
	for _, l := range d.Definition.Locales {
		tabs = append(tabs, ui.Tab{Label: l.Name(), Href: d.in(l), Current: l == d.Language})
	}
	return tabs
}

// raw is what was typed into a refused field, or what stands there.
func (d *Desk) raw(name, kept string) string {
	if d.Typed != nil && d.Typed.Has(name) {
		return d.Typed.Raw(name)
	}
	return kept
}

func (d *Desk) error(p ui.Page, name string) string { return ui.FieldError(p, d.Fault, name) }

// question is the question or column that is shown: as typed, where that met another change.
func (d *Desk) question() *forms.Question {
	if d.Clash != nil {
		if q, ok := d.Clash.Mine.(*forms.Question); ok {
			return q
		}
	}
	q, _, err := at(d.Definition, d.Place)
	if err != nil {
		return nil
	}
	return q
}

func (d *Desk) section() *forms.Section {
	if d.Clash != nil {
		if s, ok := d.Clash.Mine.(*forms.Section); ok {
			return s
		}
	}
	s, _ := d.Definition.Section(d.Place.Section)
	return s
}

// was is the place as it stands now, so that what is sent next is held against it.
func (d *Desk) was() string {
	if d.Place.Question == "" {
		if s, ok := d.Definition.Section(d.Place.Section); ok {
			return Was(s)
		}
		return ""
	}
	q, _, err := at(d.Definition, d.Place)
	if err != nil {
		return ""
	}
	return Was(q)
}

func (d *Desk) name(p ui.Page, t i18n.Text) string { return name(p.Loc, d.Definition, t) }

// nameOf is what a place is called.
func (d *Desk) nameOf(p ui.Page, place Place) string {
	if place.Question == "" {
		if s, ok := d.Definition.Section(place.Section); ok {
			return d.name(p, s.Title)
		}
		return p.T("builder.form")
	}
	q, _, err := at(d.Definition, place)
	if err != nil {
		return p.T("builder.nameless")
	}
	return d.name(p, q.Label)
}

// written is a text in the desk's language, and how it stands in another one that may help.
func (d *Desk) written(t i18n.Text) (text, other string, in i18n.Locale) {
	if text = t[d.Language]; text != "" {
		return text, "", d.Language
	}
	other, in = t.In(d.Definition.Fallback(), d.Definition.Locales...)
	return "", other, in
}

// settings are those of a group that fit the question.
func settings(q *forms.Question, group string) []*Setting {
	var found []*Setting
	for i := range Settings {
		if s := &Settings[i]; s.Group == group && s.fits(q) {
			found = append(found, s)
		}
	}
	return found
}

func hint(p ui.Page, s *Setting) string {
	if key := "builder.setting." + s.Name + "_hint"; p.Loc.Has(key) {
		return p.T(key)
	}
	return ""
}

func (d *Desk) field(p ui.Page, s *Setting, q *forms.Question) ui.Field {
	f := ui.Field{Name: s.Name, Label: p.T("builder.setting." + s.Name), Hint: hint(p, s), Error: d.error(p, s.Name), Required: true}
	switch {
	case s.Text != nil:
		text, other, in := d.written(*s.Text(q))
		f.Value, f.Lang, f.Chars, f.Rows = d.raw(s.Name, text), string(d.Language), s.Most, 2
		f.Attributes = templ.Attributes{"placeholder": other}
		if other != "" && in != d.Language {
			f.Hint = strings.TrimSpace(f.Hint + " " + p.T("builder.elsewhere", "Language", in.Name(), "Text", other))
		}
		f.Required = s.Name == "label"
	case s.Get != nil:
		f.Value = d.raw(s.Name, s.Get(p.Loc, q))
		if s.Options != nil {
			f.Options = s.Options(p.Loc, q)
			for i := range f.Options {
				f.Options[i].Selected = f.Options[i].Value == f.Value
			}
		}
		f.InputMode, f.Short = s.Input, true
		if s.Input == "date" {
			f.Type, f.InputMode = "date", ""
		}
	case s.Choose != nil:
		f.Options = s.Options(p.Loc, q)
	}
	return f
}

// typeOptions are the types that the place may be, by their names.
func typeOptions(p ui.Page, cell bool, current forms.Type) []ui.Option {
	types := forms.Types
	if cell {
		types = forms.CellTypes()
	}
	var all []ui.Option
	for _, t := range types {
		all = append(all, ui.Option{Value: string(t), Label: typeName(p, t), Selected: t == current})
	}
	return all
}

func typeName(p ui.Page, t forms.Type) string {
	if key := "builder.type." + string(t); p.Loc.Has(key) {
		return p.T(key)
	}
	return p.T("forms.type." + string(t))
}

// reading is a gentle word about a text that is hard to read; empty for one that is not.
func reading(p ui.Page, l i18n.Locale, text string) string {
	switch r := Read(l, text); {
	case r.Longest > 0:
		return p.N("builder.reading.long", r.Longest)
	case r.Hard:
		return p.T("builder.reading.hard")
	default:
		return ""
	}
}

// placeOf finds where a problem is.
func placeOf(d *forms.Definition, where string) Place {
	parts := strings.Split(where, "/")
	if len(parts) > 1 {
		values := url.Values{"question": {parts[1]}}
		if len(parts) > 2 {
			values.Set("column", parts[2])
		}
		if p := PlaceIn(d, values); p != (Place{}) {
			return p
		}
	}
	if p := PlaceIn(d, url.Values{"section": {parts[0]}}); p != (Place{}) {
		return p
	}
	return PlaceIn(d, url.Values{"question": {parts[0]}})
}

// complaint says what is wrong without any key: questions and offered answers by their names.
func (d *Desk) complaint(p ui.Page, problem forms.Problem) string {
	args := fault.Args{}
	for name, value := range problem.Args {
		text, ok := value.(string)
		if !ok {
			args[name] = value
			continue
		}
		switch name {
		case "Key":
			args[name] = d.called(p, text)
		case "Way":
			var names []string
			for key := range strings.SplitSeq(text, " → ") {
				names = append(names, d.called(p, key))
			}
			args[name] = strings.Join(names, " → ")
		case "Option":
			args[name] = d.offered(p, problem, text)
		default:
			args[name] = text
		}
	}
	return p.Loc.With(problem.Key, args)
}

func (d *Desk) called(p ui.Page, key string) string {
	if q, _, ok := find(d.Definition, key); ok {
		return p.T("builder.quoted", "Name", d.name(p, q.Label))
	}
	return p.T("builder.quoted", "Name", key)
}

func (d *Desk) offered(p ui.Page, problem forms.Problem, value string) string {
	of := placeOf(d.Definition, problem.Where)
	if key, ok := problem.Args["Key"].(string); ok {
		of = Place{Question: key}
	}
	if q, _, ok := find(d.Definition, of.Question); ok {
		return p.T("builder.quoted", "Name", valueInWords(p.Loc, d.Definition, q, value))
	}
	return p.T("builder.quoted", "Name", value)
}

// troubled are the places that have problems, and the sections that they stand in.
func (d *Desk) troubled() map[Place]bool {
	found := map[Place]bool{}
	for _, problem := range d.Problems {
		at := placeOf(d.Definition, problem.Where)
		found[at] = true
		found[Place{Section: at.Section, Question: at.Question}] = true
	}
	return found
}

// preview is the section as applicants fill it, in the desk's language.
func (d *Desk) preview(p ui.Page) (ui.Page, forms.Editing, bool) {
	s, ok := d.Definition.Section(d.Place.Section)
	p.Loc = p.Loc.Speaking(d.Language)
	return p, forms.Editing{Definition: d.Definition, Section: s, Addresses: forms.Addresses{Page: d.Base + "/edit"}}, ok
}

// words are those of the page's script.
func scriptWords(p ui.Page) string {
	words := map[string]string{}
	for _, name := range []string{"saving", "saved", "offline", "refused", "clash", "signed_out", "moved", "also_here", "also_in", "newer"} {
		words[name] = p.T("builder.script." + name)
	}
	raw, err := json.Marshal(words)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

func (d *Desk) sectionsFor(p ui.Page) []ui.Option {
	var all []ui.Option
	for i := range d.Definition.Sections {
		s := &d.Definition.Sections[i]
		if s.Key != d.Place.Section {
			all = append(all, ui.Option{Value: s.Key, Label: d.name(p, s.Title)})
		}
	}
	return all
}

// missing are the languages in which texts of a section are missing, with how many: "Deutsch: 3".
func missingWords(missing map[i18n.Locale]int, locales []i18n.Locale) string {
	var all []string
	for _, l := range locales {
		if n := missing[l]; n > 0 {
			all = append(all, fmt.Sprintf("%s: %d", l.Name(), n))
		}
	}
	return strings.Join(all, ", ")
}

func itoa(n int) string { return strconv.Itoa(n) }

// decimal is a number as the reader writes it.
func decimal(loc *i18n.Localizer, digits string) string {
	sign, _ := loc.Separators()
	return strings.ReplaceAll(digits, ".", sign)
}

// offered reports whether the question is among those of the sections.
func offered(sections []forms.Section, key string) bool {
	return slices.ContainsFunc(sections, func(s forms.Section) bool { return indexOf(s.Questions, key) >= 0 })
}
