package papers

import (
	"embed"
	"net/http"

	"github.com/gofiber/fiber/v2"

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

// Module is what the site shows of papers.
func (w *Web) Module() site.Module {
	get, visit, network := fiber.MethodGet, policies.SiteVisit, tenants.KindNetwork
	return site.Module{
		Name: "papers",
		Routes: []site.Route{
			{Method: get, Path: "/verify", Action: visit, Handle: w.ask, Only: network},
			{Method: get, Path: "/verify/:code", Action: visit, Handle: w.show, Only: network},
		},
		Foot: []site.Entry{{Key: "papers.title", Href: "/verify", Action: visit, Only: network}},
	}
}

func (w *Web) frame(c *fiber.Ctx, sc tenants.Scope) ui.Page {
	p := w.site.Page(c, sc, "papers.title")
	p.NoIndex = true
	return p
}

// ask takes a code that somebody types, and leads those of papers that were printed before to where they are answered now.
func (w *Web) ask(c *fiber.Ctx, sc tenants.Scope) error {
	typed := web.Query(c).Raw("code")
	if typed == "" {
		return w.site.Render(c, askPage(w.frame(c, sc), "", nil, false))
	}
	code, ok := ParseCode(typed)
	if !ok {
		refused := fault.Invalid("fault.check_fields", fault.At("code", "papers.code_wrong"))
		return web.Page(c, web.Status(refused), askPage(w.frame(c, sc), typed, refused, false))
	}
	return web.SeeOther(c, code.Address(""))
}

// show says what the paper of a code is, and whether a file is that paper, of which only the SHA-256 is sent.
func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	typed := web.Param(c, "code")
	code, ok := ParseCode(typed)
	if !ok {
		return w.unknown(c, sc, typed)
	}
	v, err := w.service.Check(c.UserContext(), sc, code, web.Address(c))
	if fault.Is(err, fault.KindNotFound) {
		return w.unknown(c, sc, code.String())
	}
	if fault.Is(err, fault.KindTooMany) {
		f := fault.Of(err)
		return web.Page(c, web.Status(f), askPage(w.frame(c, sc), code.String(), f, false))
	}
	if err != nil {
		return err
	}
	status, compared := http.StatusOK, comparison{Typed: web.Query(c).Raw("sum")}
	if compared.Typed != "" {
		sum, ok := ParseSum(compared.Typed)
		switch {
		case !ok:
			compared.Refused = fault.Invalid("fault.check_fields", fault.At("sum", "papers.sum_wrong"))
			status = web.Status(compared.Refused)
		case v.Is(sum):
			compared.Same = true
		default:
			compared.Other = true
		}
	}
	return web.Page(c, status, paperPage(w.frame(c, sc), v, compared))
}

func (w *Web) unknown(c *fiber.Ctx, sc tenants.Scope, typed string) error {
	return web.Page(c, http.StatusNotFound, askPage(w.frame(c, sc), typed, nil, true))
}

// comparison is a file, named by its SHA-256, held against a paper.
type comparison struct {
	Typed   string
	Same    bool
	Other   bool
	Refused *fault.Fault
}
