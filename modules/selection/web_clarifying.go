package selection

import (
	"context"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) clarifyingRoutes() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []site.Route{
		{Method: get, Path: "/applications/:id/clarification", Action: policies.ApplicationReply, Handle: w.clarification},
		{Method: post, Path: "/applications/:id/clarification", Action: policies.ApplicationReply, Handle: w.ask},
		{Method: get, Path: "/selection/:id/clarifications", Action: policies.ClarificationList, Handle: w.clarifications},
		{Method: get, Path: "/selection/applications/:id/clarification", Action: policies.ClarificationAnswer, Handle: w.clarifyForm},
		{Method: post, Path: "/selection/applications/:id/clarification", Action: policies.ClarificationAnswer, Handle: w.clarify},
	}
}

func (w *Web) clarification(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showClarification(c, sc, "", nil)
}

func (w *Web) showClarification(c *fiber.Ctx, sc tenants.Scope, typed string, refused error) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	asking, err := w.service.Clarifying(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.clarify.title")
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return clarificationPage(p, asking, time.Now(), typed, f) })
}

func (w *Web) ask(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	question, bad := form.Text("question", MaxQuestion)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Ask(c.UserContext(), sc, id, question)
	}
	if err != nil {
		return w.showClarification(c, sc, form.Raw("question"), err)
	}
	w.site.Say(c, "success", "selection.clarify.sent")
	return web.SeeOther(c, clarifyAddress(id))
}

func (w *Web) clarifications(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCall(c)
	if err != nil {
		return err
	}
	call, list, all, err := w.service.Clarifications(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, clarificationsPage(w.page(c, sc, "selection.clarifications.title", call), clarificationsView{Call: call, List: list, All: all, May: w.ways(sc)}))
}

func (w *Web) clarifyForm(c *fiber.Ctx, sc tenants.Scope) error { return w.showClarify(c, sc, "", nil) }

func (w *Web) showClarify(c *fiber.Ctx, sc tenants.Scope, typed string, refused error) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	call, q, err := w.service.Asked(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.clarifications.title", call)
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return answerPage(p, call, q, typed, f) })
}

func (w *Web) clarify(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	call, _, err := w.service.Asked(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	answer, bad := form.Text("answer", MaxAnswer)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Clarify(c.UserContext(), sc, id, answer)
	}
	if err != nil {
		return w.showClarify(c, sc, form.Raw("answer"), err)
	}
	w.site.Say(c, "success", "selection.clarify.answered")
	return web.SeeOther(c, address(call.ID, "clarifications"))
}

// Aftermath shows the people of an application what they can do about its decision; nothing where there is nothing.
func (w *Web) Aftermath(ctx context.Context, sc tenants.Scope, p ui.Page, id ids.Application) (templ.Component, error) {
	c, err := w.service.Clarifying(ctx, sc, id)
	if fault.Is(err, fault.KindNotFound) || err == nil && c.Asked == nil && !c.Open(time.Now()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return clarifyCard(p, c), nil
}
