package programs

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) revisionForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	r, err := w.service.Revision(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, revisionPage(w.site.Page(c, sc, "programs.reform.title"), r, typed{}))
}

func (w *Web) reform(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	draft, err := strconv.ParseInt(form.Raw("draft"), 10, 64)
	if err != nil {
		draft = -1 // no draft has it
	}
	reason, bad := form.Text("reason", 500)
	if err = checked(bad); err == nil {
		err = w.service.Reform(c.UserContext(), sc, id, shown, draft, reason)
	}
	if err != nil {
		r, failed := w.service.Revision(c.UserContext(), sc, id)
		if failed != nil {
			return failed
		}
		return w.refuse(c, sc, err, form, "programs.reform.title", func(p ui.Page, t typed) templ.Component { return revisionPage(p, r, t) })
	}
	w.site.Say(c, "success", "programs.reform.done")
	return web.SeeOther(c, address(id))
}

// compared is one thing of a question or section that differs, in one language where it is a text.
type compared struct {
	Name          string
	Lang          string // of both texts; empty: the page's own
	Before, After string
}

// piece is a section, a question, or neither.
type piece struct {
	section  *forms.Section
	question *forms.Question
}

func pieceOf(d *forms.Definition, c forms.Change) piece {
	if c.Question != "" {
		q, s, _ := d.Question(c.Question)
		return piece{s, q}
	}
	s, _ := d.Section(c.Section)
	return piece{section: s}
}

// changeTitle is what the change is about, in the reader's language: the question's words, or the section's.
func changeTitle(p ui.Page, r Revision, c forms.Change) string {
	for _, d := range []*forms.Definition{r.After, r.Before} {
		at := pieceOf(d, c)
		switch {
		case at.question != nil:
			return at.question.Label.String(p.Loc.Locale, d.Locales...)
		case at.section != nil && c.Question == "":
			return at.section.Title.String(p.Loc.Locale, d.Locales...)
		}
	}
	return c.Section
}

// comparedIn lists what differs, field by field and language by language.
func comparedIn(p ui.Page, r Revision, c forms.Change) []compared {
	var all []compared
	before, after := pieceOf(r.Before, c), pieceOf(r.After, c)
	for _, field := range c.Fields {
		name := p.T("programs.reform.field.other")
		if key := "programs.reform.field." + field; p.Loc.Has(key) {
			name = p.T(key)
		}
		texts := false
		for _, l := range eitherOf(r.After.Locales, r.Before.Locales) {
			old, young, is := before.text(field, l), after.text(field, l), after.isText(field)
			if field == "template" && replaced(before.question, after.question, l) {
				young = p.T("programs.reform.template_new", "Name", young)
			}
			if texts = texts || is; is && old != young {
				all = append(all, compared{Name: name + " (" + l.Name() + ")", Lang: string(l), Before: old, After: young})
			}
		}
		if !texts {
			all = append(all, compared{Name: name, Before: before.said(p.Loc, r.Before, field), After: after.said(p.Loc, r.After, field)})
		}
	}
	return all
}

// eitherOf are the languages of two lists, each once.
func eitherOf(a, b []i18n.Locale) []i18n.Locale {
	all := slices.Clone(a)
	for _, l := range b {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return all
}

// textField is one of the texts of a section or question, by its name in JSON.
func (at piece) textField(field string) (i18n.Text, bool) {
	if q := at.question; q != nil {
		texts := map[string]i18n.Text{"label": q.Label, "help": q.Help, "example": q.Example, "why": q.Why, "unit": q.Unit, "item": q.Item}
		t, ok := texts[field]
		return t, ok
	}
	if s := at.section; s != nil {
		texts := map[string]i18n.Text{"title": s.Title, "intro": s.Intro}
		t, ok := texts[field]
		return t, ok
	}
	return nil, false
}

func (at piece) isText(field string) bool {
	_, ok := at.textField(field)
	return ok || field == "options" || field == "statements" || field == "template"
}

// replaced reports whether another file of the same name is offered to those who read a language.
func replaced(before, after *forms.Question, l i18n.Locale) bool {
	if before == nil || after == nil {
		return false
	}
	was, is := before.Template[l], after.Template[l]
	return was.Name == is.Name && was.ID != is.ID
}

func (at piece) text(field string, l i18n.Locale) string {
	if field == "options" && at.question != nil {
		var lines []string
		for _, o := range at.question.Options {
			lines = append(lines, "• "+o.Label[l])
		}
		return strings.Join(lines, "\n")
	}
	if field == "statements" && at.question != nil {
		var lines []string
		for _, s := range at.question.Statements {
			lines = append(lines, "• "+s.Label[l])
		}
		return strings.Join(lines, "\n")
	}
	if field == "template" && at.question != nil {
		return at.question.Template[l].Name
	}
	t, _ := at.textField(field)
	return t[l]
}

// said is a rule of a question in words; empty where there is none, or none that a line could say.
func (at piece) said(loc *i18n.Localizer, d *forms.Definition, field string) string {
	q := at.question
	var condition *forms.Condition
	switch {
	case q != nil:
		condition = q.Condition
	case at.section != nil:
		condition = at.section.Condition
	default:
		return ""
	}
	if field == "calculation" {
		if q == nil {
			return ""
		}
		return forms.Formula(loc, d, q)
	}
	if field == "takes" {
		if q == nil || q.Takes == "" {
			return ""
		}
		return forms.SourceWords(loc, q.Takes)
	}
	if field == "condition" {
		if condition == nil {
			return loc.T("programs.reform.always")
		}
		return builder.InWords(loc, d, condition)
	}
	if q == nil {
		return ""
	}
	if field == "address" {
		return strings.Join(forms.PartFacts(loc, q), ", ")
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	switch field {
	case "required":
		if q.Required {
			return loc.T("programs.reform.yes")
		}
		return loc.T("programs.reform.no")
	case "words":
		return number(q.Words)
	case "chars":
		return number(q.Chars)
	case "least":
		return number(q.Least)
	case "most":
		return number(q.Most)
	case "decimals":
		return strconv.Itoa(q.Decimals)
	case "pattern":
		return q.Pattern
	case "min":
		return q.Min
	case "max":
		return q.Max
	case "asked":
		return forms.AskedOf(loc, q)
	case "visible_to":
		if names := forms.ReaderNames(loc, q); names != "" {
			return names
		}
		return loc.T("programs.reform.everybody")
	case "required_from":
		return dayOf(loc, q.RequiredFrom)
	case "frozen_from":
		return dayOf(loc, q.FrozenFrom)
	case "currencies":
		return strings.Join(q.Currencies, ", ")
	default:
		return ""
	}
}

func changeTone(kind forms.ChangeKind) string {
	switch kind {
	case forms.Added:
		return "success"
	case forms.Removed:
		return "danger"
	default:
		return "info"
	}
}

// dayOf is a day as the reader writes it; empty where there is none.
func dayOf(loc *i18n.Localizer, day string) string {
	if day == "" {
		return ""
	}
	return loc.Day(i18n.Day(day))
}
