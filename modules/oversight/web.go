package oversight

import (
	"context"
	"embed"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
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
	further Further
}

// Further finds more figures that the actor may read, each on a page of its own.
type Further func(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]ui.Crumb, error)

// Leading has the page of figures lead to further ones.
func (w *Web) Leading(f Further) *Web {
	w.further = f
	return w
}

// NewWeb makes the module's pages; origin is the address of a network's site.
func NewWeb(service *Service, s *site.Site, origin func(tenants.Tenant) string) *Web {
	return &Web{service: service, site: s, origin: origin}
}

// Module is what the sites show of oversight: the core its board, a network its own figures.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	core, network := tenants.KindCore, tenants.KindNetwork
	steer := policies.NetworkSteer
	return site.Module{
		Name: "oversight",
		Routes: []site.Route{
			{Method: get, Path: "/networks", Action: policies.NetworkList, Handle: w.networks, Only: core},
			{Method: get, Path: "/networks/new", Action: policies.NetworkOpen, Handle: w.form, Only: core},
			{Method: post, Path: "/networks", Action: policies.NetworkOpen, Handle: w.open, Only: core},
			{Method: get, Path: "/networks/:id", Action: policies.NetworkList, Handle: w.network, Only: core},
			{Method: post, Path: "/networks/:id/going-live", Action: steer, Handle: w.steer("oversight.network.went_live", w.service.GoLive), Only: core},
			{Method: post, Path: "/networks/:id/suspension", Action: steer, Handle: w.steer("oversight.network.suspended", w.service.Suspend), Only: core},
			{Method: post, Path: "/networks/:id/reopening", Action: steer, Handle: w.steer("oversight.network.reopened", w.service.Reopen), Only: core},
			{Method: get, Path: "/jobs", Action: policies.JobWatch, Handle: w.work, Only: core},
			{Method: post, Path: "/jobs/retrial", Action: policies.JobRetry, Handle: w.retry, Only: core},
			{Method: get, Path: "/figures", Action: policies.AggregateRead, Handle: w.figures, Only: network},
		},
		Entries: []site.Entry{
			{Key: "oversight.nav.networks", Href: "/networks", Icon: "network", Action: policies.NetworkList, Group: site.GroupProgram, Order: 10, Only: core},
			{Key: "oversight.nav.work", Href: "/jobs", Icon: "settings", Action: policies.JobWatch, Group: site.GroupSettings, Order: 20, Only: core},
			{Key: "oversight.nav.figures", Href: "/figures", Icon: "scale", Action: policies.AggregateRead, Group: site.GroupProgram, Order: 65, Only: network},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

func (w *Web) networks(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	q := readQuery(values)
	p := w.site.Page(c, sc, "oversight.networks.title")
	q.Locale = p.Loc.Locale
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		q.After, q.Limit = "", 0
		b, err := w.service.Networks(c.UserContext(), sc, q)
		if err != nil {
			return err
		}
		return w.site.Sheet(c, p, boardSheet(p, b, w.origin), f)
	}
	b, err := w.service.Networks(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	l := boardList(p, values, b.Total)
	if l.Empty = len(b.Networks) == 0; len(b.Networks) > pageSize {
		b.Networks = b.Networks[:pageSize]
		l.Next = b.Networks[pageSize-1].Tenant.ID.String()
	}
	return w.site.Render(c, networksPage(p, b, l, w.origin, w.service.policies.MayEver(sc.Actor(), policies.NetworkOpen)))
}

func (w *Web) form(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.site.Page(c, sc, "oversight.new.title")
	return w.site.Render(c, newPage(p, tenants.New{Zone: "Europe/Istanbul", Locales: i18n.All, Brand: tenants.Brand{Primary: "#1f5f5b"}, First: tenants.Contact{Locale: p.Loc.Locale}}, nil))
}

func (w *Web) open(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	n, bad := readNew(form)
	var opened tenants.Tenant
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		opened, err = w.service.Open(c.UserContext(), sc, n)
	}
	if err != nil {
		p := w.site.Page(c, sc, "oversight.new.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return newPage(p, n, f) })
	}
	return web.SeeOther(c, "/networks/"+opened.ID.String())
}

func readNew(form web.Form) (tenants.New, []fault.Field) {
	name, bad := form.Text("name", 120)
	first, badFirst := form.Text("first_name", 200)
	n := tenants.New{
		Name: name, Slug: form.Raw("slug"), Zone: form.Raw("zone"), Brand: tenants.Brand{Primary: form.Raw("primary")},
		First: tenants.Contact{Name: first, Email: form.Raw("first_email")},
	}
	locale, ok := i18n.ParseLocale(form.Raw("locale"))
	if !ok {
		bad = append(bad, fault.At("locale", "fault.choose"))
	}
	n.First.Locale = locale
	for _, code := range form.All("locales") {
		if l, ok := i18n.ParseLocale(code); ok && l != locale {
			n.Locales = append(n.Locales, l)
		}
	}
	if ok {
		n.Locales = slices.Insert(n.Locales, 0, locale)
	}
	return n, append(bad, badFirst...)
}

func parse(c *fiber.Ctx) (ids.Tenant, error) {
	id, err := ids.Parse[ids.Tenant](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) network(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	n, history, err := w.service.Network(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "oversight.network.title")
	if web.Fragment(c) {
		if n.Ready() {
			c.Set("HX-Refresh", "true") // the rest of the page tells of the opening, too
		}
		return w.site.Render(c, progressPart(p, n))
	}
	p.Title = n.Tenant.Name
	return w.site.Render(c, networkPage(p, n, history, w.origin(n.Tenant), w.service.policies.MayEver(sc.Actor(), policies.NetworkSteer)))
}

// steer does something to a network and says so. What its state does not allow is said, too: somebody else was faster.
func (w *Web) steer(said string, act func(ctx context.Context, sc tenants.Scope, id ids.Tenant) error) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		id, err := parse(c)
		if err != nil {
			return err
		}
		switch err := act(c.UserContext(), sc, id); {
		case fault.Is(err, fault.KindConflict):
			w.site.Say(c, "warning", fault.Of(err).Key)
		case err != nil:
			return err
		default:
			w.site.Say(c, "success", said)
		}
		return web.SeeOther(c, "/networks/"+id.String())
	}
}

func (w *Web) work(c *fiber.Ctx, sc tenants.Scope) error {
	work, err := w.service.Work(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "oversight.work.title")
	if f, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		return w.site.Sheet(c, p, workSheet(p, work), f)
	}
	return w.site.Render(c, workPage(p, work, w.service.policies.MayEver(sc.Actor(), policies.JobRetry)))
}

func (w *Web) retry(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Raw("id"), 10, 64)
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.Retry(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "oversight.work.retried")
	return web.SeeOther(c, "/jobs")
}

func (w *Web) figures(c *fiber.Ctx, sc tenants.Scope) error {
	f, err := w.service.Own(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "oversight.figures.title")
	if format, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		return w.site.Sheet(c, p, figuresSheet(p, f, time.Now()), format)
	}
	var more []ui.Crumb
	if w.further != nil {
		if more, err = w.further(c.UserContext(), sc, p.Loc); err != nil {
			return err
		}
	}
	return w.site.Render(c, figuresPage(p, f, more, time.Now()))
}
