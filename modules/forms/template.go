package forms

import (
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// TemplateKinds are the kinds of file that may be offered to be filled in.
var TemplateKinds = []string{"pdf", "docx", "odt", "xlsx", "ods"}

// MostTemplateBytes is how large a file may be that is offered to be filled in.
const MostTemplateBytes = 10_000_000

// Template is a file that a question offers: to be downloaded, filled in and given as the answer. Its content is kept
// elsewhere, by its id, and belongs to the network: it does not travel with the definition.
type Template struct {
	ID   ids.Template `json:"id"`
	Name string       `json:"name"`
	Size int64        `json:"size"` // in bytes
}

// Kind is what the file is: "docx".
func (t Template) Kind() string { return strings.TrimPrefix(path.Ext(t.Name), ".") }

// Href is the address at which a template is read.
func (t Template) Href() string { return "/templates/" + t.ID.String() }

// mostTemplateName is how long the name of a template may be, in characters: as long as those of documents.
const mostTemplateName = 125

func (t Template) sound() bool {
	return !t.ID.IsZero() && t.Size > 0 && t.Size <= MostTemplateBytes && utf8.RuneCountInString(t.Name) <= mostTemplateName && slices.Contains(TemplateKinds, t.Kind())
}

// TemplateIn is the file that is offered to whoever reads a language: that of the language, else of the first of the others
// that has one; false when none is offered.
func (q *Question) TemplateIn(l i18n.Locale, others ...i18n.Locale) (Template, bool) {
	for _, one := range append([]i18n.Locale{l}, others...) {
		if t, ok := q.Template[one]; ok {
			return t, true
		}
	}
	for _, one := range slices.Sorted(maps.Keys(q.Template)) {
		return q.Template[one], true
	}
	return Template{}, false
}

// OpenToAll reports whether everybody who may read the form may know what the question asks, and so what it offers. Who asks
// for a question's template is held to it.
func (q *Question) OpenToAll() bool { return !q.Later() }

// Offers reports whether a question that everybody may read offers the template.
func (d *Definition) Offers(id ids.Template) bool {
	return d.any(func(q *Question) bool {
		for _, t := range q.Template {
			if t.ID == id && q.OpenToAll() {
				return true
			}
		}
		return false
	})
}

// Templates are all that the form offers, each once, in no particular order.
func (d *Definition) Templates() []ids.Template {
	seen := map[ids.Template]bool{}
	d.any(func(q *Question) bool {
		for _, t := range q.Template {
			seen[t.ID] = true
		}
		return false
	})
	return slices.Collect(maps.Keys(seen))
}

// Bare is the definition without its templates, which are a network's own; the definition itself stays as it is.
func (d *Definition) Bare() *Definition {
	if len(d.Templates()) == 0 {
		return d
	}
	return d.changed(func(q *Question) { q.Template = nil })
}

// Offering is the definition with the templates of another one, question by question, where it still asks for a file.
func (d *Definition) Offering(of *Definition) *Definition {
	return d.changed(func(q *Question) {
		if was, _, _ := of.Question(q.Key); q.Type == TypeFile && was != nil && was.Type == TypeFile {
			q.Template = was.Template
		}
	})
}

// templates checks that only questions for files offer some, and that these are such as can be offered.
func (c *checker) templates(where string, q *Question) {
	if len(q.Template) > 0 && q.Type != TypeFile {
		c.report(where, "forms.check.template_unused")
		return
	}
	for _, l := range slices.Sorted(maps.Keys(q.Template)) {
		if _, ok := i18n.ParseLocale(string(l)); !ok || !q.Template[l].sound() {
			c.report(where, "forms.check.template")
			return
		}
	}
}

// Offer is a template as a page and a paper tell of it, in the reader's words.
type Offer struct {
	Text string // "Download the template (DOCX, 45 kB)"
	Note string // the same where nothing can be downloaded
	Name string
	Href string
}

func (l layout) offer(q *Question) *Offer {
	t, ok := q.TemplateIn(l.loc.Locale, l.d.Locales...)
	if !ok || q.Type != TypeFile {
		return nil
	}
	kind, size := strings.ToUpper(t.Kind()), l.loc.Bytes(t.Size)
	return &Offer{
		Text: l.loc.T("forms.template.download", "Kind", kind, "Size", size), Note: l.loc.T("forms.template.note", "Name", t.Name, "Size", size), Name: t.Name, Href: t.Href(),
	}
}

func (f field) offer() *Offer { return layout{loc: f.ui.Loc, d: f.e.Definition}.offer(f.q) }

// TemplateFacts are a question's templates for those who design it, one for each language that has one: "Deutsch: a.docx (45 kB)".
func TemplateFacts(loc *i18n.Localizer, q *Question) []string {
	var facts []string
	for _, l := range i18n.All {
		if t, ok := q.Template[l]; ok {
			facts = append(facts, l.Name()+": "+t.Name+" ("+loc.Bytes(t.Size)+")")
		}
	}
	return facts
}
