package oversight

import (
	"embed"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
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
	service *Service
	site    *site.Site
	origin  func(tenants.Tenant) string
}

// NewWeb makes the module's pages; origin is the address of a network's site.
func NewWeb(service *Service, s *site.Site, origin func(tenants.Tenant) string) *Web {
	return &Web{service: service, site: s, origin: origin}
}

// Module is what the core site shows of oversight.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	core := tenants.KindCore
	return site.Module{
		Name: "oversight",
		Routes: []site.Route{
			{Method: get, Path: "/networks", Action: policies.NetworkList, Handle: w.networks, Only: core},
			{Method: get, Path: "/networks/new", Action: policies.NetworkOpen, Handle: w.form, Only: core},
			{Method: post, Path: "/networks", Action: policies.NetworkOpen, Handle: w.open, Only: core},
			{Method: get, Path: "/networks/:id", Action: policies.NetworkList, Handle: w.network, Only: core},
			{Method: post, Path: "/networks/:id/suspension", Action: policies.NetworkSteer, Handle: w.suspend, Only: core},
			{Method: post, Path: "/networks/:id/reopening", Action: policies.NetworkSteer, Handle: w.reopen, Only: core},
		},
		Entries: []site.Entry{
			{Key: "oversight.nav.networks", Href: "/networks", Icon: "network", Action: policies.NetworkList, Order: 10, Only: core},
		},
	}
}

func (w *Web) networks(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Networks(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "oversight.networks.title")
	return w.site.Render(c, networksPage(p, all, w.origin, w.service.policies.MayEver(sc.Actor(), policies.NetworkOpen)))
}

func (w *Web) form(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.site.Page(c, sc, "oversight.new.title")
	return w.site.Render(c, newPage(p, tenants.New{Zone: "Europe/Istanbul", Locales: i18n.All, Brand: tenants.Brand{Primary: "#1f5f5b"}, First: tenants.Contact{Locale: i18n.EN}}, nil))
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
	n, err := w.service.Network(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if web.Fragment(c) {
		return w.site.Render(c, progressPart(w.site.Page(c, sc, "oversight.network.title"), n))
	}
	p := w.site.Page(c, sc, "oversight.network.title")
	p.Title = n.Tenant.Name
	return w.site.Render(c, networkPage(p, n, w.origin(n.Tenant), w.service.policies.MayEver(sc.Actor(), policies.NetworkSteer)))
}

func (w *Web) suspend(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	if err := w.service.Suspend(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "oversight.network.suspended")
	return web.SeeOther(c, "/networks/"+id.String())
}

func (w *Web) reopen(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	if err := w.service.Reopen(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "oversight.network.reopened")
	return web.SeeOther(c, "/networks/"+id.String())
}
