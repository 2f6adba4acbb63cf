package applications

import (
	"context"
	"net/url"
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

const pageSize = 50

func readQuery(values url.Values) Query {
	q := Query{Search: values.Get("q"), After: values.Get("after"), Sort: values.Get("sort"), Desc: values.Get("desc") != ""}
	if s, ok := ParseState(values.Get("state")); ok {
		q.State = s
	}
	if call, err := ids.Parse[ids.Call](values.Get("call")); err == nil {
		q.Call = call
	}
	return q
}

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	q := readQuery(values)
	p := w.site.Page(c, sc, "applications.list.title")
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		if err := w.service.MayExport(sc); err != nil {
			return err
		}
		q.After = ""
		all, _, err := w.service.List(c.UserContext(), sc, q)
		if err != nil {
			return err
		}
		b, err := table(p, all).Write(f, p.Loc)
		if err != nil {
			return err
		}
		return web.File(c, p.T("applications.list.title")+"."+string(f), f.MediaType(), b)
	}
	q.Limit = pageSize + 1
	all, n, err := w.service.List(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	calls, err := w.service.Published(c.UserContext(), sc)
	if err != nil {
		return err
	}
	l := listOf(p, values, calls, n)
	l.Exports = w.service.MayExport(sc) == nil
	l.First, l.Empty = values.Get("after") == "", len(all) == 0
	if len(all) > pageSize {
		all = all[:pageSize]
		l.Next = all[pageSize-1].ID.String()
	}
	return w.site.Render(c, listPage(p, all, l, w.service.MayCheckAny(sc)))
}

// MayExport reports whether the actor may take the list away.
func (s *Service) MayExport(sc tenants.Scope) error {
	return s.policies.May(sc, policies.ApplicationExport, policies.On{})
}

// MayCheckAny reports whether the actor checks applications at all.
func (s *Service) MayCheckAny(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.ApplicationCheck, policies.On{}) == nil
}

func (w *Web) findEligible(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	var chosen []ids.Application
	for _, text := range form.All("application") {
		if id, err := ids.Parse[ids.Application](text); err == nil {
			chosen = append(chosen, id)
		}
	}
	done, err := w.service.FindEligible(c.UserContext(), sc, chosen)
	if err != nil {
		return err
	}
	if done == 0 {
		w.site.Say(c, "warning", "applications.check.none")
	} else {
		w.site.Say(c, "success", "applications.check.several")
	}
	return web.SeeOther(c, "/applications?state="+url.QueryEscape(form.Raw("state")))
}

func (w *Web) dossier(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showDossier(c, sc, web.Form{}, nil)
}

func (w *Web) showDossier(c *fiber.Ctx, sc tenants.Scope, form web.Form, refused error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Dossier(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.dossier.title")
	p.Title = d.Number + " " + d.Name()
	may := w.service.MayCheck(c.UserContext(), sc, &d.Application)
	if refused != nil {
		return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return dossierPage(p, d, may, form, f) })
	}
	return w.site.Render(c, dossierPage(p, d, may, form, nil))
}

// Read shows what was handed in, for a page of another module around it.
func (w *Web) Read(ctx context.Context, sc tenants.Scope, p ui.Page, id ids.Application) (templ.Component, error) {
	d, err := w.service.Dossier(ctx, sc, id)
	if err != nil {
		return nil, err
	}
	return answers(p, d), nil
}

// decide does what an officer decided about an application, or shows what is wrong with the input.
func (w *Web) decide(c *fiber.Ctx, sc tenants.Scope, said string, do func(id ids.Application, version int64, form web.Form) error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Raw("version"), 10, 64)
	if err != nil || version == 0 {
		return fault.Invalid("fault.bad_request")
	}
	if err := do(id, version, form); err != nil {
		return w.showDossier(c, sc, form, err)
	}
	w.site.Say(c, "success", said)
	return web.SeeOther(c, address(id, "dossier"))
}

func (w *Web) check(c *fiber.Ctx, sc tenants.Scope) error {
	return w.decide(c, sc, "applications.check.done", func(id ids.Application, version int64, form web.Form) error {
		failed := form.All("failed")
		switch form.Raw("result") {
		case "eligible":
			failed = nil
		case "ineligible":
			if len(failed) == 0 {
				return fault.Invalid("fault.check_fields", fault.At("failed", "applications.check.reason"))
			}
		default:
			return fault.Invalid("fault.check_fields", fault.At("result", "fault.choose"))
		}
		return w.service.Check(c.UserContext(), sc, id, version, failed)
	})
}

func (w *Web) papers(c *fiber.Ctx, sc tenants.Scope) error {
	return w.decide(c, sc, "applications.papers.asked", func(id ids.Application, version int64, form web.Form) error {
		papers, bad := form.Text("papers", 2000)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		return w.service.AskForPapers(c.UserContext(), sc, id, version, papers)
	})
}

// tasks are what applicants and officers must do now.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	tasks, err := w.applicantTasks(ctx, sc, loc)
	if err != nil || !w.service.MayCheckAny(sc) {
		return tasks, err
	}
	_, n, err := w.service.List(ctx, sc, Query{State: Submitted, Limit: 1})
	if err == nil && n > 0 {
		tasks = append(tasks, site.Task{Title: loc.N("applications.task.check", n), Href: "/applications?state=submitted"})
	}
	return tasks, err
}

func (w *Web) applicantTasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !sc.Actor().Signed() || sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil
	}
	invitations, err := w.service.Invitations(ctx, sc)
	if err != nil {
		return nil, err
	}
	var tasks []site.Task
	for _, i := range invitations {
		tasks = append(tasks, site.Task{Title: loc.T("applications.task.invitation"), Hint: loc.T("applications.task.invitation_hint"), Href: "/partner-invitations/" + i.ID.String()})
	}
	if len(sc.Actor().OrganizationsAs()) == 0 {
		return tasks, nil
	}
	all, err := w.service.Mine(ctx, sc)
	if err != nil {
		return nil, err
	}
	for i := range all {
		o := &all[i]
		if !o.Writable(time.Now(), o.Until) || o.State == Submitted {
			continue
		}
		key := "applications.task.finish"
		if o.State == Returned {
			key = "applications.task.papers"
		}
		tasks = append(tasks, site.Task{Title: loc.T(key, "Call", o.Call.Name(loc.Locale)), Due: o.Due(o.Until), Href: address(o.ID, "")})
	}
	return tasks, nil
}
