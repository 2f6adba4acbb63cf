package forms

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// Editing is what a page needs to let somebody fill one section.
type Editing struct {
	Definition *Definition
	Section    *Section
	Sheet      Sheet
	Filled     Filled
	Typed      url.Values   // what was posted, when a refused page is shown again
	Fault      *fault.Fault // with the refused fields
	Clashes    []*Clash     // of a post without a script
	Names      map[ids.Person]string
	Documents  map[ids.Document]Document
	Addresses  Addresses
	Disabled   bool // shown, but not to be written in
}

// Document is a given document as the form shows it.
type Document struct {
	Name  string
	State string // in the reader's words
	Tone  string // of the state's badge
	Href  string // where it is read; empty: not yet
}

// Addresses are where the page's script sends things. Without Save the section has no script.
type Addresses struct {
	Save     string // PUT <Save>/<ref>
	Presence string // POST
	Upload   string // POST, and <Upload>/<document>/finalization
	Page     string // the page to upload a document without a script: GET <Page>?question=<ref>
	SignIn   string
}

// field is one question, or one cell, as it is drawn.
type field struct {
	ui     ui.Page
	e      *Editing
	q      *Question
	ref    string // of the question; empty for a cell
	name   string
	values url.Values
}

// inputs are the section's inputs by name: as posted where something was posted, else as kept.
func (e *Editing) inputs(loc *i18n.Localizer) url.Values {
	all := url.Values{}
	for _, item := range Items(e.Section, e.Filled.Answers) {
		for i := range e.Section.Questions {
			q := &e.Section.Questions[i]
			ref := Ref(q.Key, item)
			if _, posted := e.Typed["base["+ref+"]"]; posted {
				continue
			}
			maps.Copy(all, ToTyped(loc, q, ref, e.Filled.Answers[ref]))
		}
	}
	for name, values := range e.Typed {
		if strings.HasPrefix(name, "answers[") {
			all[name] = values
		}
	}
	return all
}

func (e *Editing) field(p ui.Page, q *Question, item int, values url.Values) field {
	ref := Ref(q.Key, item)
	return field{ui: p, e: e, q: q, ref: ref, name: FieldName(ref), values: values}
}

func (f field) words(t i18n.Text) Words {
	return layout{loc: f.ui.Loc, d: f.e.Definition}.words(t)
}

func (f field) text(t i18n.Text) string { return f.words(t).Text }

func (f field) at(key string) field {
	c, _ := f.q.Column(key)
	return field{ui: f.ui, e: f.e, q: c, name: member(f.name, key), values: f.values}
}

// basis is the ui field that every kind of input starts from.
func (f field) basis() ui.Field {
	hint := f.text(f.q.Help)
	return ui.Field{
		Name: f.name, Label: f.text(f.q.Label), Hint: hint, Value: f.values.Get(f.name), Error: ui.FieldError(f.ui, f.e.Fault, f.name),
		Required: f.q.Required || f.q.Type == TypeDeclaration, Disabled: f.e.Disabled, Words: f.q.Words, Chars: f.q.Chars,
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
	b := ui.Field{Name: name, Label: f.ui.T("forms.currency"), Value: f.values.Get(name), Required: true, Short: true, Disabled: f.e.Disabled}
	for _, c := range f.q.Currencies {
		b.Options = append(b.Options, ui.Option{Value: c, Label: c})
	}
	return b
}

func (f field) rank(i int) ui.Field {
	name := indexed(f.name, i)
	b := ui.Field{
		Name: name, Label: f.ui.T("forms.rank", "N", i+1), Value: f.values.Get(name), Empty: f.ui.T("forms.choose"), Options: f.options(),
		Required: i < max(f.q.Least, 1) && f.q.Required, Disabled: f.e.Disabled,
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
		Empty: f.ui.T("forms.choose"), Options: namesAsOptions(LanguageNames(f.ui.Loc.Locale)), Disabled: f.e.Disabled,
	}
}

func (f field) spokenLevel(i int) ui.Field {
	name := member(indexed(f.name, i), "level")
	b := ui.Field{
		Name: name, Label: f.ui.T("forms.language_level"), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name), Required: true,
		Empty: f.ui.T("forms.choose"), Disabled: f.e.Disabled,
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

// clash finds the clash of a post without a script.
func (e *Editing) clash(ref string) (*Clash, bool) {
	for _, c := range e.Clashes {
		if c.Ref == ref {
			return c, true
		}
	}
	return nil, false
}

// base is the version that the page shows: after a clash that of the other person, so that pressing save again decides.
func (e *Editing) base(ref string) string {
	if c, ok := e.clash(ref); ok {
		return itoa64(c.Version)
	}
	return itoa64(e.Filled.Versions[ref])
}

func (e *Editing) clashed(p ui.Page, c *Clash) Clashed {
	name := e.Names[c.By]
	if name == "" {
		name = p.T("forms.save.somebody")
	}
	return c.Describe(p.Loc, e.Definition, name)
}

// rule is a condition as the page's script evaluates it. What looks at other sections is settled already.
type rule struct {
	All      []rule   `json:"all,omitempty"`
	Any      []rule   `json:"any,omitempty"`
	Not      *rule    `json:"not,omitempty"`
	Fixed    *bool    `json:"fixed,omitempty"`
	Ref      string   `json:"ref,omitempty"`
	Equals   string   `json:"equals,omitempty"`
	In       []string `json:"in,omitempty"`
	Answered *bool    `json:"answered,omitempty"`
	Above    string   `json:"above,omitempty"`
	Below    string   `json:"below,omitempty"`
}

func (e *Editing) rule(c *Condition, item int, sight *Sight) *rule {
	if c == nil {
		return nil
	}
	r := &rule{Not: e.rule(c.Not, item, sight)}
	for i := range c.All {
		r.All = append(r.All, *e.rule(&c.All[i], item, sight))
	}
	for i := range c.Any {
		r.Any = append(r.Any, *e.rule(&c.Any[i], item, sight))
	}
	if c.Question == "" {
		return r
	}
	if ref := Ref(c.Question, item); e.here(ref) {
		r.Ref, r.Equals, r.In, r.Answered, r.Above, r.Below = ref, c.Equals, c.In, c.Answered, c.Above, c.Below
		return r
	}
	holds := sight.holds(c, item, e.Section)
	r.Fixed = &holds
	return r
}

func (e *Editing) here(ref string) bool {
	_, ok := e.Section.question(ref)
	return ok
}

// conditionOf is the question's condition for the script; empty where it has none.
func (e *Editing) conditionOf(q *Question, item int, sight *Sight) string {
	if q.Condition == nil {
		return ""
	}
	raw, err := json.Marshal(e.rule(q.Condition, item, sight))
	if err != nil {
		return ""
	}
	return string(raw)
}

// sight looks at the section as it stands on the page: with what was just posted.
func (e *Editing) sight(loc *i18n.Localizer) *Sight {
	if e.Typed == nil {
		return See(e.Definition, e.Section.Scope, e.Filled.Answers)
	}
	all := Answers{}
	maps.Copy(all, e.Filled.Answers)
	maps.Copy(all, FromPost(loc, e.Section, e.Typed).Answers)
	return See(e.Definition, e.Section.Scope, all)
}

// attributes carry the addresses and words of the page's script.
func (e *Editing) attributes(p ui.Page) templ.Attributes {
	if e.Addresses.Save == "" || e.Disabled {
		return templ.Attributes{}
	}
	words := map[string]string{}
	for _, key := range []string{
		"forms.save.saved", "forms.save.saving", "forms.save.kept", "forms.save.refused", "forms.save.signed_out", "forms.save.sign_in",
		"forms.save.locked", "forms.save.clash", "forms.save.yours", "forms.save.theirs", "forms.save.keep_mine", "forms.save.take_theirs",
		"forms.save.also_here", "forms.file.sending", "forms.file.checking", "forms.file.failed", "forms.file.too_large",
		"forms.file.wrong_kind", "forms.file.too_many", "forms.file.retry",
	} {
		words[key[strings.LastIndexByte(key, '.')+1:]] = p.T(key)
	}
	words["remove"] = p.T("forms.remove", "Name", "{name}")
	raw, err := json.Marshal(words)
	if err != nil {
		return templ.Attributes{}
	}
	point, _ := p.Loc.Separators()
	return templ.Attributes{
		"data-autosave": true, "data-sheet": e.Sheet.ID.String(), "data-save-url": e.Addresses.Save, "data-presence-url": e.Addresses.Presence,
		"data-upload-url": e.Addresses.Upload, "data-sign-in-url": e.Addresses.SignIn, "data-words-json": string(raw), "data-point": point,
	}
}

func asked(only []string, key string) bool { return only == nil || slices.Contains(only, key) }

// wide reports whether a cell takes the whole width of its row.
func wide(c *Question) bool {
	return c.Type == TypeLongText || c.Type == TypeMultiple || c.Type == TypeLanguages || c.Type == TypeMoney && len(c.Currencies) > 1
}

func maxBytes(q *Question) int64 {
	if q.Files == nil {
		return 0
	}
	return q.Files.MaxBytes
}

func langOf(w Words) templ.Attributes {
	if w.Lang == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"lang": w.Lang, "class": "k-fallback"}
}
