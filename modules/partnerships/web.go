package partnerships

import (
	"embed"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
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

const pageSize = 50

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
	origin  func(tenants.Tenant) string
	stories Stories // nil: none are shown
}

// Telling has the map show what partnerships tell, too.
func (w *Web) Telling(s Stories) { w.stories = s }

// NewWeb makes the module's pages; origin is the address of a tenant's site.
func NewWeb(service *Service, s *site.Site, origin func(tenants.Tenant) string) *Web {
	return &Web{service: service, site: s, origin: origin}
}

// Module is what the site shows of partnerships.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	manage := policies.PartnershipManage
	m := site.Module{
		Name: "partnerships",
		Routes: []site.Route{
			{Method: get, Path: "/partnerships", Action: policies.PartnershipList, Handle: w.list},
			{Method: get, Path: "/my-partnerships", Action: policies.PartnershipMine, Handle: w.mine},
			{Method: get, Path: "/partnerships/:id", Action: policies.PartnershipRead, Handle: w.show},
		},
		Entries: []site.Entry{
			{Key: "partnerships.nav.list", Href: "/partnerships", Icon: "hand", Action: policies.PartnershipList, Group: site.GroupProgram, Order: 60},
			{Key: "partnerships.nav.mine", Href: "/my-partnerships", Within: "/partnerships", Icon: "hand", Action: policies.PartnershipMine, Group: site.GroupProgram, Order: 25},
		},
		Tasks:     []site.Tasks{w.tasks},
		Addresses: []site.Addresses{w.addresses},
	}
	m.Routes = append(m.Routes, w.presenting()...)
	m.Routes = append(m.Routes, w.replacing()...)
	m.Routes = append(m.Routes, w.accompanying()...)
	m.Routes = append(m.Routes, w.filing()...)
	m.Routes = append(m.Routes, w.running()...)
	for _, t := range turns {
		m.Routes = append(m.Routes,
			site.Route{Method: get, Path: "/partnerships/:id/" + t.noun, Action: manage, Handle: w.steerForm(t)},
			site.Route{Method: post, Path: "/partnerships/:id/" + t.noun, Action: manage, Handle: w.steer(t)})
	}
	return m
}

// turn is a verb of the coordinator's, with the noun of its address and the beginning of its words.
type turn struct {
	verb  Verb
	noun  string
	words string
	kind  string // of the button
}

var turns = []turn{
	{Pause, "pause", "partnerships.pause.", "primary"},
	{Resume, "resumption", "partnerships.resumption.", "primary"},
	{EndEarly, "ending", "partnerships.ending.", "danger"},
}

func (t turn) word(name string) string { return t.words + name }

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	q := readQuery(values)
	p := w.site.Page(c, sc, "partnerships.list.title")
	q.Locale = p.Loc.Locale
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		q.After = ""
		all, _, err := w.service.List(c.UserContext(), sc, q)
		if err != nil {
			return err
		}
		return w.site.Sheet(c, p, table(p, all), f)
	}
	q.Limit = pageSize + 1
	all, n, err := w.service.List(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	l := listOf(p, values, n)
	l.First, l.Empty = values.Get("after") == "", len(all) == 0
	if len(all) > pageSize {
		all = all[:pageSize]
		l.Next = all[pageSize-1].ID.String()
	}
	return w.site.Render(c, listPage(p, all, l, func(one *Partnership) bool { return w.service.MayRead(sc, one) }, w.guides(sc)))
}

func (w *Web) mine(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Mine(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, minePage(w.site.Page(c, sc, "partnerships.mine.title"), all, sc.Actor()))
}

func parse(c *fiber.Ctx) (ids.Partnership, error) {
	id, err := ids.Parse[ids.Partnership](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// open finds what a page is about and titles the page.
func (w *Web) open(c *fiber.Ctx, sc tenants.Scope) (ui.Page, Whole, error) {
	id, err := parse(c)
	if err != nil {
		return ui.Page{}, Whole{}, err
	}
	whole, err := w.service.Partnership(c.UserContext(), sc, id)
	if err != nil {
		return ui.Page{}, Whole{}, err
	}
	p := w.site.Page(c, sc, "partnerships.show.title")
	p.Title = whole.Title
	return p, whole, nil
}

func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	p, whole, err := w.open(c, sc)
	if err != nil {
		return err
	}
	var may []turn
	if w.service.MaySteer(sc, &whole.Partnership) {
		for _, t := range turns {
			if whole.May(t.verb) {
				may = append(may, t)
			}
		}
	}
	return w.site.Render(c, showPage(p, whole, may, sc.Actor(), w.told(sc, &whole.Partnership)))
}

// told reports whether the actor may read and write what the partnership tells of its work.
func (w *Web) told(sc tenants.Scope, p *Partnership) bool {
	return w.stories != nil && w.service.policies.May(sc, policies.StoryRead, policies.On{Organizations: p.Organizations()}) == nil
}

func (w *Web) steerForm(t turn) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		_, whole, err := w.open(c, sc)
		if err != nil {
			return err
		}
		if !w.service.MaySteer(sc, &whole.Partnership) {
			return fault.NotFound()
		}
		if !whole.May(t.verb) {
			w.site.Say(c, "warning", "partnerships.not_now")
			return web.SeeOther(c, address(whole.ID))
		}
		return w.site.Render(c, steerPage(w.site.Page(c, sc, t.word("title")), whole, t, typed{Version: whole.Version}))
	}
}

func (w *Web) steer(t turn) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		id, err := parse(c)
		if err != nil {
			return err
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		in, bad, err := readSteering(form)
		if err != nil {
			return err
		}
		if len(bad) > 0 {
			err = fault.Invalid("fault.check_fields", bad...)
		} else {
			err = w.service.Steer(c.UserContext(), sc, id, in.Version, t.verb, in.Reason)
		}
		if err != nil {
			_, whole, missing := w.open(c, sc)
			if missing != nil {
				return missing
			}
			if !w.service.MaySteer(sc, &whole.Partnership) {
				return fault.NotFound()
			}
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				in.Fault = f
				return steerPage(w.site.Page(c, sc, t.word("title")), whole, t, in)
			})
		}
		w.site.Say(c, "success", t.word("done"))
		return web.SeeOther(c, address(id))
	}
}
