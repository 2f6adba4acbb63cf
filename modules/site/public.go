package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/atom"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/schemaorg"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/policies"
	"kervan/tenants"
)

// Feed is what anybody may subscribe to, at /feeds/<name>.atom. Its entries come in the reader's language, the newest
// first, and link to paths of this site.
type Feed struct {
	Name    string
	Title   string // a message key
	Page    string // the path of the page that shows the same
	Action  policies.Action
	Entries func(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]atom.Entry, error)
}

func (f *Feed) path() string { return "/feeds/" + f.Name + ".atom" }

// Address is a public page. Changed is when it last changed; the zero time where nobody knows.
type Address struct {
	Path    string
	Changed time.Time
}

// Addresses lists a module's public pages.
type Addresses func(ctx context.Context, sc tenants.Scope) ([]Address, error)

// Menu is the navigation of visitors, in the reader's language: what stands above each page, and what below it. The pages
// module gives it.
type Menu func(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) (main, foot []ui.NavItem, err error)

// Hit is something that a search has found. Lang marks a text in another language than the reader's.
type Hit struct{ Title, Text, Href, Lang string }

// Part is what one module shows on a page of another: a question, so that the page asks for all of its parts in one message,
// and how its answer is drawn; a nil component where there is nothing to show.
type Part struct {
	Asks tenants.Question
	Draw func(ctx context.Context) (templ.Component, error)
}

// menu fills in the navigation of visitors. Without it a page is still a page, so a failure is only logged.
func (s *Site) menu(c *fiber.Ctx, sc tenants.Scope, p *ui.Page) {
	for _, m := range s.modules {
		for _, e := range m.Foot {
			if s.shown(e, sc) {
				p.Foot = append(p.Foot, ui.NavItem{Label: p.T(e.Key), Href: e.Href})
			}
		}
	}
	if s.Menu == nil {
		return
	}
	main, foot, err := s.Menu(c.UserContext(), sc, p.Loc)
	if err != nil {
		slog.Error("navigation not read", "error", err)
		return
	}
	for i := range main {
		main[i].Current = main[i].Href == c.Path() || strings.HasPrefix(c.Path(), main[i].Href+"/")
	}
	p.Menu, p.Foot = main, slices.Concat(foot, p.Foot)
}

// languageParameter asks for a page in one language, whatever the browser prefers. The address without it is that of the
// first language for search engines, and everybody's own for people.
const languageParameter = "lang"

// asked is the language that the address asks for.
func asked(c *fiber.Ctx, offered []i18n.Locale) (i18n.Locale, bool) {
	l, ok := i18n.ParseLocale(c.Query(languageParameter))
	return l, ok && slices.Contains(offered, l)
}

// withoutLanguage is the address as the language switch returns to it.
func withoutLanguage(address string) string {
	path, query, ok := strings.Cut(address, "?")
	if !ok || !strings.Contains(query, languageParameter+"=") {
		return address
	}
	rest := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool { return strings.HasPrefix(pair, languageParameter+"=") })
	if len(rest) == 0 {
		return path
	}
	return path + "?" + strings.Join(rest, "&")
}

// inLanguage is a path's address in a language.
func inLanguage(origin, path string, l i18n.Locale, offered []i18n.Locale) string {
	if l == offered[0] {
		return origin + path
	}
	return origin + path + "?" + languageParameter + "=" + string(l)
}

// head is what machines read of a page that a visitor sees. Only the parameter of the language is part of the address;
// filters and pages of lists are views of the same.
func (s *Site) head(c *fiber.Ctx, sc tenants.Scope, loc *i18n.Localizer) ui.Head {
	if !web.Safe(c.Method()) {
		return ui.Head{}
	}
	offered, origin, path := sc.Tenant().Locales, web.Origin(c, s.Secure), web.Local(c.Path(), "/")
	h := ui.Head{Canonical: origin + path}
	if l, ok := asked(c, offered); ok {
		h.Canonical = inLanguage(origin, path, l, offered)
		if web.Cookie(c, languageCookie) != string(l) {
			web.SetCookie(c, languageCookie, string(l), time.Time{}) // whoever came by a translated address goes on in its language
		}
	}
	h.Alternates = append(h.Alternates, ui.Alternate{Language: "x-default", Href: origin + path})
	for _, l := range offered {
		h.Alternates = append(h.Alternates, ui.Alternate{Language: string(l), Href: inLanguage(origin, path, l, offered)})
	}
	if b := BrandOf(sc.Tenant()); b.SocialURL != "" {
		h.Picture = origin + b.SocialURL
	}
	for _, f := range s.feeds() {
		h.Feeds = append(h.Feeds, ui.FeedLink{Title: loc.T(f.Title), Href: inLanguage("", f.path(), loc.Locale, offered)})
	}
	return h
}

// Organization is the tenant as the subject of a public page, with its address.
func (s *Site) Organization(c *fiber.Ctx, sc tenants.Scope) schemaorg.Organization {
	origin, b := web.Origin(c, s.Secure), BrandOf(sc.Tenant())
	logo := ""
	if b.LogoURL != "" {
		logo = origin + b.LogoURL
	}
	return schemaorg.NewOrganization(b.Name, origin+"/", logo)
}

func (s *Site) feeds() []Feed {
	var all []Feed
	for _, m := range s.modules {
		all = append(all, m.Feeds...)
	}
	return all
}

// atom answers a feed in the reader's language.
func (s *Site) atom(f Feed) Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		loc, origin, offered := s.Localizer(c, sc), web.Origin(c, s.Secure), sc.Tenant().Locales
		entries, err := f.Entries(c.UserContext(), sc, loc)
		if err != nil {
			return err
		}
		for i := range entries {
			entries[i].Link = inLanguage(origin, entries[i].Link, loc.Locale, offered)
		}
		b, err := atom.Write(atom.Feed{
			Title: loc.T(f.Title) + " – " + sc.Tenant().Name, Author: sc.Tenant().Name, Language: string(loc.Locale),
			Self: inLanguage(origin, f.path(), loc.Locale, offered), Site: inLanguage(origin, f.Page, loc.Locale, offered), Entries: entries,
		})
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, atom.MediaType+"; charset=utf-8")
		return c.Send(b)
	}
}

type urlset struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	Links   string    `xml:"xmlns:xhtml,attr"`
	URLs    []address `xml:"url"`
}

type address struct {
	Location string      `xml:"loc"`
	Changed  string      `xml:"lastmod,omitempty"`
	Others   []alternate `xml:"xhtml:link"`
}

type alternate struct {
	Rel      string `xml:"rel,attr"`
	Language string `xml:"hreflang,attr"`
	Href     string `xml:"href,attr"`
}

// sitemap lists every public page of the host in each of its languages.
func (s *Site) sitemap(c *fiber.Ctx, sc tenants.Scope) error {
	origin, offered := web.Origin(c, s.Secure), sc.Tenant().Locales
	out := urlset{Links: "http://www.w3.org/1999/xhtml"}
	for _, m := range s.modules {
		for _, ask := range m.Addresses {
			found, err := ask(c.UserContext(), sc)
			if err != nil {
				return err
			}
			for _, a := range found {
				out.URLs = append(out.URLs, translations(origin, a, offered)...)
			}
		}
	}
	b, err := xml.Marshal(out)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	return c.SendString(xml.Header + string(b))
}

func translations(origin string, a Address, offered []i18n.Locale) []address {
	others := []alternate{{"alternate", "x-default", origin + a.Path}}
	for _, l := range offered {
		others = append(others, alternate{"alternate", string(l), inLanguage(origin, a.Path, l, offered)})
	}
	var all []address
	for _, l := range offered {
		one := address{Location: inLanguage(origin, a.Path, l, offered), Others: others}
		if !a.Changed.IsZero() {
			one.Changed = a.Changed.UTC().Format(time.RFC3339)
		}
		all = append(all, one)
	}
	return all
}

// robots tells search engines where there is nothing for them, and where the list of all pages is.
func (s *Site) robots(c *fiber.Ctx, _ tenants.Scope) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.SendString("User-agent: *\nDisallow: /account\nDisallow: /desk\nDisallow: /sign-in\nDisallow: /register\nDisallow: /reset\nDisallow: /search\n\n" +
		"Sitemap: " + web.Origin(c, s.Secure) + "/sitemap.xml\n")
}

// public reports whether visitors read the same page again and again.
func (r *Route) public() bool {
	return web.Safe(r.Method) && (r.Action == policies.SiteVisit || r.Action == policies.CallBrowse)
}

// revalidate lets a visitor's browser keep the page and ask whether it is still the same: then only that is answered. A
// page that sets a cookie is not kept.
func revalidate(c *fiber.Ctx) {
	response := c.Response()
	if response.StatusCode() != fiber.StatusOK || len(response.Header.Peek(fiber.HeaderSetCookie)) > 0 {
		return
	}
	if string(response.Header.Peek(fiber.HeaderCacheControl)) == "no-store" {
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		c.Set(fiber.HeaderVary, "Cookie, Accept-Language")
	}
	sum := sha256.Sum256(response.Body())
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	c.Set(fiber.HeaderETag, tag)
	if slices.Contains(splitTags(c.Get(fiber.HeaderIfNoneMatch)), tag) {
		response.ResetBody()
		response.SetStatusCode(fiber.StatusNotModified)
	}
}

func splitTags(header string) []string {
	tags := strings.Split(header, ",")
	for i := range tags {
		tags[i] = strings.TrimSpace(tags[i])
	}
	return tags
}
