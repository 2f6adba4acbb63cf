package pages

import (
	"context"
	"embed"
	"fmt"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/atom"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/markdown"
	"kervan/modules/kernel/schemaorg"
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

// CallBoard shows what the network's calls are. The programs module satisfies it.
type CallBoard interface {
	// Open shows the open calls.
	Open(sc tenants.Scope, p ui.Page) (site.Part, error)
	// Search finds published calls in which all of the folded words stand, in the reader's language.
	Search(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, words []string) ([]site.Hit, error)
}

// PartnershipBoard shows the partnerships that everybody may see. The partnerships module satisfies it.
type PartnershipBoard interface {
	// Map draws them on a map.
	Map(sc tenants.Scope, p ui.Page) (site.Part, error)
	Finder
}

// StoryBoard shows what partnerships tell of their work. The stories module satisfies it.
type StoryBoard interface {
	// Latest shows the latest stories.
	Latest(sc tenants.Scope, p ui.Page) (site.Part, error)
	Finder
}

// Finder finds what else is public.
type Finder interface {
	// Search finds that in which all of the folded words stand, in the reader's language.
	Search(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, words []string) ([]site.Hit, error)
}

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
	tenants *tenants.Tenants
	origin  func(tenants.Tenant) string
	calls   CallBoard
	shared  PartnershipBoard
	stories StoryBoard
	others  []Finder
}

// NewWeb makes the module's pages; origin is the address of a tenant's site.
func NewWeb(service *Service, s *site.Site, t *tenants.Tenants, origin func(tenants.Tenant) string, calls CallBoard, shared PartnershipBoard, stories StoryBoard, others ...Finder) *Web {
	return &Web{service: service, site: s, tenants: t, origin: origin, calls: calls, shared: shared, stories: stories, others: append(others, shared, stories)}
}

// Module is what the site shows of pages.
func (w *Web) Module() site.Module {
	visit, edit, get, post := policies.SiteVisit, policies.PageEdit, fiber.MethodGet, fiber.MethodPost
	return site.Module{
		Name: "pages",
		Routes: []site.Route{
			{Method: get, Path: "/", Action: visit, Handle: w.show(KindPage, homeSlug)},
			{Method: get, Path: "/privacy", Action: visit, Handle: w.show(KindPage, privacySlug)},
			{Method: get, Path: "/pages/:slug", Action: visit, Handle: w.show(KindPage, "")},
			{Method: get, Path: "/news", Action: visit, Handle: w.news},
			{Method: get, Path: "/news/:slug", Action: visit, Handle: w.show(KindNews, "")},
			{Method: get, Path: "/search", Action: visit, Handle: w.search},
			{Method: get, Path: "/settings/pages", Action: edit, Handle: w.list},
			{Method: post, Path: "/settings/pages", Action: edit, Handle: w.begin},
			{Method: get, Path: "/settings/pages/:id", Action: edit, Handle: w.editor},
			{Method: post, Path: "/settings/pages/:id", Action: edit, Handle: w.write, Large: true},
			{Method: get, Path: "/page-pictures/:picture", Action: visit, Handle: w.picture},
			{Method: get, Path: "/settings/pages/:id/preview", Action: edit, Handle: w.preview},
			{Method: post, Path: "/settings/pages/:id/publication", Action: edit, Handle: w.publish},
			{Method: post, Path: "/settings/pages/:id/withdrawal", Action: edit, Handle: w.withdraw},
			{Method: post, Path: "/settings/pages/:id/restoration", Action: edit, Handle: w.restore},
			{Method: post, Path: "/settings/pages/:id/removal", Action: edit, Handle: w.remove},
			{Method: post, Path: "/settings/pages/:id/position", Action: edit, Handle: w.move},
		},
		Entries:   []site.Entry{{Key: "pages.nav.pages", Href: "/settings/pages", Icon: "world", Action: edit, Group: site.GroupSettings, Order: 84}},
		Feeds:     []site.Feed{{Name: "news", Title: "pages.news.title", Page: "/news", Action: visit, Entries: w.entries}},
		Addresses: []site.Addresses{w.addresses},
	}
}

// shown is a page as visitors see it, with what its blocks of some kinds show of other things; nil where there is nothing.
type shown struct {
	Page

	Content Content
	Parts   map[BlockKind]templ.Component
}

type card struct{ Name, Href string }

// show answers a page; without an address of its own it is named by the path's slug.
func (w *Web) show(kind Kind, slug string) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		wanted := slug
		if wanted == "" {
			wanted = web.Param(c, "slug")
		}
		page, err := w.service.Public(c.UserContext(), sc, kind, wanted)
		if err != nil {
			return err
		}
		p := w.site.Page(c, sc, "pages.nav.pages")
		v, err := w.filled(c.UserContext(), sc, p, page, *page.Public)
		if err != nil {
			return err
		}
		w.tell(c, sc, &p, v)
		return w.site.Render(c, showPage(p, v, sc.Tenant().Locales))
	}
}

// filled asks for what the blocks of the page show, and for nothing else, in one message.
func (w *Web) filled(ctx context.Context, sc tenants.Scope, p ui.Page, page Page, content Content) (shown, error) {
	v := shown{Page: page, Content: content, Parts: map[BlockKind]templ.Component{}}
	parts := map[BlockKind]site.Part{}
	var questions []tenants.Question
	for i := range content.Blocks {
		kind := content.Blocks[i].Kind
		if _, asked := parts[kind]; asked {
			continue
		}
		part, err := w.part(sc, p, kind)
		if err != nil {
			return v, err
		}
		parts[kind], questions = part, append(questions, part.Asks)
	}
	if err := sc.Ask(ctx, questions...); err != nil {
		return v, fmt.Errorf("pages: read what the blocks show: %w", err)
	}
	for kind, part := range parts {
		if part.Draw == nil {
			continue
		}
		var err error
		if v.Parts[kind], err = part.Draw(ctx); err != nil {
			return v, err
		}
	}
	return v, nil
}

// part is what blocks of the kind show of other things; the zero Part where they show their own words only.
func (w *Web) part(sc tenants.Scope, p ui.Page, kind BlockKind) (site.Part, error) {
	switch kind {
	case Calls:
		return w.calls.Open(sc, p)
	case Map:
		return w.shared.Map(sc, p)
	case News:
		return w.latest(sc, p)
	case Stories:
		if sc.Tenant().Kind == tenants.KindNetwork {
			return w.stories.Latest(sc, p)
		}
	case Networks:
		if sc.Tenant().Kind == tenants.KindCore {
			return site.Part{Draw: w.networks}, nil
		}
	}
	return site.Part{}, nil
}

// latest shows the three latest news.
func (w *Web) latest(sc tenants.Scope, p ui.Page) (site.Part, error) {
	var news []Headline
	return site.Part{
		Asks: askingNews(3, &news),
		Draw: func(context.Context) (templ.Component, error) {
			if len(news) == 0 {
				return nil, nil //nolint:nilnil // there is nothing to show
			}
			return newsCards(p, news, sc.Tenant().Locales), nil
		},
	}, w.service.policies.May(sc, policies.SiteVisit, policies.On{})
}

func (w *Web) networks(ctx context.Context) (templ.Component, error) {
	all, err := w.tenants.All(ctx)
	if err != nil {
		return nil, err
	}
	var cards []card
	for _, t := range all {
		if t.Kind == tenants.KindNetwork && t.Status.Readable() {
			cards = append(cards, card{Name: t.Name, Href: w.origin(t)})
		}
	}
	if len(cards) == 0 {
		return nil, nil //nolint:nilnil // there is nothing to show
	}
	return networkCards(cards), nil
}

// tell fills in the page's title and what machines read of it.
func (w *Web) tell(c *fiber.Ctx, sc tenants.Scope, p *ui.Page, v shown) {
	languages := sc.Tenant().Locales
	p.Title = v.Content.Title.String(p.Loc.Locale, languages...)
	p.NoIndex = !v.Indexed
	summary := v.Content.Summary.String(p.Loc.Locale, languages...)
	p.Head.Description = ui.Excerpt(summary)
	if p.Head.Canonical == "" {
		return
	}
	if v.Kind == KindNews {
		p.Head.Article = true
		p.Head.Data = append(p.Head.Data, schemaorg.NewArticle(p.Title, summary, p.Head.Canonical, string(p.Loc.Locale), w.site.Organization(c, sc), v.Published, v.Changed))
	}
	if v.Slug == homeSlug {
		p.Head.Data = append(p.Head.Data, w.site.Organization(c, sc))
	}
	var pairs [][2]string
	for i := range v.Content.Blocks {
		if b := &v.Content.Blocks[i]; b.Kind == FAQ {
			for _, item := range b.Items {
				pairs = append(pairs, [2]string{item.Texts["question"].String(p.Loc.Locale, languages...), markdown.Plain(item.Texts["answer"].String(p.Loc.Locale, languages...))})
			}
		}
	}
	if len(pairs) > 0 {
		p.Head.Data = append(p.Head.Data, schemaorg.NewFAQ(pairs...))
	}
}

func (w *Web) news(c *fiber.Ctx, sc tenants.Scope) error {
	news, err := w.service.News(c.UserContext(), sc, 100)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "pages.news.title")
	p.Head.Description = p.T("pages.news.lead", "Network", p.Brand.Name)
	return w.site.Render(c, newsPage(p, news, sc.Tenant().Locales))
}

// search finds pages, news and calls. Nothing of what somebody looked for is kept.
func (w *Web) search(c *fiber.Ctx, sc tenants.Scope) error {
	typed, _ := web.Query(c).Text("q", 100)
	p := w.site.Page(c, sc, "pages.search.title")
	p.NoIndex = true
	found, err := w.service.Search(c.UserContext(), sc, typed)
	if err != nil {
		return err
	}
	var hits []site.Hit
	for i := range found {
		hits = append(hits, hit(p.Loc, &found[i], sc.Tenant().Locales))
	}
	if words := Words(typed); len(words) > 0 {
		calls, err := w.calls.Search(c.UserContext(), sc, p.Loc, words)
		if err != nil {
			return err
		}
		hits = append(calls, hits...)
		for _, other := range w.others {
			more, err := other.Search(c.UserContext(), sc, p.Loc, words)
			if err != nil {
				return err
			}
			hits = append(hits, more...)
		}
	}
	return w.site.Render(c, searchPage(p, typed, hits))
}

func hit(loc *i18n.Localizer, h *Headline, languages []i18n.Locale) site.Hit {
	title, in := h.Title.In(loc.Locale, languages...)
	one := site.Hit{Title: title, Text: h.Summary.String(loc.Locale, languages...), Href: h.Path()}
	if in != loc.Locale {
		one.Lang = string(in)
	}
	return one
}

// entries is the latest news for whoever subscribes to it.
func (w *Web) entries(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]atom.Entry, error) {
	news, err := w.service.News(ctx, sc, 50)
	if err != nil {
		return nil, err
	}
	entries := make([]atom.Entry, len(news))
	for i := range news {
		n := &news[i]
		entries[i] = atom.Entry{
			ID: "urn:uuid:" + n.ID.String(), Title: n.Title.String(loc.Locale, sc.Tenant().Locales...), Summary: n.Summary.String(loc.Locale, sc.Tenant().Locales...),
			Link: n.Path(), Published: n.Published, Updated: n.Changed,
		}
	}
	return entries, nil
}

// addresses are the pages and the news that search engines may list.
func (w *Web) addresses(ctx context.Context, sc tenants.Scope) ([]site.Address, error) {
	public, err := w.service.Menu(ctx, sc)
	if err != nil {
		return nil, err
	}
	news, err := w.service.News(ctx, sc, most)
	if err != nil {
		return nil, err
	}
	if len(news) > 0 {
		public = append(public, news...)
	}
	var all []site.Address
	for i := range public {
		if public[i].Indexed {
			all = append(all, site.Address{Path: public[i].Path(), Changed: public[i].Changed})
		}
	}
	if len(news) > 0 {
		all = append(all, site.Address{Path: "/news", Changed: news[0].Changed})
	}
	return all, nil
}

// Menu gives the frame the navigation of visitors: what stands above a page, and what below it.
func (s *Service) menu(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) (main, foot []ui.NavItem, err error) {
	pages, err := s.Menu(ctx, sc)
	if err != nil {
		return nil, nil, err
	}
	main = []ui.NavItem{{Label: loc.T("pages.nav.calls"), Href: "/calls"}}
	for i := range pages {
		item := ui.NavItem{Label: pages[i].Title.String(loc.Locale, sc.Tenant().Locales...), Href: pages[i].Path()}
		switch pages[i].Place {
		case PlaceMain:
			main = append(main, item)
		case PlaceFoot:
			foot = append(foot, item)
		case PlaceNone:
		}
	}
	if sc.Tenant().Kind != tenants.KindCore { // which selects nobody itself
		foot = append(foot, ui.NavItem{Label: loc.T("pages.nav.stories"), Href: "/stories"}, ui.NavItem{Label: loc.T("pages.nav.results"), Href: "/results"})
	}
	foot = append(foot, ui.NavItem{Label: loc.T("pages.nav.map"), Href: "/partnership-map"})
	return append(main, ui.NavItem{Label: loc.T("pages.news.title"), Href: "/news"}), foot, nil
}

// Navigation is what the frame around every page asks for.
func (s *Service) Navigation() site.Menu { return s.menu }
