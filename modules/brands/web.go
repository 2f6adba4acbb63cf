package brands

import (
	"context"
	"embed"

	"github.com/gofiber/fiber/v2"

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
	site    *site.Site
	service *Service
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of the brand and to whom.
func (w *Web) Module() site.Module {
	get := fiber.MethodGet
	return site.Module{
		Name: "brands",
		Routes: []site.Route{
			{Method: get, Path: "/brand/pictures/:picture", Action: policies.SiteVisit, Handle: w.picture},
			{Method: get, Path: "/brand/preview.css", Action: policies.BrandEdit, Handle: w.previewStyle},
			{Method: get, Path: "/settings/brand/preview/page", Action: policies.BrandEdit, Handle: w.previewPage},
			{Method: get, Path: "/settings/brand/preview/mail", Action: policies.BrandEdit, Handle: w.previewMail},
			{Method: get, Path: "/settings/brand/preview/paper", Action: policies.BrandEdit, Handle: w.previewPaper},
			{Method: get, Path: "/settings/brand", Action: policies.BrandEdit, Handle: w.settings},
			{Method: fiber.MethodPost, Path: "/settings/brand", Action: policies.BrandEdit, Handle: w.change, Large: true},
			{Method: get, Path: "/settings/terms", Action: policies.BrandEdit, Handle: w.terms},
			{Method: fiber.MethodPost, Path: "/settings/terms", Action: policies.BrandEdit, Handle: w.changeTerms},
		},
		Tasks:   []site.Tasks{w.tasks},
		Entries: []site.Entry{{Key: "brands.nav", Href: "/settings/brand", Icon: "palette", Action: policies.BrandEdit, Group: site.GroupSettings, Order: 85, Within: "/settings/terms"}},
	}
}

// tasks asks who may choose the network's appearance to do so once.
func (w *Web) tasks(_ context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Brand.Typeface != "" || !w.service.policies.MayEver(sc.Actor(), policies.BrandEdit) {
		return nil, nil
	}
	return []site.Task{{Title: loc.T("brands.task"), Hint: loc.T("brands.task_hint"), Href: "/settings/brand"}}, nil
}

// picture sends a picture of the brand. Its address holds a hash of what it was drawn from, so it may be kept for a year.
func (w *Web) picture(c *fiber.Ctx, sc tenants.Scope) error {
	shown, err := w.service.Picture(c.UserContext(), sc, web.Param(c, "picture"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, shown.Type)
	if shown.Saved {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	return c.Send(shown.Body)
}
