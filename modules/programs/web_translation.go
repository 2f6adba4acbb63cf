package programs

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// translatedChars is how long one translated text may be.
const translatedChars = 3000

func (w *Web) translationForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, translationPage(w.site.Page(c, sc, "builder.translation.title"), d, sheetOf(d, web.Query(c).Raw("section"))))
}

func sheetOf(d Design, section string) builder.Sheet {
	sheet := builder.Sheet{Base: address(d.Call.ID, "form"), Definition: d.Draft.Definition, Section: section}
	if _, ok := d.Draft.Definition.Section(section); !ok && len(d.Draft.Definition.Sections) > 0 {
		sheet.Section = d.Draft.Definition.Sections[0].Key
	}
	return sheet
}

// translate keeps the texts of a section in all languages; what somebody else has changed meanwhile is shown beside.
func (w *Web) translate(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	section, typed, bad := form.Raw("section"), map[string]string{}, []fault.Field(nil)
	was := map[string]string{}
	if err := json.Unmarshal([]byte(form.Raw("was")), &was); err != nil {
		return fault.Invalid("fault.bad_request")
	}
	for name := range form.Values() {
		if _, _, ok := builder.PathOf(name); ok {
			text, refused := form.Text(name, translatedChars)
			typed[name], bad = text, append(bad, refused...)
		}
	}
	var clashes []string
	err = checked(bad)
	if err == nil {
		err = w.service.Redesign(c.UserContext(), sc, id, false, func(d *forms.Definition) error {
			var err error
			clashes, err = builder.Translate(d, section, typed, was)
			return err
		})
	}
	if err == nil && len(clashes) == 0 {
		w.site.Say(c, "success", "builder.saved")
		return web.SeeOther(c, address(id, "form", "translation")+"?section="+section)
	}
	d, failed := w.service.Design(c.UserContext(), sc, id)
	if failed != nil {
		return failed
	}
	sheet := sheetOf(d, section)
	sheet.Typed, sheet.Clashes = typed, clashes
	p := w.site.Page(c, sc, "builder.translation.title")
	if err == nil {
		return web.Page(c, fiber.StatusConflict, translationPage(p, d, sheet))
	}
	f := fault.Of(err)
	sheet.Fault = f
	if f.Kind != fault.KindInvalid && f.Kind != fault.KindConflict {
		return err
	}
	return web.Page(c, web.Status(f), translationPage(p, d, sheet))
}
