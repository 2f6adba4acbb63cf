package rehearsal

import (
	"embed"
	"strconv"

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

// Module is what the site shows of rehearsals.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	edit := policies.CallEdit
	return site.Module{
		Name: "rehearsal",
		Routes: []site.Route{
			{Method: get, Path: "/program/calls/:id/rehearsal", Action: edit, Handle: w.show, Only: tenants.KindNetwork},
			{Method: post, Path: "/program/calls/:id/rehearsal", Action: edit, Handle: w.begin, Only: tenants.KindNetwork},
			{Method: get, Path: "/program/calls/:id/rehearsal/as/:part", Action: edit, Handle: w.enter, Only: tenants.KindNetwork},
			{Method: post, Path: "/program/calls/:id/rehearsal/removal", Action: edit, Handle: w.wipe, Only: tenants.KindNetwork},
		},
	}
}

func address(id ids.Call) string { return "/program/calls/" + id.String() }

func parse(c *fiber.Ctx) (ids.Call, error) {
	id, err := ids.Parse[ids.Call](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	s, err := w.service.State(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "rehearsal.title")
	if web.Fragment(c) && s.Exists && !s.Ready() && !s.Progress.Failed {
		return w.site.Render(c, progressPart(p, s))
	}
	if web.Fragment(c) {
		c.Set("HX-Refresh", "true")
	}
	return w.site.Render(c, page(p, s, strconv.Itoa(Proposed), nil))
}

func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(form.Raw("count"))
	if err != nil {
		count = 0 // which Begin refuses at the field
	}
	if err := w.service.Begin(c.UserContext(), sc, id, count); err != nil {
		s, failed := w.service.State(c.UserContext(), sc, id)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "rehearsal.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return page(p, s, form.Raw("count"), f) })
	}
	return web.SeeOther(c, address(id)+"/rehearsal")
}

// enter leads into the room. It is a link, not a form: a form may not lead to another site, which the room is.
func (w *Web) enter(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	to, err := w.service.Enter(c.UserContext(), sc, id, web.Param(c, "part"))
	if err != nil {
		return err
	}
	return web.Elsewhere(c, to)
}

func (w *Web) wipe(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	if err := w.service.Wipe(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "rehearsal.wiped")
	return web.SeeOther(c, address(id)+"/rehearsal")
}

// doing is what the page says of a room that is being filled.
func doing(p ui.Page, s State) string {
	if s.Progress.Doing == "" {
		return p.T("rehearsal.doing.waiting")
	}
	return p.T(s.Progress.Doing)
}
