package stories

import (
	"context"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/atom"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/schemaorg"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

// pictureRoot is where the files of pictures lie.
const pictureRoot = "/story-pictures/"

// all shows the stories that visitors may read, all or of a kind.
func (w *Web) all(c *fiber.Ctx, sc tenants.Scope) error {
	found, err := w.service.Public(c.UserContext(), sc)
	if err != nil {
		return err
	}
	kind, _ := ParseKind(web.Query(c).Raw("kind"))
	p := w.site.Page(c, sc, "stories.title")
	p.Head.Description = p.T("stories.lead", "Network", p.Brand.Name)
	counts := map[Kind]int{}
	var wanted []Shown
	for i := range found {
		counts[found[i].Content.Kind]++
		if _, ok := ParseKind(string(kind)); !ok || found[i].Content.Kind == kind {
			wanted = append(wanted, found[i])
		}
	}
	return w.site.Render(c, allPage(p, wanted, kind, counts))
}

// one shows a story, or says politely that it is gone.
func (w *Web) one(c *fiber.Ctx, sc tenants.Scope) error {
	story, gone, err := w.service.Look(c.UserContext(), sc, web.Param(c, "slug"))
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "stories.gone")
	if gone {
		p.NoIndex = true
		return web.Page(c, fiber.StatusGone, gonePage(p))
	}
	p.Title = say(p, &story.Content, story.Content.Title)
	p.Head.Description = ui.Excerpt(say(p, &story.Content, story.Content.Lead))
	if p.Head.Canonical != "" {
		origin := strings.TrimSuffix(w.site.Organization(c, sc).URL, "/")
		article := schemaorg.NewArticle(p.Title, say(p, &story.Content, story.Content.Lead), p.Head.Canonical, string(spokenIn(p, &story.Content)), w.site.Organization(c, sc), story.Published, story.Changed)
		if all := story.Content.Pictures; len(all) > 0 {
			src, _ := pictures.Sources(pictureRoot, all[0].Set, all[0].Width)
			p.Head.Picture, article.Image = origin+src, origin+src
		}
		p.Head.Article = true
		p.Head.Data = append(p.Head.Data, article)
	}
	return w.site.Render(c, storyPage(p, story))
}

// picture sends a file of a picture. Its address holds a hash of what it shows, but whether it is shown may change.
func (w *Web) picture(c *fiber.Ctx, sc tenants.Scope) error {
	b, public, err := w.service.Picture(c.UserContext(), sc, web.Param(c, "picture"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	if public {
		c.Set(fiber.HeaderCacheControl, "public, no-cache") // it may be withdrawn at any moment
	}
	return c.Send(b)
}

// entries are the stories for whoever subscribes to them.
func (w *Web) entries(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]atom.Entry, error) {
	if sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil
	}
	all, err := w.service.Public(ctx, sc)
	if err != nil {
		return nil, err
	}
	entries := make([]atom.Entry, 0, len(all))
	for _, s := range all[:min(len(all), 50)] {
		entries = append(entries, atom.Entry{
			ID: "urn:uuid:" + s.ID.String(), Title: s.Content.Title.String(loc.Locale, s.Content.Language), Summary: s.Content.Lead.String(loc.Locale, s.Content.Language),
			Link: s.Path(), Published: s.Published, Updated: s.Changed,
		})
	}
	return entries, nil
}

// addresses are the stories that search engines may list.
func (w *Web) addresses(ctx context.Context, sc tenants.Scope) ([]site.Address, error) {
	if sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil
	}
	all, err := w.service.Public(ctx, sc)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	found := []site.Address{{Path: "/stories", Changed: all[0].Changed}}
	for i := range all {
		found = append(found, site.Address{Path: all[i].Path(), Changed: all[i].Changed})
	}
	return found, nil
}

// Search finds stories that visitors may read in which all of the folded words stand, for the search over all that is public.
func (w *Web) Search(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, words []string) ([]site.Hit, error) {
	if sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil
	}
	all, err := w.service.Search(ctx, sc, words)
	if err != nil {
		return nil, err
	}
	var hits []site.Hit
	for i := range all {
		hits = append(hits, hit(loc, &all[i]))
	}
	return hits, nil
}

func hit(loc *i18n.Localizer, s *Shown) site.Hit {
	title, in := s.Content.Title.In(loc.Locale, s.Content.Language)
	h := site.Hit{Title: title, Text: s.Content.Lead.String(loc.Locale, s.Content.Language), Href: s.Path()}
	if in != loc.Locale {
		h.Lang = string(in)
	}
	return h
}

// Latest shows the latest three stories, for a page of another module. Anybody may.
func (w *Web) Latest(sc tenants.Scope, p ui.Page) (site.Part, error) {
	asked, read, err := w.service.latest(sc, 12) // of which some may be hidden at the moment
	return site.Part{Asks: asked, Draw: func(ctx context.Context) (templ.Component, error) {
		all, err := read(ctx)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return cards(p, all[:min(len(all), 3)], 3), nil
	}}, err
}

// Of links to the stories that visitors may read, by partnership, for the map of partnerships. Anybody may.
func (w *Web) Of(ctx context.Context, sc tenants.Scope, p ui.Page) (map[ids.Partnership]templ.Component, error) {
	by, err := w.service.By(ctx, sc)
	if err != nil {
		return nil, err
	}
	all := make(map[ids.Partnership]templ.Component, len(by))
	for id, stories := range by {
		all[id] = links(p, stories)
	}
	return all, nil
}
