package selection

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) keeping() []site.Route {
	get, rank := fiber.MethodGet, policies.SelectionRank
	return []site.Route{
		{Method: fiber.MethodPost, Path: "/selection/:id/agreement/kept", Action: rank, Handle: w.keep},
		{Method: get, Path: "/selection/:id/agreement/kept/:kept", Action: rank, Handle: w.kept},
		{Method: get, Path: "/selection/:id/agreement/kept/:kept/check", Action: rank, Handle: w.checkKept},
		{Method: get, Path: "/selection/:id/agreement/kept/:kept/instance", Action: rank, Handle: w.keptInstance},
		{Method: get, Path: "/selection/:id/agreement/kept/:kept/answer", Action: rank, Handle: w.keptAnswer},
	}
}

func parseKept(c *fiber.Ctx) (ids.Call, ids.Run, error) {
	call, err := parseCall(c)
	if err != nil {
		return call, ids.Run{}, err
	}
	id, err := ids.Parse[ids.Run](web.Param(c, "kept"))
	if err != nil {
		return call, id, fault.NotFound()
	}
	return call, id, nil
}

func (w *Web) keep(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	id, err := w.service.KeepAgreement(c.UserContext(), sc, call)
	if err != nil {
		return w.said(c, err, "", address(call, "agreement"))
	}
	return w.said(c, nil, "selection.kept.done", address(call, keptPath(id)))
}

func (w *Web) kept(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseKept(c)
	if err != nil {
		return err
	}
	k, err := w.service.KeptAgreement(c.UserContext(), sc, call, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.kept.title", k.Call)
	if done, err := w.tables(c, p, k.Agreement); done {
		return err
	}
	return w.site.Render(c, keptAgreementPage(p, k, w.ways(sc)))
}

func (w *Web) checkKept(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseKept(c)
	if err != nil {
		return err
	}
	k, err := w.service.KeptAgreement(c.UserContext(), sc, call, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.kept.check_title", k.Call)
	return w.site.Check(c, p, checkOfKept(p, k))
}

func (w *Web) keptInstance(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseKept(c)
	if err != nil {
		return err
	}
	of := web.Query(c).Raw("of")
	b, err := w.service.KeptInstance(c.UserContext(), sc, call, id, of)
	if err != nil {
		return err
	}
	return w.site.JSON(c, w.site.Page(c, sc, "selection.kept.title"), keptFile(of), b)
}

func (w *Web) keptAnswer(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseKept(c)
	if err != nil {
		return err
	}
	of := web.Query(c).Raw("of")
	b, err := w.service.KeptAnswer(c.UserContext(), sc, call, id, of)
	if err != nil {
		return err
	}
	return w.site.JSON(c, w.site.Page(c, sc, "selection.kept.title"), site.AnswerFile(keptFile(of)), b)
}
