package builder

import (
	"slices"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// Offer lets a question for documents offer a template to those who read a language, in the place of the one before; nil
// offers none. Faults: NotFound for a question that takes no documents, Invalid at "for" for a language that the form does not
// speak.
func Offer(d *forms.Definition, question string, l i18n.Locale, t *forms.Template) error {
	q, _, ok := find(d, question)
	if !ok || q.Type != forms.TypeFile {
		return fault.NotFound()
	}
	if t == nil {
		delete(q.Template, l)
		return nil
	}
	if !slices.Contains(d.Locales, l) {
		return fault.Invalid("fault.check_fields", fault.At("for", "fault.choose"))
	}
	if q.Template == nil {
		q.Template = map[i18n.Locale]forms.Template{}
	}
	q.Template[l] = *t
	return nil
}

func acceptsTemplates() string { return "." + strings.Join(forms.TemplateKinds, ",.") }

func templateLimits(p ui.Page) string {
	return p.T("builder.template_accepts", "Kinds", strings.ToUpper(strings.Join(forms.TemplateKinds, ", ")), "Size", p.Loc.Bytes(forms.MostTemplateBytes))
}
