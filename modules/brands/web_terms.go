package brands

import (
	"maps"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// termsView is the page of words, as they are saved or as they were typed.
type termsView struct {
	Own       i18n.Own
	Locales   []i18n.Locale
	Version   int64
	Suggested bool // forms were filled in, and nothing is saved
	Preview   bool
	Fault     *fault.Fault
}

// in speaks a language of the words, with them.
func (v termsView) in(p ui.Page, l i18n.Locale) *i18n.Localizer {
	return p.Loc.Speaking(l).Saying(i18n.NewWording(v.Own))
}

// word is what there is of a term's word; false: the standard one is used.
func (v termsView) word(term string, l i18n.Locale) (i18n.Word, bool) {
	w, ok := v.Own[term][l]
	return w, ok && w.Forms["one"] != ""
}

func (w *Web) terms(c *fiber.Ctx, sc tenants.Scope) error {
	t := sc.Tenant()
	return w.site.Render(c, termsPage(w.site.Page(c, sc, "brands.terms.title"), termsView{Own: t.Brand.Words, Locales: t.Locales, Version: t.Version}))
}

// changeTerms saves words, or shows how they would sound. What is missing of a word is filled in by the rules of its
// language and shown before it is saved.
func (w *Web) changeTerms(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v := termsView{Locales: sc.Tenant().Locales, Preview: form.Ticked("preview")}
	if v.Version, err = form.Version(); err != nil {
		return err
	}
	v.Own, v.Suggested = readWords(form, sc.Tenant())
	p := w.site.Page(c, sc, "brands.terms.title")
	switch bad := CheckWords(v.Own); {
	case len(bad) > 0:
		err = fault.Invalid("fault.check_fields", bad...)
	case v.Preview || v.Suggested:
		return w.site.Render(c, termsPage(p, v))
	default:
		err = w.service.ChangeWords(c.UserContext(), sc, v.Own, v.Version)
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			v.Fault, v.Suggested, v.Preview = f, false, false
			return termsPage(p, v)
		})
	}
	w.site.Say(c, "success", "brands.terms.saved")
	return web.SeeOther(c, "/settings/terms")
}

// readWords reads the words that were typed, and reports whether forms had to be filled in. Forms that were made of another
// word than the one that is typed now are made anew. Words in languages that the network does not offer just now stay.
func readWords(form web.Form, t tenants.Tenant) (own i18n.Own, suggested bool) {
	own = i18n.Own{}
	for _, term := range i18n.Terms {
		words := map[i18n.Locale]i18n.Word{}
		maps.Copy(words, t.Brand.Words[term])
		for _, l := range t.Locales {
			delete(words, l)
			typed := i18n.Word{Gender: gender(form.Raw(FormField(term, l, "gender"))), Forms: map[string]string{}}
			one := field(form, term, l, "one")
			if one == "" {
				continue
			}
			made := field(form, term, l, "of") + field(form, term, l, "of_gender")
			for _, name := range i18n.Shape(term, l) {
				if name == "one" || made == one+typed.Gender {
					typed.Forms[name] = field(form, term, l, name)
				}
			}
			full := typed.Suggest(term, l)
			for name, said := range full.Forms {
				suggested = suggested || said != "" && typed.Forms[name] == ""
			}
			words[l] = full
		}
		if len(words) > 0 {
			own[term] = words
		}
	}
	return own, suggested
}

func field(form web.Form, term string, l i18n.Locale, name string) string {
	return strings.Join(strings.Fields(form.Raw(FormField(term, l, name))), " ")
}
