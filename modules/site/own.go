package site

import (
	"embed"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/policies"
	"kervan/tenants"
)

// Locales are the site's own words.
//
//go:embed locales
var Locales embed.FS

func (s *Site) own() Module {
	return Module{
		Name: "site",
		Routes: []Route{
			{Method: fiber.MethodGet, Path: "/desk", Action: policies.SiteDesk, Handle: s.desk},
			{Method: fiber.MethodPost, Path: "/language", Action: policies.SiteVisit, Handle: s.language},
			{Method: fiber.MethodGet, Path: feedRoot + ":feed", Action: policies.SiteVisit, Handle: s.feed},
			{Method: fiber.MethodGet, Path: "/robots.txt", Action: policies.SiteVisit, Handle: s.robots},
			{Method: fiber.MethodGet, Path: "/sitemap.xml", Action: policies.SiteVisit, Handle: s.sitemap},
			{Method: fiber.MethodGet, Path: "/brand.css", Action: policies.SiteVisit, Handle: s.brand},
			{Method: fiber.MethodGet, Path: "/places", Action: policies.SiteVisit, Handle: s.places},
			{Method: fiber.MethodGet, Path: apiRoot + "/openapi.json", Action: policies.SiteVisit, Handle: s.openAPI},
			{Method: fiber.MethodGet, Path: apiRoot + "/docs", Action: policies.SiteVisit, Handle: s.docs},
		},
		Entries: []Entry{
			{Key: "site.nav.desk", Href: "/desk", Icon: "home", Action: policies.SiteDesk, Order: 0},
		},
	}
}

// asset serves what browsers load. Its name carries a hash of its content, so it may be kept for a year; it is the same
// for every tenant and needs none.
func asset(c *fiber.Ctx) error {
	f, found := ui.Read(web.Param(c, "name"), c.Get(fiber.HeaderAcceptEncoding))
	if !found {
		return fault.NotFound()
	}
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if f.Encoding != "" {
		c.Set(fiber.HeaderContentEncoding, f.Encoding)
	}
	return c.Send(f.Body)
}

// language keeps the choice of the language switch and returns to the page where it was made.
func (s *Site) language(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	chosen, ok := i18n.ParseLocale(form.Raw("code"))
	if !ok || !slices.Contains(sc.Tenant().Locales, chosen) {
		return fault.NotFound()
	}
	web.SetCookie(c, languageCookie, string(chosen), time.Now().AddDate(1, 0, 0))
	if sc.Actor().Signed() {
		if err := s.Sessions.Prefer(c.UserContext(), sc, chosen); err != nil {
			return err
		}
	}
	return web.SeeOther(c, web.Local(form.Raw("return"), "/"))
}

// brand serves the tenant's colours and typeface. The address carries a hash of them, so it may be kept for a year.
func (s *Site) brand(c *fiber.Ctx, sc tenants.Scope) error {
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.SendString(ui.BrandCSS(BrandOf(sc.Tenant())))
}

// desk shows the actor what to do now: dated things first, the nearest on top, then the rest in the modules' order; below
// it what has happened, and where what is.
func (s *Site) desk(c *fiber.Ctx, sc tenants.Scope) error {
	p := s.Page(c, sc, "site.desk.title", "Name", sc.Actor().Name)
	var tasks, news []Task
	for _, m := range s.modules {
		for _, ask := range m.Tasks {
			found, err := ask(c.UserContext(), sc, p.Loc)
			if err != nil {
				return err
			}
			tasks = append(tasks, found...)
		}
		for _, ask := range m.News {
			found, err := ask(c.UserContext(), sc, p.Loc)
			if err != nil {
				return err
			}
			news = append(news, found...)
		}
	}
	return s.Render(c, deskPage(p, byUrgency(tasks), news, s.rooms(sc, p.Loc), rolesOf(p.Loc, sc.Actor())))
}

func byUrgency(tasks []Task) []Task {
	slices.SortStableFunc(tasks, func(a, b Task) int {
		switch {
		case a.Done != b.Done:
			if a.Done {
				return 1
			}
			return -1
		case a.Due.IsZero() != b.Due.IsZero():
			if a.Due.IsZero() {
				return 1
			}
			return -1
		default:
			return a.Due.Compare(b.Due)
		}
	})
	return tasks
}
