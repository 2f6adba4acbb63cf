package openings

import (
	"context"
	"embed"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// Locales are the module's words.
//
//go:embed locales
var Locales embed.FS

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the sites show of openings: a network the checklist of its call, the core what waits for its signature.
func (w *Web) Module() site.Module {
	get, post, core := fiber.MethodGet, fiber.MethodPost, tenants.KindCore
	read, open, sign := policies.CallRead, policies.CallOpen, policies.OpeningSign
	return site.Module{
		Name: "openings",
		Routes: []site.Route{
			{Method: get, Path: "/program/calls/:id/readiness", Action: read, Handle: w.checklist},
			{Method: post, Path: "/program/calls/:id/readiness", Action: open, Handle: w.sign},
			{Method: post, Path: "/program/calls/:id/readiness/withdrawal", Action: open, Handle: w.withdraw},
			{Method: get, Path: "/openings", Action: sign, Handle: w.requests, Only: core},
			{Method: get, Path: "/openings/:id", Action: sign, Handle: w.request, Only: core},
			{Method: post, Path: "/openings/:id/signature", Action: sign, Handle: w.answer("openings.countersigned", w.service.Countersign), Only: core},
			{Method: post, Path: "/openings/:id/return", Action: sign, Handle: w.answer("openings.returned", w.service.Return), Only: core},
		},
		Entries: []site.Entry{
			{Key: "openings.nav", Href: "/openings", Icon: "clipboard", Action: sign, Group: site.GroupProgram, Order: 34, Only: core},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

// tasks are the calls that wait for the core team's signature.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind != tenants.KindCore || !w.service.policies.MayEver(sc.Actor(), policies.OpeningSign) {
		return nil, nil
	}
	n, err := w.service.Waiting(ctx, sc)
	if err != nil || n == 0 {
		return nil, err
	}
	return []site.Task{{Title: loc.N("openings.task", n), Href: "/openings"}}, nil
}

func parse[I any](c *fiber.Ctx, read func(string) (I, error)) (I, error) {
	id, err := read(web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func address(id ids.Call) string { return "/program/calls/" + id.String() }

func (w *Web) checklist(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, ids.Parse[ids.Call])
	if err != nil {
		return err
	}
	l, err := w.service.Checklist(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, checklistPage(w.site.Page(c, sc, "openings.title"), l, w.service.MaySign(sc), "", nil))
}

func (w *Web) sign(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, ids.Parse[ids.Call])
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	remark, bad := form.Text("remark", RemarkChars)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Sign(c.UserContext(), sc, id, form.Raw("content"), form.Raw("confirmed") == "yes", remark)
	}
	if err != nil {
		l, failed := w.service.Checklist(c.UserContext(), sc, id)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "openings.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return checklistPage(p, l, w.service.MaySign(sc), form.Raw("remark"), f)
		})
	}
	w.site.Say(c, "success", "openings.signed")
	return web.SeeOther(c, address(id)+"/readiness")
}

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, ids.Parse[ids.Call])
	if err != nil {
		return err
	}
	if err := w.service.Withdraw(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "openings.withdrawn")
	return web.SeeOther(c, address(id)+"/readiness")
}

func (w *Web) requests(c *fiber.Ctx, sc tenants.Scope) error {
	found, err := w.service.Requests(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, requestsPage(w.site.Page(c, sc, "openings.requests.title"), found))
}

func (w *Web) request(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, ids.Parse[ids.Opening])
	if err != nil {
		return err
	}
	shown, err := w.look(c, sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, requestPage(w.site.Page(c, sc, "openings.request.title"), shown, "", nil))
}

func (w *Web) look(c *fiber.Ctx, sc tenants.Scope, id ids.Opening) (seen, error) {
	var s seen
	var err error
	s.request, s.from, s.program, err = w.service.Request(c.UserContext(), sc, id)
	return s, err
}

func (w *Web) answer(said string, do func(ctx context.Context, sc tenants.Scope, id ids.Opening, answer string) error) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		id, err := parse(c, ids.Parse[ids.Opening])
		if err != nil {
			return err
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		answer, bad := form.Text("answer", RemarkChars)
		if len(bad) > 0 {
			err = fault.Invalid("fault.check_fields", bad...)
		} else {
			err = do(c.UserContext(), sc, id, answer)
		}
		if err != nil {
			shown, failed := w.look(c, sc, id)
			if failed != nil {
				return failed
			}
			p := w.site.Page(c, sc, "openings.request.title")
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return requestPage(p, shown, form.Raw("answer"), f) })
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, "/openings")
	}
}
