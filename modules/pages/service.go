package pages

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/policies"
	"kervan/tenants"
)

// Service is what is done with pages, in the order in which one lives.
type Service struct {
	policies *policies.Authorizer
	album    *pictures.Album
	builtIn  []builtIn
}

// New makes the service.
func New(p *policies.Authorizer, album *pictures.Album) (*Service, error) {
	standard, err := readStandard()
	return &Service{policies: p, album: album, builtIn: standard}, err
}

// Pages lists all pages and all news for those who write them, in the order of the navigation; built-in pages too.
// Coordinators may.
func (s *Service) Pages(ctx context.Context, sc tenants.Scope) ([]Page, error) {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return nil, err
	}
	return s.merged(ctx, sc)
}

// merged are the tenant's own pages, and the built-in ones that it has not changed.
func (s *Service) merged(ctx context.Context, sc tenants.Scope) ([]Page, error) {
	own, err := all(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	for _, p := range s.standard(sc.Tenant()) {
		if !slices.ContainsFunc(own, func(o Page) bool { return o.Kind == KindPage && o.Slug == p.Slug }) {
			own = append(own, p)
		}
	}
	slices.SortStableFunc(own, func(a, b Page) int {
		if a.Kind != b.Kind || a.Kind == KindNews {
			return -strings.Compare(string(a.Kind), string(b.Kind))
		}
		return a.Position - b.Position
	})
	return own, nil
}

// Page is a page for those who write it, with what it was before. Coordinators may. Fault: NotFound.
func (s *Service) Page(ctx context.Context, sc tenants.Scope, id ids.Page) (Page, []Former, error) {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return Page{}, nil, err
	}
	p, err := s.find(ctx, sc, id)
	if err != nil {
		return p, nil, err
	}
	before, err := formers(ctx, sc.Read(), id)
	return p, before, err
}

func (s *Service) find(ctx context.Context, sc tenants.Scope, id ids.Page) (Page, error) {
	p, found, err := byID(ctx, sc.Read(), id)
	if err != nil || found {
		return p, err
	}
	return s.untouched(sc, id)
}

// untouched is the built-in page with the identifier.
func (s *Service) untouched(sc tenants.Scope, id ids.Page) (Page, error) {
	for _, p := range s.standard(sc.Tenant()) {
		if p.ID == id {
			return p, nil
		}
	}
	return Page{}, fault.NotFound()
}

// Begin makes a page, or a piece of news, that nobody reads yet. Without an address it gets one made of its title.
// Coordinators may. Faults: Invalid by field (title, slug).
func (s *Service) Begin(ctx context.Context, sc tenants.Scope, kind Kind, title, slug string) (Page, error) {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return Page{}, err
	}
	if slug == "" {
		slug = proposed(title)
	}
	var bad []fault.Field
	if title == "" {
		bad = append(bad, fault.At("title", "fault.required"))
	}
	if _, standard := s.standardOf(sc.Tenant(), slug); !sluggable(slug) {
		bad = append(bad, fault.At("slug", "pages.slug_wrong"))
	} else if standard && kind == KindPage {
		bad = append(bad, fault.At("slug", "pages.slug_taken"))
	}
	if len(bad) > 0 {
		return Page{}, fault.Invalid("fault.check_fields", bad...)
	}
	p := Page{
		ID: ids.New[ids.Page](), Kind: kind, Slug: slug, Place: PlaceNone, Position: most, Indexed: true, Version: 1, UpdatedBy: sc.Actor().Person,
		Content: Content{Title: i18n.Text{sc.Tenant().Locales[0]: title}, Summary: i18n.Text{}, Blocks: []Block{{Kind: Prose}}},
	}
	return p, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		n, err := count(ctx, tx)
		if err != nil {
			return err
		}
		if n >= most {
			return fault.Conflict("pages.too_many")
		}
		if p.UpdatedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		tx.Audit(entry("page.begun", p.ID))
		return insert(ctx, tx, &p)
	})
}

func entry(action string, id ids.Page) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "page", SubjectID: id.String()}
}

// change loads a page under its version, or a built-in one nobody has changed, lets edit change it and saves it.
func (s *Service) change(ctx context.Context, sc tenants.Scope, action string, id ids.Page, version int64, edit func(tx *tenants.Tx, p *Page, now time.Time) error) error {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, found, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			if p, err = s.untouched(sc, id); err != nil {
				return err
			}
		}
		if p.Version != version {
			return fault.Conflict("fault.stale")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		before := p
		if err := edit(tx, &p, now); err != nil {
			return err
		}
		p.UpdatedAt, p.UpdatedBy = now, sc.Actor().Person
		tx.Audit(entry(action, id))
		if !found {
			p.Version = 1
			if err := insert(ctx, tx, &p); err != nil {
				return err
			}
		} else if err := save(ctx, tx, &p); err != nil {
			return err
		}
		if before.Content.equal(p.Content) {
			return nil
		}
		return keep(ctx, tx, &before, sc.Actor().Person, now)
	})
}

// Write changes what stands on a page, where the navigation shows it, and whether search engines may list it; visitors read
// it once it is published. Coordinators may. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Write(ctx context.Context, sc tenants.Scope, id ids.Page, version int64, c Content, place Place, indexed bool) error {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return err
	}
	if err := measured(ctx, sc, &c); err != nil {
		return err
	}
	return s.change(ctx, sc, "page.written", id, version, func(_ *tenants.Tx, p *Page, _ time.Time) error {
		bad := c.check(sc.Tenant().Kind == tenants.KindCore)
		if c.fields(len(sc.Tenant().Locales)) > mostFields {
			return fault.Invalid("pages.full")
		}
		if !slices.Contains(Places, place) {
			bad = append(bad, fault.At("place", "fault.choose"))
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		p.Content, p.Indexed = c, indexed
		if p.Kind == KindPage && p.Slug != homeSlug && p.Slug != privacySlug {
			p.Place = place
		}
		return nil
	})
}

// Publish lets visitors read a page as it is now. Coordinators may. Faults: Invalid by field when something is missing in
// the first language, Conflict, NotFound.
func (s *Service) Publish(ctx context.Context, sc tenants.Scope, id ids.Page, version int64) error {
	return s.change(ctx, sc, "page.published", id, version, func(_ *tenants.Tx, p *Page, now time.Time) error {
		if bad := p.Content.lacks(sc.Tenant().Locales[0]); len(bad) > 0 {
			return fault.Invalid("pages.lacks", bad...)
		}
		content := p.Content
		p.Public, p.Changed = &content, now
		if p.Published.IsZero() {
			p.Published = now
		}
		return nil
	})
}

// Withdraw lets nobody read a page any more; what is written stays. The start and the privacy notice cannot be withdrawn.
// Coordinators may. Faults: Conflict, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, id ids.Page, version int64) error {
	return s.change(ctx, sc, "page.withdrawn", id, version, func(_ *tenants.Tx, p *Page, _ time.Time) error {
		if p.Kind == KindPage && (p.Slug == homeSlug || p.Slug == privacySlug) {
			return fault.Conflict("pages.needed")
		}
		p.Public = nil
		return nil
	})
}

// Restore puts back what a page was before a change. What it is now is kept likewise, so this can be undone, too.
// Coordinators may. Faults: Conflict, NotFound.
func (s *Service) Restore(ctx context.Context, sc tenants.Scope, id ids.Page, version, number int64) error {
	return s.change(ctx, sc, "page.restored", id, version, func(tx *tenants.Tx, p *Page, _ time.Time) error {
		content, err := former(ctx, tx, id, number)
		p.Content = content
		return err
	})
}

// Remove takes a page away for good, with what it was before; a built-in page is then as it was built in. Coordinators may.
// Faults: Conflict, also while visitors read it, NotFound.
func (s *Service) Remove(ctx context.Context, sc tenants.Scope, id ids.Page, version int64) error {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, found, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			return fault.NotFound()
		}
		if _, standard := s.standardOf(sc.Tenant(), p.Slug); p.Public != nil && (!standard || p.Kind == KindNews) {
			return fault.Conflict("pages.read")
		}
		tx.Audit(entry("page.removed", id))
		return remove(ctx, tx, id, version)
	})
}

// Move lets a page stand one place earlier in the navigation, or later. Coordinators may. Faults: Conflict, NotFound.
func (s *Service) Move(ctx context.Context, sc tenants.Scope, id ids.Page, earlier bool) error {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		own, err := all(ctx, tx)
		if err != nil {
			return err
		}
		order := s.navigation(sc, own)
		at := slices.IndexFunc(order, func(p Page) bool { return p.ID == id })
		if at < 0 {
			return fault.NotFound()
		}
		to := at + 1
		if earlier {
			to = at - 1
		}
		if to < 0 || to >= len(order) {
			return nil
		}
		order[at], order[to] = order[to], order[at]
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		tx.Audit(entry("page.moved", id))
		return s.arrange(ctx, tx, order, now)
	})
}

// navigation are the pages of the place in which pages have an order.
func (s *Service) navigation(sc tenants.Scope, own []Page) []Page {
	order := slices.DeleteFunc(slices.Clone(own), func(p Page) bool { return p.Kind != KindPage })
	for _, p := range s.standard(sc.Tenant()) {
		if !slices.ContainsFunc(order, func(o Page) bool { return o.Slug == p.Slug }) {
			order = append(order, p)
		}
	}
	slices.SortStableFunc(order, func(a, b Page) int { return a.Position - b.Position })
	return order
}

// arrange gives each page its position, the built-in ones that have to be kept for it, too.
func (s *Service) arrange(ctx context.Context, tx *tenants.Tx, order []Page, now time.Time) error {
	for i := range order {
		p := &order[i]
		if p.Position == i && p.Version > 0 {
			continue
		}
		p.Position = i
		if p.Version == 0 {
			p.Version, p.UpdatedAt = 1, now
			if err := insert(ctx, tx, p); err != nil {
				return err
			}
			continue
		}
		if err := positioned(ctx, tx, p.ID, i); err != nil {
			return err
		}
	}
	return nil
}

// Public is what visitors read at an address; a built-in page as long as nobody has changed it. Anybody may. Fault: NotFound.
func (s *Service) Public(ctx context.Context, sc tenants.Scope, kind Kind, slug string) (Page, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return Page{}, err
	}
	var p Page
	found := false
	if err := sc.Ask(ctx, asking(kind, slug, &p, &found)); err != nil {
		return p, fmt.Errorf("pages: read page: %w", err)
	}
	if found && p.Public == nil {
		return p, fault.NotFound()
	}
	if found {
		return p, nil
	}
	if standard, ok := s.standardOf(sc.Tenant(), slug); ok && kind == KindPage {
		return standard, nil
	}
	return p, fault.NotFound()
}

// Menu are the public pages in the order of the navigation, for the frame and for search engines. Anybody may.
func (s *Service) Menu(ctx context.Context, sc tenants.Scope) ([]Headline, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return nil, err
	}
	var own []Headline
	if err := sc.Ask(ctx, askingPages(&own)); err != nil {
		return nil, fmt.Errorf("pages: read navigation: %w", err)
	}
	for i := range s.builtIn {
		b := &s.builtIn[i]
		if b.of(sc.Tenant()) && !slices.ContainsFunc(own, func(h Headline) bool { return h.Slug == b.Slug }) {
			own = append(own, Headline{
				Kind: KindPage, Slug: b.Slug, Place: b.Place, Position: i, Public: true, Indexed: true, Title: b.Content.Title, Summary: b.Content.Summary,
				Published: standardMoment, Changed: standardMoment,
			})
		}
	}
	own = slices.DeleteFunc(own, func(h Headline) bool { return !h.Public })
	slices.SortStableFunc(own, func(a, b Headline) int { return a.Position - b.Position })
	return own, nil
}

// News is the latest news that is public, at most so much. Anybody may.
func (s *Service) News(ctx context.Context, sc tenants.Scope, limit int) ([]Headline, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return nil, err
	}
	var news []Headline
	if err := sc.Ask(ctx, askingNews(limit, &news)); err != nil {
		return nil, fmt.Errorf("pages: read news: %w", err)
	}
	return news, nil
}

// Search finds public pages and news in which all of the words stand, however they are typed. Anybody may.
func (s *Service) Search(ctx context.Context, sc tenants.Scope, typed string) ([]Headline, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return nil, err
	}
	words := Words(typed)
	if len(words) == 0 {
		return nil, nil
	}
	var found, own []Headline
	if err := sc.Ask(ctx, askingSearch(words, &found), askingPages(&own)); err != nil {
		return nil, fmt.Errorf("pages: search: %w", err)
	}
	for _, p := range s.standard(sc.Tenant()) {
		if slices.ContainsFunc(own, func(h Headline) bool { return h.Slug == p.Slug }) {
			continue
		}
		stands := p.Content.searched()
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(stands, w) }) {
			found = append(found, Headline{Kind: KindPage, Slug: p.Slug, Title: p.Content.Title, Summary: p.Content.Summary, Public: true})
		}
	}
	return found, nil
}

// Words are the folded words of what was typed into a search, at most six.
func Words(typed string) []string {
	words := i18n.SearchWords(typed)
	return words[:min(len(words), 6)]
}
