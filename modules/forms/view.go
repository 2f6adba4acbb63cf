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
	Candidates map[string][]Candidate // by what was typed (TypedOrganizations)
	Addresses  Addresses
	Disabled   bool // shown, but not to be written in
	// Open tells which questions may be written in; nil: all of them that are not frozen on the day.
	Open func(ref string) bool
	Day  i18n.Day // in the call's zone; the definition is that of the day (On)
}

// Document is a given document as the form shows it.
type Document struct {
	Name  string
	State string // a message key; empty: nothing to say
	Tone  string // of the state's badge
	Href  string // where it is read; empty: not yet
}

// Addresses are where the page's script sends things. Without Save the section has no script.
type Addresses struct {
	Save      string // PUT <Save>/<ref>
	Presence  string // POST
	Upload    string // POST, and <Upload>/<document>/finalization
	Page      string // the page to upload a document without a script: GET <Page>?question=<ref>
	SignIn    string
	Directory string // where organizations of the network are suggested
	Profile   string // the profile from which hidden questions take; empty: not the reader's to see
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

// fixed reports whether the items of a repeating section stay as many as they are.
func (e *Editing) fixed() bool {
	return e.Disabled || e.Open != nil || e.Section.since(e.Day) != ""
}

// closed reports whether the question is shown, but not to be written in.
func (e *Editing) closed(q *Question, ref string) bool {
	if e.Open != nil {
		return e.Disabled || !e.Open(ref)
	}
	return e.Disabled || q.Frozen(e.Day)
}

func (e *Editing) field(p ui.Page, q *Question, item int, values url.Values) field {
	ref := Ref(q.Key, item)
	return field{ui: p, e: e, q: q, ref: ref, name: FieldName(ref), values: values, closed: e.closed(q, ref)}
}

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
	q, ok := e.Section.question(ref)
	return ok && !q.Type.hidden()
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
	return Autosave(p, e.Sheet.ID.String(), e.Addresses)
}

// Autosave are the attributes of an element whose inputs save themselves while somebody writes: each box below it with
// data-question (the ref) and data-base (the version shown) is sent as a Sent. The sheet is the name under which this
// device keeps what could not be sent yet.
func Autosave(p ui.Page, sheet string, a Addresses) templ.Attributes {
	words := map[string]string{}
	for _, key := range []string{
		"forms.save.saved", "forms.save.saving", "forms.save.kept", "forms.save.refused", "forms.save.signed_out", "forms.save.sign_in",
		"forms.save.locked", "forms.save.clash", "forms.save.yours", "forms.save.theirs", "forms.save.keep_mine", "forms.save.take_theirs", "forms.save.gone", "forms.save.reload",
		"forms.save.also_here", "forms.file.sending", "forms.file.checking", "forms.file.failed", "forms.file.too_large",
		"forms.file.wrong_kind", "forms.file.too_many", "forms.file.retry", "forms.file.take_away",
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
		"data-autosave": true, "data-sheet": sheet, "data-save-url": a.Save, "data-presence-url": a.Presence,
		"data-upload-url": a.Upload, "data-sign-in-url": a.SignIn, "data-words-json": string(raw), "data-point": point,
	}
}

func asked(only []string, key string) bool { return only == nil || slices.Contains(only, key) }

// wide reports whether a cell takes the whole width of its row.
func wide(c *Question) bool {
	return c.Type == TypeLongText || c.Type == TypeMultiple || c.Type == TypeLanguages || c.Type == TypeSpan || c.Type == TypeMoney && len(c.Currencies) > 1
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
