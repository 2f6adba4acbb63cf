package programs

import (
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) againForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, err := w.service.forEdit(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, againPage(w.site.Page(c, sc, "programs.again.title"), call, time.Now(), typed{}))
}

func (w *Web) beginAgain(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	earlier, err := w.service.forEdit(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	cycle, bad := form.Text("cycle", 80)
	opens, more := instant(form, "opens", earlier.Location())
	err = checked(slices.Concat(bad, more))
	var call Call
	if err == nil {
		call, err = w.service.BeginAgain(c.UserContext(), sc, id, cycle, opens)
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.again.title", func(p ui.Page, t typed) templ.Component {
			return againPage(p, earlier, time.Now(), t)
		})
	}
	w.site.Say(c, "success", "programs.again.begun")
	return web.SeeOther(c, address(call.ID))
}
