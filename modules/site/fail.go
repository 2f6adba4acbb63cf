package site

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// Fail answers a request that could not be served: a visitor on a page that needs a person is sent to sign in; anybody
// else gets a page, or for the JSON API a problem document (RFC 9457), with the request's id and nothing of the cause.
func (s *Site) Fail(c *fiber.Ctx, f *fault.Fault) error {
	sc, known, f := s.where(c, f)
	loc := s.failLocalizer(c, sc, known)
	if web.WantsJSON(c) {
		return problem(c, loc, f)
	}
	if known && f.Kind == fault.KindUnauthenticated && web.Safe(c.Method()) && !web.Fragment(c) {
		return web.SeeOther(c, "/sign-in?return="+url.QueryEscape(c.OriginalURL()))
	}
	status := c.Response().StatusCode()
	if !known || !sc.Tenant().Status.Readable() {
		p := ui.Page{Loc: loc, Title: loc.T(titleOf(f)), Bare: true, NoIndex: true, Nonce: web.Nonce(c), Path: c.Path()}
		p.Brand.Name = s.Product
		return web.Page(c, status, ui.ErrorPage(p, status, f, web.RequestID(c)))
	}
	if k, ok := s.keepable(c, sc, f); ok {
		p := s.Page(c, sc, "site.kept.title")
		p.NoIndex = true
		return web.Page(c, status, keptPage(p, k))
	}
	p := s.Page(c, sc, titleOf(f))
	p.NoIndex = true
	return web.Page(c, status, ui.ErrorPage(p, status, f, web.RequestID(c)))
}

// where is the scope in which the request failed. A page that does not exist at all belongs to no route, and so to no
// scope yet: it must not look different from one that this actor may not see, nor exist where nothing does.
func (s *Site) where(c *fiber.Ctx, f *fault.Fault) (tenants.Scope, bool, *fault.Fault) {
	sc, known := c.Locals(scopeKey).(tenants.Scope)
	if known || web.Host(c) == "" {
		return sc, known, f
	}
	if _, err := s.scope(c, false); err != nil {
		var status int
		f, status = web.Verdict(err)
		c.Status(status)
	}
	sc, known = c.Locals(scopeKey).(tenants.Scope)
	return sc, known, f
}

func (s *Site) failLocalizer(c *fiber.Ctx, sc tenants.Scope, known bool) *i18n.Localizer {
	if known {
		return s.Localizer(c, sc)
	}
	return s.Catalog.Localizer(i18n.Negotiate(c.Get(fiber.HeaderAcceptLanguage), i18n.All), nil)
}

func titleOf(f *fault.Fault) string {
	switch f.Kind {
	case fault.KindNotFound, fault.KindForbidden:
		return "site.error.not_found"
	case fault.KindUnauthenticated:
		return "site.error.sign_in"
	case fault.KindUnavailable:
		return "site.error.unavailable"
	case fault.KindInternal:
		return "site.error.internal"
	default:
		return "site.error.refused"
	}
}

// problem writes a fault for programs. Its words are the same as on pages.
func problem(c *fiber.Ctx, loc *i18n.Localizer, f *fault.Fault) error {
	body := Problem{
		Type: "about:blank", Status: c.Response().StatusCode(), Title: loc.T(titleOf(f)), Detail: loc.With(f.Key, f.Args),
		Instance: "urn:uuid:" + web.RequestID(c),
	}
	if strings.HasPrefix(c.Path(), apiRoot) {
		switch f.Kind {
		case fault.KindNotFound, fault.KindForbidden:
			body.Title = loc.T("site.api.not_found")
		case fault.KindUnauthenticated:
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
			body.Detail = loc.T("site.api.sign_in")
		}
	}
	for _, field := range f.Fields {
		body.Fields = append(body.Fields, ProblemField{Name: field.Name, Detail: loc.With(field.Key, field.Args)})
	}
	if err := c.JSON(body); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problemType)
	return nil
}
