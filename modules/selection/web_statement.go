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

func (w *Web) stating() []site.Route {
	return []site.Route{
		{Method: fiber.MethodGet, Path: "/reviews/:id/statement", Action: policies.ReviewQueue, Handle: w.statement},
		{Method: fiber.MethodPost, Path: "/reviews/:id/statement", Action: policies.ReviewWrite, Handle: w.state},
		{Method: fiber.MethodPost, Path: "/reviews/:id/statement/agreement", Action: policies.ReviewWrite, Handle: w.agree},
	}
}

func (w *Web) statement(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showStatement(c, sc, nil, nil)
}

// showStatement shows what the reviewers say together, with what was typed and why it was refused.
func (w *Web) showStatement(c *fiber.Ctx, sc tenants.Scope, typed map[string]string, refused error) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	t, err := w.service.Statement(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.statement.title")
	if refused == nil {
		return w.site.Render(c, statementPage(p, t, nil, nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return statementPage(p, t, typed, f) })
}

func (w *Web) state(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	t, err := w.service.Statement(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, k := range t.Call.Criteria {
		typed[k.Key] = form.Raw(statementField(k.Key))
	}
	err = w.service.State(c.UserContext(), sc, id, form.Raw("base"), typed)
	if err != nil {
		return w.showStatement(c, sc, typed, err)
	}
	w.site.Say(c, "success", "selection.statement.saved")
	return web.SeeOther(c, reviewAddress(id, "statement"))
}

func (w *Web) agree(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return w.said(c, w.service.Agree(c.UserContext(), sc, id, form.Raw("content")), "selection.statement.agreed", reviewAddress(id, "statement"))
}
