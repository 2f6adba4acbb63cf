package publicsite

import (
	"context"
	"embed"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
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
	site    *site.Site
	tenants *tenants.Tenants
	origin  func(tenants.Tenant) string
	service *Service
	calls   Calls
}

// Calls shows the network's open calls. The programs module satisfies it; without any it gives nil.
type Calls interface {
	Open(ctx context.Context, sc tenants.Scope, p ui.Page) (templ.Component, error)
}

// NewWeb makes the module's pages; origin is the address of a tenant's site.
func NewWeb(service *Service, s *site.Site, t *tenants.Tenants, origin func(tenants.Tenant) string, calls Calls) *Web {
	return &Web{service: service, site: s, tenants: t, origin: origin, calls: calls}
}

// Module is what the site shows to anyone.
func (w *Web) Module() site.Module {
	visit, get := policies.SiteVisit, fiber.MethodGet
	return site.Module{
		Name: "publicsite",
		Routes: []site.Route{
			{Method: get, Path: "/", Action: visit, Handle: w.home},
			{Method: get, Path: "/privacy", Action: visit, Handle: w.privacy},
			{Method: get, Path: "/brand/preview.css", Action: policies.BrandEdit, Handle: w.preview},
			{Method: get, Path: "/settings/brand", Action: policies.BrandEdit, Handle: w.brandForm},
			{Method: fiber.MethodPost, Path: "/settings/brand", Action: policies.BrandEdit, Handle: w.brand},
		},
		Tasks: []site.Tasks{w.tasks},
		Addresses: []site.Addresses{func(context.Context, tenants.Scope) ([]site.Address, error) {
			return []site.Address{{Path: "/"}, {Path: "/privacy"}}, nil
		}},
		Entries: []site.Entry{{Key: "publicsite.nav.brand", Href: "/settings/brand", Icon: "palette", Action: policies.BrandEdit, Order: 85}},
	}
}

// tasks asks who may choose the network's appearance to do so once.
func (w *Web) tasks(_ context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Brand.Typeface != "" || !w.service.policies.MayEver(sc.Actor(), policies.BrandEdit) {
		return nil, nil
	}
	return []site.Task{{Title: loc.T("publicsite.task.brand"), Hint: loc.T("publicsite.task.brand_hint"), Href: "/settings/brand"}}, nil
}

func (w *Web) home(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.site.Page(c, sc, "publicsite.home.title")
	p.Head.Data = []any{w.site.Organization(c, sc)}
	p.Head.Description = p.T("publicsite." + string(sc.Tenant().Kind) + ".lead")
	if sc.Tenant().Kind != tenants.KindCore {
		calls, err := w.calls.Open(c.UserContext(), sc, p)
		if err != nil {
			return err
		}
		return w.site.Render(c, networkHome(p, calls))
	}
	all, err := w.tenants.All(c.UserContext())
	if err != nil {
		return err
	}
	var cards []networkCard
	for _, t := range all {
		if t.Kind == tenants.KindNetwork && t.Status.Readable() {
			cards = append(cards, networkCard{Name: t.Name, Href: w.origin(t)})
		}
	}
	return w.site.Render(c, coreHome(p, cards))
}

type networkCard struct{ Name, Href string }

func (w *Web) privacy(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.site.Page(c, sc, "publicsite.privacy.title")
	p.Head.Description = p.T("publicsite.privacy.lead", "Network", p.Brand.Name)
	return w.site.Render(c, privacyPage(p))
}
