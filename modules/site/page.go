package site

import (
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// Localizer speaks the reader's language: the one that the address asks for, else the one chosen with the switch, else the
// one kept with the person, else the best of the tenant's for the browser. Instants are shown in the tenant's zone.
func (s *Site) Localizer(c *fiber.Ctx, sc tenants.Scope) *i18n.Localizer {
	return s.Catalog.Localizer(s.locale(c, sc), i18n.Zone(sc.Tenant().Zone)).Saying(sc.Tenant().Wording)
}

func (s *Site) locale(c *fiber.Ctx, sc tenants.Scope) i18n.Locale {
	offered := sc.Tenant().Locales
	if l, ok := asked(c, offered); ok {
		return l
	}
	if l, ok := i18n.ParseLocale(web.Cookie(c, languageCookie)); ok && slices.Contains(offered, l) {
		return l
	}
	if l := sc.Actor().Locale; slices.Contains(offered, l) {
		return l
	}
	return i18n.Negotiate(c.Get(fiber.HeaderAcceptLanguage), offered)
}

// Page is the frame for one response: brand, navigation of the actor's roles, language switch, a waiting notice. The
// title is a message key.
func (s *Site) Page(c *fiber.Ctx, sc tenants.Scope, title string, pairs ...any) ui.Page {
	loc := s.Localizer(c, sc)
	tenant, actor := sc.Tenant(), sc.Actor()
	p := ui.Page{
		Loc:    loc,
		Title:  loc.T(title, pairs...),
		Brand:  BrandIn(tenant, loc.Locale),
		CSRF:   s.csrf(c),
		Nonce:  web.Nonce(c),
		Path:   here(c),
		Notice: s.notice(c, loc),
	}
	if tenant.Kind == tenants.KindRehearsal {
		p.Test = s.testNote(c, tenant, loc)
		p.NoIndex = true
	}
	for _, l := range tenant.Locales {
		p.Languages = append(p.Languages, ui.Language{Code: string(l), Name: l.Name(), Current: l == loc.Locale})
	}
	if !actor.Signed() {
		p.Head = s.head(c, sc, loc)
		s.menu(c, sc, &p)
		return p
	}
	p.Person = &ui.Person{Name: actor.Name, Email: actor.Email, Role: roleLabel(loc, actor)}
	p.Nav = s.nav(c, sc, loc)
	return p
}

// here is the address to which the language switch returns: of this page with its filters or, when a form was refused, of
// the page on which the form stands.
func here(c *fiber.Ctx) string {
	if web.Safe(c.Method()) {
		return web.Local(withoutLanguage(c.OriginalURL()), "/")
	}
	from, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || from.Host != string(c.Request().Header.Host()) {
		return "/"
	}
	return web.Local(withoutLanguage(from.RequestURI()), "/")
}

// rooms are the entries of the navigation that say what they are for.
func (s *Site) rooms(sc tenants.Scope, loc *i18n.Localizer) []room {
	var all []room
	for _, e := range s.entries {
		if lead := e.Key + ".lead"; s.shown(e, sc) && loc.Has(lead) {
			all = append(all, room{Label: loc.T(e.Key), Lead: loc.T(lead), Href: e.Href, Icon: e.Icon})
		}
	}
	return all
}

type room struct{ Label, Lead, Href, Icon string }

// shown reports whether the actor has the entry in the navigation.
func (s *Site) shown(e Entry, sc tenants.Scope) bool {
	actor := sc.Actor()
	return (e.Only == "" || e.Only == sc.Tenant().Kind.Site()) && s.Authorizer.MayEver(actor, e.Action) && (e.Hidden == nil || !e.Hidden(actor))
}

// rolesOf says what each of the actor's roles is for; of somebody without one, how to get one.
func rolesOf(loc *i18n.Localizer, actor tenants.Actor) []ui.Term {
	if len(actor.Grants) == 0 {
		return []ui.Term{{Label: loc.T("site.desk.no_role"), Text: loc.T("site.desk.no_role_text")}}
	}
	var terms []ui.Term
	told := map[tenants.Role]bool{}
	for _, g := range actor.Grants {
		if !told[g.Role] {
			terms = append(terms, ui.Term{Label: loc.T("site.role." + string(g.Role)), Text: loc.T("site.role_is." + string(g.Role))})
			told[g.Role] = true
		}
	}
	return terms
}

func roleLabel(loc *i18n.Localizer, actor tenants.Actor) string {
	var labels []string
	for _, g := range actor.Grants {
		if label := loc.T("site.role." + string(g.Role)); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return strings.Join(labels, ", ")
}

// mostTogether is how many entries the navigation has at most without groups.
const mostTogether = 9

func (s *Site) nav(c *fiber.Ctx, sc tenants.Scope, loc *i18n.Localizer) []ui.NavItem {
	var items []ui.NavItem
	path, current, longest := c.Path(), -1, 0
	for _, e := range s.entries {
		if !s.shown(e, sc) {
			continue
		}
		item := ui.NavItem{Label: loc.T(e.Key), Href: e.Href, Icon: e.Icon}
		if e.Href == "/notifications" && s.Unread != nil {
			n, err := s.Unread(c.UserContext(), sc)
			if err != nil {
				slog.Error("unread notifications not counted", "error", err)
			}
			item.Count = n
		}
		for _, room := range []string{e.Href, e.Within} {
			if room != "" && len(room) > longest && (path == room || strings.HasPrefix(path, room+"/")) {
				current, longest = len(items), len(room)
			}
		}
		if e.Group != "" {
			item.Group = loc.T("site.nav.group." + string(e.Group))
		}
		items = append(items, item)
	}
	if current >= 0 {
		items[current].Current = true
	}
	if len(items) <= mostTogether {
		for i := range items {
			items[i].Group = ""
		}
	}
	return items
}

// BrandOf gives the tenant's brand as the pages use it, its pictures described in its first language.
func BrandOf(t tenants.Tenant) ui.Brand { return BrandIn(t, t.Locale()) }

// BrandIn is BrandOf for a reader of that language.
func BrandIn(t tenants.Tenant, locale i18n.Locale) ui.Brand {
	b := ui.Brand{Name: t.Name, Primary: t.Brand.Primary, Accent: t.Brand.Accent, Typeface: t.Brand.Typeface}
	if set := t.Brand.Logo.Set; set != "" {
		b.LogoURL, b.LogoDarkURL = pictureURL(set, pictures.LogoLight), pictureURL(set, pictures.LogoDark)
		b.LogoAlt = t.Brand.Logo.Alt.String(locale, t.Locales...)
	}
	if set := t.Brand.Header.Set; set != "" {
		b.HeaderURL, b.HeaderWidth, b.HeaderHeight = pictureURL(set, pictures.HeaderFile), t.Brand.Header.Width, t.Brand.Header.Height
		b.HeaderAlt = t.Brand.Header.Alt.String(locale, t.Locales...)
	}
	if set := t.Brand.Drawn; set != "" {
		b.Icons = map[int]string{32: pictureURL(set, pictures.Icon32), 180: pictureURL(set, pictures.Icon180), 512: pictureURL(set, pictures.Icon512)}
		b.SocialURL = pictureURL(set, pictures.SocialFile)
	}
	return b
}

// pictureURL is where a picture of a set is shown; it holds the hash of what was drawn, so it may be kept for a year.
func pictureURL(set, name string) string { return "/brand/pictures/" + set + "-" + name }

// Letterhead is the network's logo for a paper, a PNG; nil where there is none.
func (s *Site) Letterhead(c *fiber.Ctx, sc tenants.Scope) []byte {
	if s.Logo == nil {
		return nil
	}
	return s.Logo(c.UserContext(), sc.Tenant())
}

// Render answers with a page.
func (s *Site) Render(c *fiber.Ctx, component templ.Component) error {
	return web.Page(c, fiber.StatusOK, component)
}

// Show answers with a page or, where its form was refused, with that page again, as of Refuse.
func (s *Site) Show(c *fiber.Ctx, refused error, page func(*fault.Fault) templ.Component) error {
	if refused == nil {
		return s.Render(c, page(nil))
	}
	return s.Refuse(c, refused, page)
}

// Refuse answers a refused form with its page again: the component shows what was typed and, beside each field, what
// is wrong. Errors that are not about input are passed on to the error page.
func (s *Site) Refuse(c *fiber.Ctx, err error, again func(*fault.Fault) templ.Component) error {
	f := fault.Of(err)
	switch f.Kind {
	case fault.KindInvalid, fault.KindConflict, fault.KindTooLate, fault.KindTooMany, fault.KindUnavailable:
		return web.Page(c, web.Status(f), again(f))
	default:
		return err
	}
}

// Say leaves a notice for the next page, by message key.
func (s *Site) Say(c *fiber.Ctx, kind, key string) {
	web.SetCookie(c, noticeCookie, kind+" "+key, time.Time{})
}

// Said goes on after an act without input: it says that it is done, or why the thing's state did not allow it.
func (s *Site) Said(c *fiber.Ctx, err error, done, next string) error {
	switch {
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindTooLate):
		s.Say(c, "warning", fault.Of(err).Key)
	case err != nil:
		return err
	default:
		s.Say(c, "success", done)
	}
	return web.SeeOther(c, next)
}

// Repeated is no refusal where what was asked for is so already by the actor, as after a second click, which done tells.
func Repeated(err error, done func() (bool, error)) error {
	if fault.Is(err, fault.KindNotFound) || fault.Is(err, fault.KindForbidden) || fault.Is(err, fault.KindConflict) {
		if so, failed := done(); failed == nil && so {
			return nil
		}
	}
	return err
}

func (s *Site) notice(c *fiber.Ctx, loc *i18n.Localizer) *ui.Notice {
	kind, key, ok := strings.Cut(web.Cookie(c, noticeCookie), " ")
	if !ok {
		return nil
	}
	web.DropCookie(c, noticeCookie)
	if !loc.Has(key) || !slices.Contains([]string{"success", "info", "warning", "danger"}, kind) {
		return nil
	}
	return &ui.Notice{Kind: kind, Text: loc.T(key)}
}

// testNote marks every page of a rehearsal, and leads back to the call that is tried.
func (s *Site) testNote(c *fiber.Ctx, room tenants.Tenant, loc *i18n.Localizer) *ui.Test {
	note := &ui.Test{Text: loc.T("site.test"), Link: loc.T("site.test_back")}
	network, err := s.Tenants.ByID(c.UserContext(), room.Network)
	if err != nil {
		return note
	}
	origin := web.Origin(c, s.Secure)
	note.Href = strings.Replace(origin, room.Host, network.Host, 1) + "/program/calls/" + room.Call.String() + "/rehearsal"
	return note
}

// Sheet answers with a list as a file for spreadsheet programs, named like the page. Nothing is taken away from a
// rehearsal.
func (s *Site) Sheet(c *fiber.Ctx, p ui.Page, t sheets.Table, f sheets.Format) error {
	if p.Test != nil {
		return fault.NotFound()
	}
	b, err := t.Write(f, p.Loc)
	if err != nil {
		return err
	}
	return web.File(c, p.Title+"."+string(f), f.MediaType(), b)
}
