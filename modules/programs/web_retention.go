package programs

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

const retentionTitle = "programs.retention.title"

func (w *Web) retentionForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, err := w.service.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, retentionPage(w.site.Page(c, sc, retentionTitle), call, typed{}))
}

func (w *Web) retain(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	r, bad := readRetention(form)
	if err = checked(bad); err == nil {
		err = w.service.Retain(c.UserContext(), sc, id, shown, r)
	}
	if err == nil {
		w.site.Say(c, "success", "programs.saved")
		return web.SeeOther(c, address(id, "rules"))
	}
	call, missing := w.service.Call(c.UserContext(), sc, id)
	if missing != nil {
		return missing
	}
	call.Version = shown
	return w.refuse(c, sc, err, form, retentionTitle, func(p ui.Page, t typed) templ.Component { return retentionPage(p, call, t) })
}

// readRetention reads the months of each class; empty: none.
func readRetention(form web.Form) (Retention, []fault.Field) {
	r := Retention{}
	var bad []fault.Field
	for _, class := range forms.Expiring {
		name := string(class)
		if strings.TrimSpace(form.Raw(name)) == "" {
			continue
		}
		n, wrong := number(form, name)
		if len(wrong) == 0 && n == 0 {
			wrong = []fault.Field{fault.AtWith(name, "programs.between", fault.Args{"Low": 1, "High": blueprints.MostKept})}
		}
		r[class], bad = n, append(bad, wrong...)
	}
	return r, bad
}
