package selection

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) wishing() []site.Route {
	return []site.Route{
		{Method: fiber.MethodPost, Path: "/selection/:id/automatic/wishes", Action: policies.SelectionArrange, Handle: w.askForWishes},
		{Method: fiber.MethodGet, Path: "/reviews/wishes/:call", Action: policies.ReviewQueue, Handle: w.wishes},
		{Method: fiber.MethodPost, Path: "/reviews/wishes/:call", Action: policies.ReviewQueue, Handle: w.wish},
	}
}

func wishAddress(call ids.Call) string { return "/reviews/wishes/" + call.String() }

const wishField = "wish-"

func (w *Web) askForWishes(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return w.said(c, w.service.AskForWishes(c.UserContext(), sc, call, form.Raw("on") == "yes"), "selection.agreement.saved", address(call, "automatic"))
}

func (w *Web) wishes(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseOwn(c)
	if err != nil {
		return err
	}
	v, err := w.service.Wishing(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.site.Render(c, wishesPage(w.page(c, sc, "selection.wishes.title", v.About), v))
}

func (w *Web) wish(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseOwn(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	said := map[ids.Application]Wish{}
	for name := range form.Values() {
		if text, ok := strings.CutPrefix(name, wishField); ok {
			if id, err := ids.Parse[ids.Application](text); err == nil {
				said[id] = Wish(form.Raw(name))
			}
		}
	}
	return w.said(c, w.service.Wish(c.UserContext(), sc, call, said), "selection.wishes.saved", wishAddress(call))
}
