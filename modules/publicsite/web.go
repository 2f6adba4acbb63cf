package publicsite

import (
	"context"
	"embed"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
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
	service *Service
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of the network's appearance.
func (w *Web) Module() site.Module {
	get := fiber.MethodGet
	return site.Module{
		Name: "publicsite",
		Routes: []site.Route{
			{Method: get, Path: "/brand/preview.css", Action: policies.BrandEdit, Handle: w.preview},
			{Method: get, Path: "/settings/brand", Action: policies.BrandEdit, Handle: w.brandForm},
			{Method: fiber.MethodPost, Path: "/settings/brand", Action: policies.BrandEdit, Handle: w.brand},
		},
		Tasks:   []site.Tasks{w.tasks},
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
