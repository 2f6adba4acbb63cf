package domains

import (
	"context"
	"embed"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
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

// Web is the module's page.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the module's page.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

const page = "/settings/domain"

// Module is what the site shows of a network's own domain. The core's is its operator's affair.
func (w *Web) Module() site.Module {
	get, post, edit, only := fiber.MethodGet, fiber.MethodPost, policies.DomainEdit, tenants.KindNetwork
	return site.Module{
		Name: "domains",
		Routes: append([]site.Route{
			{Method: get, Path: page, Action: edit, Only: only, Handle: w.show},
			{Method: post, Path: page, Action: edit, Only: only, Handle: w.claim},
			{Method: post, Path: page + "/check", Action: edit, Only: only, Handle: w.check},
			{Method: post, Path: page + "/main", Action: edit, Only: only, Handle: w.makeMain},
			{Method: post, Path: page + "/release", Action: edit, Only: only, Handle: w.release},
		}, w.senderRoutes()...),
		Entries: []site.Entry{
			{Key: "domains.nav", Href: page, Icon: "link", Action: edit, Only: only, Group: site.GroupSettings, Order: 86},
			{Key: "domains.sender.nav", Href: senderPage, Icon: "send", Action: edit, Only: only, Group: site.GroupSettings, Order: 87},
		},
		Tasks: []site.Tasks{w.tasks, w.senderTasks},
	}
}

// view is what the page shows; Typed is what was typed, when a refused page is shown again.
type view struct {
	Domain Domain // the zero Domain: none
	First  string // the host that the network was opened with
	Main   string // where links lead
	Typed  string
	Fault  *fault.Fault
}

func (w *Web) view(c *fiber.Ctx, sc tenants.Scope) (view, error) {
	d, _, err := w.service.Own(c.UserContext(), sc)
	return view{Domain: d, First: w.service.First(sc.Tenant().Slug), Main: sc.Tenant().Host}, err
}

func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.view(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, domainPage(w.site.Page(c, sc, "domains.title"), v))
}

// answer leads back to the page, or shows it again with what was refused.
func (w *Web) answer(c *fiber.Ctx, sc tenants.Scope, err error, typed, said string) error {
	if err == nil {
		w.site.Say(c, "success", said)
		return web.SeeOther(c, page)
	}
	v, failed := w.view(c, sc)
	if failed != nil {
		return failed
	}
	v.Typed = typed
	p := w.site.Page(c, sc, "domains.title")
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return domainPage(p, v)
	})
}

func (w *Web) claim(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	_, err = w.service.Claim(c.UserContext(), sc, form.Raw("host"))
	return w.answer(c, sc, err, form.Raw("host"), "domains.said.claimed")
}

func (w *Web) check(c *fiber.Ctx, sc tenants.Scope) error {
	return w.answer(c, sc, w.service.Check(c.UserContext(), sc), "", "domains.said.proved")
}

func (w *Web) makeMain(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return w.answer(c, sc, w.service.MakeMain(c.UserContext(), sc, form.Ticked("main")), "", "domains.said.main")
}

func (w *Web) release(c *fiber.Ctx, sc tenants.Scope) error {
	return w.answer(c, sc, w.service.Release(c.UserContext(), sc), "", "domains.said.released")
}

// tasks tells who may do something about it that the domain's proof is gone.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind != tenants.KindNetwork || !w.service.MayEdit(sc) {
		return nil, nil
	}
	d, found, err := w.service.Own(ctx, sc)
	if err != nil || !found || d.LostAt.IsZero() {
		return nil, err
	}
	return []site.Task{{Title: loc.T("domains.task.lost", "Domain", shown(d.Host)), Hint: loc.T("domains.task.lost_hint"), Href: page, Due: d.Ends(), Tone: "danger"}}, nil
}

func firstFault(p ui.Page, f *fault.Fault) string { return ui.FieldError(p, f, "host") }
