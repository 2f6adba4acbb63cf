package reviewers

import (
	"embed"
	"slices"

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

// Locales are the room's words. They share the prefix of the selection's, whose pages they stand on; mails, the outbox and the lines
// under bells keep some of them.
//
//go:embed locales
var Locales embed.FS

// Frame is what stands around every page of a call's selection. The selection module satisfies it.
type Frame interface {
	// Crumbs lead back from a page of a call; last is what the page is called.
	Crumbs(p ui.Page, call ids.Call, name, last string) []ui.Crumb
	// Tabs lead to the pages of a call that the actor may open.
	Tabs(p ui.Page, sc tenants.Scope, call ids.Call) templ.Component
}

// Web is the room's pages.
type Web struct {
	service *Service
	site    *site.Site
	frame   Frame
}

// NewWeb makes the room's pages.
func NewWeb(service *Service, s *site.Site, frame Frame) *Web {
	return &Web{service: service, site: s, frame: frame}
}

// Module is what the site shows of those who review.
func (w *Web) Module() site.Module {
	return site.Module{Name: "reviewers", Routes: slices.Concat(w.profiling(), w.invitingRoutes(), w.instructing())}
}

// framing is what stands around a page of a call.
type framing struct {
	Crumbs []ui.Crumb
	Tabs   templ.Component
}

func (w *Web) framing(p ui.Page, sc tenants.Scope, title string, call Call) framing {
	return framing{Crumbs: w.frame.Crumbs(p, call.ID, call.Name(p.Loc.Locale), p.T(title)), Tabs: w.frame.Tabs(p, sc, call.ID)}
}

// page is the frame of a page below a call's selection.
func (w *Web) page(c *fiber.Ctx, sc tenants.Scope, title string, call Call) ui.Page {
	p := w.site.Page(c, sc, title)
	p.Title = p.T(title) + " · " + call.Name(p.Loc.Locale)
	return p
}

// may reports whether the actor may do the action to things that are nobody's in particular.
func (w *Web) may(sc tenants.Scope, action policies.Action) bool {
	return w.service.policies.May(sc, action, policies.On{}) == nil
}

// address is a page of a call's selection.
func address(call ids.Call, below string) string { return "/selection/" + call.String() + "/" + below }

func parseCall(c *fiber.Ctx) (ids.Call, error) {
	id, err := ids.Parse[ids.Call](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}
