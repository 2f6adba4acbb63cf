package selection

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) agreeing() []site.Route {
	get, rank := fiber.MethodGet, policies.SelectionRank
	return []site.Route{
		{Method: get, Path: "/selection/:id/agreement", Action: rank, Handle: w.agreement},
		{Method: get, Path: "/selection/:id/agreement/instance", Action: rank, Handle: w.instance},
		{Method: get, Path: "/selection/:id/agreement/answer", Action: rank, Handle: w.answer},
		{Method: fiber.MethodPost, Path: "/selection/:id/agreement/adjustment", Action: policies.SelectionArrange, Handle: w.showAdjusted},
	}
}

func (w *Web) agreement(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	a, err := w.service.Agreement(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.agreement.title", a.Call)
	if done, err := w.tables(c, p, a); done {
		return err
	}
	return w.site.Render(c, agreementPage(p, a, w.ways(sc)))
}

// tables answers with a table of an agreement as a file, if one is asked for.
func (w *Web) tables(c *fiber.Ctx, p ui.Page, a Agreement) (done bool, err error) {
	query := web.Query(c)
	f, ok := sheets.ParseFormat(query.Raw("format"))
	if !ok {
		return false, nil
	}
	if p.Test != nil { // nothing is taken away from a rehearsal
		return true, fault.NotFound()
	}
	t := habitTable(p, a)
	if query.Raw("of") == "measures" {
		t = measureTable(p, a)
	}
	b, err := t.Write(f, p.Loc)
	if err != nil {
		return true, err
	}
	return true, web.File(c, t.Name+" · "+a.Call.Name(p.Loc.Locale)+"."+string(f), f.MediaType(), b)
}

func (w *Web) instance(c *fiber.Ctx, sc tenants.Scope) error {
	return w.solved(c, sc, "agreement.json", w.service.Instance)
}

func (w *Web) answer(c *fiber.Ctx, sc tenants.Scope) error {
	return w.solved(c, sc, "agreement-answer.json", w.service.Answer)
}

func (w *Web) solved(c *fiber.Ctx, sc tenants.Scope, name string, get func(ctx context.Context, sc tenants.Scope, call ids.Call, criterion string) ([]byte, error)) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	b, err := get(c.UserContext(), sc, call, web.Query(c).Raw("of"))
	if err != nil {
		return err
	}
	return w.site.JSON(c, w.site.Page(c, sc, "selection.agreement.title"), name, b)
}

func (w *Web) showAdjusted(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	show := form.Raw("show")
	if show != "yes" && show != "no" {
		return fault.Invalid("fault.bad_request")
	}
	return w.said(c, w.service.ShowAdjusted(c.UserContext(), sc, call, show == "yes"), "selection.agreement.saved", address(call, "agreement"))
}
