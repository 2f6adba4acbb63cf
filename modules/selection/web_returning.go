package selection

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) returning() []site.Route {
	return []site.Route{
		{Method: fiber.MethodGet, Path: "/reviews/:id/return", Action: policies.ReviewDeclare, Handle: w.handBackForm},
		{Method: fiber.MethodPost, Path: "/reviews/:id/return", Action: policies.ReviewDeclare, Handle: w.handBack},
	}
}

func (w *Web) handBackForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showHandBack(c, sc, "", nil)
}

func (w *Web) showHandBack(c *fiber.Ctx, sc tenants.Scope, reason string, refused error) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if !d.Returnable() {
		return web.SeeOther(c, reviewAddress(id, ""))
	}
	p := w.site.Page(c, sc, "selection.return.title")
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return handBackPage(p, d, reason, f) })
}

func (w *Web) handBack(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxNote)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.HandBack(c.UserContext(), sc, id, reason), func() (bool, error) {
			return w.service.GivenBack(c.UserContext(), sc, id, reason)
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showHandBack(c, sc, form.Raw("reason"), err)
	}
	return w.said(c, err, "selection.return.done", "/reviews")
}
