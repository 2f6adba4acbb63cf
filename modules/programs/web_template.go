package programs

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// offerTemplate takes a file that a question is to offer. It works as a plain form, with a script and without.
func (w *Web) offerTemplate(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	u, err := web.ReadUpload(c, "file")
	if err != nil {
		return err
	}
	if err := w.bringTemplate(c, sc, id, u); err != nil {
		return w.refuseDesign(c, sc, id, u.Form, err)
	}
	w.site.Say(c, "success", "builder.template_done")
	return w.backToTemplates(c, sc, id, u.Form)
}

func (w *Web) bringTemplate(c *fiber.Ctx, sc tenants.Scope, id ids.Call, u web.Upload) error {
	l, ok := i18n.ParseLocale(u.Raw("for"))
	if !ok {
		return fault.Invalid("fault.check_fields", fault.At("for", "fault.choose"))
	}
	if u.File == nil {
		return fault.Invalid("fault.check_fields", fault.At("file", "interchange.none"))
	}
	content, err := u.File.Open()
	if err != nil {
		return fault.Internal(err)
	}
	defer func() { _ = content.Close() }()
	return w.service.Offer(c.UserContext(), sc, id, u.Raw("question"), l, Brought{Name: u.File.Filename, Size: u.File.Size, Content: content})
}

// removeTemplate lets a question offer no file to those who read a language.
func (w *Web) removeTemplate(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	l, ok := i18n.ParseLocale(form.Raw("for"))
	if !ok {
		return fault.NotFound()
	}
	w.site.Say(c, "success", "builder.template_gone")
	return w.redesign(c, sc, edit{below: "#fb-template", do: func(d *forms.Definition, at builder.Place, _ i18n.Locale) (builder.Place, error) {
		return at, builder.Offer(d, at.Question, l, nil)
	}})
}

func (w *Web) backToTemplates(c *fiber.Ctx, sc tenants.Scope, id ids.Call, form web.Form) error {
	d, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	in := d.Draft.Definition.Fallback()
	if l, ok := i18n.ParseLocale(form.Raw("language")); ok && slices.Contains(d.Draft.Definition.Locales, l) {
		in = l
	}
	return web.SeeOther(c, designAddress(id, builder.PlaceIn(d.Draft.Definition, form.Values()), in)+"#fb-template")
}
