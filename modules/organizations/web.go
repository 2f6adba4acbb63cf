package organizations

import (
	"cmp"
	"embed"
	"strings"

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
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of organizations.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	register, people := policies.OrganizationRegister, policies.OrganizationPeople
	return site.Module{
		Name: "organizations",
		Routes: []site.Route{
			{Method: get, Path: "/my-organizations", Action: register, Handle: w.mine},
			{Method: get, Path: "/organizations", Action: policies.OrganizationList, Handle: w.list},
			{Method: get, Path: "/directory", Action: policies.OrganizationDirectory, Handle: w.directory},
			{Method: get, Path: "/directory/suggestions", Action: policies.OrganizationDirectory, Handle: w.suggest},
			{Method: get, Path: "/organizations/new", Action: register, Handle: w.form},
			{Method: post, Path: "/organizations", Action: register, Handle: w.register},
			{Method: get, Path: "/organizations/:id", Action: policies.OrganizationRead, Handle: w.show},
			{Method: post, Path: "/organizations/:id/join-requests", Action: register, Handle: w.ask},
			{Method: get, Path: "/organizations/:id/edit", Action: policies.OrganizationEdit, Handle: w.editForm},
			{Method: post, Path: "/organizations/:id", Action: policies.OrganizationEdit, Handle: w.edit},
			{Method: get, Path: "/organizations/:id/people", Action: policies.OrganizationRead, Handle: w.people},
			{Method: get, Path: "/organizations/:id/people/removal", Action: people, Handle: w.consider("organizations.removal.")},
			{Method: post, Path: "/organizations/:id/people/removal", Action: people, Handle: w.remove},
			{Method: get, Path: "/organizations/:id/people/hand-over", Action: people, Handle: w.consider("organizations.hand_over.")},
			{Method: post, Path: "/organizations/:id/people/hand-over", Action: people, Handle: w.handOver},
		},
		Entries: []site.Entry{
			{Key: "organizations.nav.list", Href: "/organizations", Icon: "building", Action: policies.OrganizationList, Group: site.GroupPeople, Order: 40},
			{Key: "organizations.nav.mine", Href: "/my-organizations", Within: "/organizations", Icon: "building", Action: register, Group: site.GroupProgram, Order: 20, Only: tenants.KindNetwork, Hidden: isTeam},
			{Key: "organizations.nav.directory", Href: "/directory", Icon: "search", Action: policies.OrganizationDirectory, Group: site.GroupPeople, Order: 30, Hidden: isTeam},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

// isTeam reports whether the actor works for the network and for no organization.
func isTeam(a tenants.Actor) bool { return len(a.Grants) > 0 && len(a.OrganizationsAs()) == 0 }

func (w *Web) mine(c *fiber.Ctx, sc tenants.Scope) error {
	mine, err := w.service.Mine(c.UserContext(), sc)
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		return web.SeeOther(c, "/organizations/"+mine[0].ID.String())
	}
	return w.site.Render(c, minePage(w.site.Page(c, sc, "organizations.mine.title"), mine))
}

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	q := readQuery(values)
	p := w.site.Page(c, sc, "organizations.list.title")
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
	l := listOf(p, "/organizations", values, n)
	l.Exports = true
	return w.site.Render(c, listPage(p, paged(&l, all), l, true))
}

func (w *Web) directory(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	q := readQuery(values)
	p := w.site.Page(c, sc, "organizations.directory.title")
	q.Limit, q.Locale = pageSize+1, p.Loc.Locale
	format, exported := sheets.ParseFormat(values.Get("format"))
	if exported {
		q.After, q.Limit = "", 0
	}
	all, n, err := w.service.Directory(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	if exported {
		return w.site.Sheet(c, p, directorySheet(p, all), format)
	}
	l := listOf(p, "/directory", values, n)
	l.Exports = true
	return w.site.Render(c, listPage(p, paged(&l, all), l, false))
}

// mostSuggested is how many organizations are suggested at once.
const mostSuggested = 10

// suggest gives the organizations of the directory that are called like what somebody types (q), for a ui.Combobox.
func (w *Web) suggest(c *fiber.Ctx, sc tenants.Scope) error {
	loc := w.site.Localizer(c, sc)
	typed := strings.TrimSpace(web.Query(c).Raw("q"))
	found := ui.Suggestions{Items: []ui.Suggestion{}}
	if n := len([]rune(typed)); n >= 2 && n <= i18n.MostSearched {
		all, _, err := w.service.Directory(c.UserContext(), sc, Query{Search: typed, Limit: mostSuggested, Locale: loc.Locale})
		if err != nil {
			return err
		}
		for _, o := range all {
			found.Items = append(found.Items, ui.Suggestion{Value: o.ID.String(), Text: o.Name, Note: o.City + ", " + o.Country.Name(loc.Locale)})
		}
	}
	found.Said = loc.N("site.places.found", len(found.Items))
	return c.JSON(found)
}

// paged cuts the list to one page and says where the next one begins.
func paged(l *ui.List, all []Organization) []Organization {
	l.First, l.Empty = l.Query.Get("after") == "", len(all) == 0
	if len(all) > pageSize {
		all = all[:pageSize]
		l.Next = all[pageSize-1].ID.String()
	}
	return all
}

func (w *Web) form(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.site.Page(c, sc, "organizations.new.title")
	return w.site.Render(c, editPage(p, "/organizations", view{Organization: Organization{Country: "TR"}, Return: web.Local(web.Query(c).Raw("return"), "")}))
}

func (w *Web) register(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "organizations.new.title")
	v, bad := read(form)
	var done Registered
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		done, err = w.service.Register(c.UserContext(), sc, v.Organization, form.Ticked("looked"))
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			v.Fault = f
			return editPage(p, "/organizations", v)
		})
	}
	if len(done.Similar) > 0 {
		v.Similar = done.Similar
		return w.site.Render(c, editPage(p, "/organizations", v))
	}
	w.site.Say(c, "success", "organizations.new.done")
	return web.SeeOther(c, cmp.Or(v.Return, "/organizations/"+done.Organization.ID.String()))
}

func parse(c *fiber.Ctx) (ids.Organization, error) {
	id, err := ids.Parse[ids.Organization](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Organization(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "organizations.show.title")
	p.Title = o.Name
	return w.site.Render(c, showPage(p, o, w.service.MayEdit(sc, id)))
}

func (w *Web) ask(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	if err := w.service.AskToJoin(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "organizations.join.asked")
	return web.SeeOther(c, "/desk")
}

func (w *Web) editForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Organization(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if !w.service.MayEdit(sc, id) {
		return fault.NotFound()
	}
	p := w.site.Page(c, sc, "organizations.edit.title")
	return w.site.Render(c, editPage(p, "/organizations/"+id.String(), viewOf(o)))
}

func (w *Web) edit(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	version, err := form.Version()
	if err != nil {
		return err
	}
	v, bad := read(form)
	v.Organization.ID, v.Organization.Version = id, version
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Edit(c.UserContext(), sc, v.Organization)
	}
	if err != nil {
		p := w.site.Page(c, sc, "organizations.edit.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			v.Fault = f
			return editPage(p, "/organizations/"+id.String(), v)
		})
	}
	w.site.Say(c, "success", "organizations.edit.done")
	return web.SeeOther(c, "/organizations/"+id.String())
}

func (w *Web) people(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Organization(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	members, pending, err := w.service.Members(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "organizations.people.title")
	return w.site.Render(c, peoplePage(p, sc, o, members, pending, w.service.MaySteer(sc, id)))
}

// consider shows what an act on somebody of the organization means, before it is done; words are the keys of its texts.
func (w *Web) consider(words string) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		id, err := parse(c)
		if err != nil {
			return err
		}
		if !w.service.MaySteer(sc, id) {
			return fault.NotFound()
		}
		o, err := w.service.Organization(c.UserContext(), sc, id)
		if err != nil {
			return err
		}
		members, _, err := w.service.Members(c.UserContext(), sc, id)
		if err != nil {
			return err
		}
		for _, m := range members {
			if q := web.Query(c); m.Person.String() == q.Raw("person") && string(m.Role) == q.Raw("role") {
				p := w.site.Page(c, sc, words+"title")
				return w.site.Render(c, considerPage(p, words, o, m))
			}
		}
		return fault.NotFound()
	}
}

func (w *Web) remove(c *fiber.Ctx, sc tenants.Scope) error {
	return w.steer(c, "organizations.people.removed", func(id ids.Organization, person ids.Person, form web.Form) error {
		role, ok := tenants.ParseRole(form.Raw("role"))
		if !ok {
			return fault.NotFound()
		}
		return w.service.Remove(c.UserContext(), sc, id, person, role)
	})
}

func (w *Web) handOver(c *fiber.Ctx, sc tenants.Scope) error {
	return w.steer(c, "organizations.people.handed_over", func(id ids.Organization, person ids.Person, _ web.Form) error {
		return w.service.HandOver(c.UserContext(), sc, id, person)
	})
}

// steer reads whom an act on the organization's people is about, does it, and says so.
func (w *Web) steer(c *fiber.Ctx, said string, act func(ids.Organization, ids.Person, web.Form) error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	person, err := ids.Parse[ids.Person](form.Raw("person"))
	if err != nil {
		return fault.NotFound()
	}
	err = act(id, person, form)
	switch {
	case fault.Is(err, fault.KindConflict):
		w.site.Say(c, "warning", fault.Of(err).Key)
	case err != nil:
		return err
	default:
		w.site.Say(c, "success", said)
	}
	return web.SeeOther(c, "/organizations/"+id.String()+"/people")
}
