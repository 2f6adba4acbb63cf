package programs

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

const anonymityTitle = "programs.anonymity.title"

func (w *Web) anonymityForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	v, err := w.service.Veiled(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, anonymityPage(w.site.Page(c, sc, anonymityTitle), v, typed{}))
}

func (w *Web) conceal(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", 500)
	if err = checked(bad); err == nil {
		err = w.service.Conceal(c.UserContext(), sc, id, shown, Anonymity{On: form.Ticked("anonymous"), Hidden: form.All("hidden"), Reason: reason})
	}
	if err == nil {
		w.site.Say(c, "success", "programs.saved")
		return web.SeeOther(c, address(id, "rules"))
	}
	if fault.Is(err, fault.KindNotFound) {
		return err
	}
	v, missing := w.service.Veiled(c.UserContext(), sc, id)
	if missing != nil {
		return missing
	}
	v.Call.Version = shown
	return w.refuse(c, sc, err, form, anonymityTitle, func(p ui.Page, t typed) templ.Component { return anonymityPage(p, v, t) })
}
