package applications

import (
	"context"
	"net/url"
	"slices"
	"strings"
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
	"kervan/tenants"
)

const pageSize = 50

func readQuery(values url.Values) Query {
	q := Query{Search: values.Get("q"), After: values.Get("after"), Sort: values.Get("sort"), Desc: values.Get("desc") != ""}
	if s, ok := ParseState(values.Get("state")); ok {
		q.State = s
	}
	if v, ok := ParseVerdict(values.Get("eligibility")); ok {
		q.Verdict = v
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
		all, err := w.service.List(c.UserContext(), sc, q)
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
	found, err := w.service.List(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	all, l := found.Rows, listOf(p, values, found)
	l.Exports = w.service.MayExport(sc) == nil
	l.First, l.Empty = values.Get("after") == "", len(all) == 0
	if len(all) > pageSize {
		all = all[:pageSize]
		found.Rows = all
		l.Next = all[pageSize-1].ID.String()
	}
	return w.site.Render(c, listPage(p, found, l, w.service.MayCheckAny(sc)))
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
	switch {
	case err != nil:
		return err
	case done == 0:
		w.site.Say(c, "warning", "applications.check.none")
	case done < len(chosen):
		w.site.Say(c, "warning", "applications.check.some")
	default:
		w.site.Say(c, "success", "applications.check.several")
	}
	return web.SeeOther(c, withList("/applications", form.Raw("list")))
}

// withList is an address that carries the query of the list from which somebody came.
func withList(path, query string) string {
	values, err := url.ParseQuery(query)
	if err != nil || len(values) == 0 {
		return path
	}
	values.Del("format")
	return path + "?" + values.Encode()
}

func (w *Web) dossier(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showDossier(c, sc, web.Query(c).Values(), web.Form{}, nil)
}

// checking is what an officer sees beside a dossier.
type checking struct {
	Query  url.Values // of the list
	Before ids.Application
	After  ids.Application
	Listed bool // the actor may see the list
	Now    time.Time
	Form   web.Form
	Fault  *fault.Fault
}

func (w *Web) showDossier(c *fiber.Ctx, sc tenants.Scope, query url.Values, form web.Form, refused error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Dossier(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	query.Del("after")
	query.Del("format")
	v := checking{Query: query, Form: form, Now: time.Now()}
	if w.service.MayList(sc) {
		v.Listed = true
		if v.Before, v.After, err = w.service.Neighbours(c.UserContext(), sc, readQuery(query), id); err != nil {
			return err
		}
	}
	p := w.site.Page(c, sc, "applications.dossier.title")
	p.Title = d.Number + " " + d.Name()
	if refused != nil {
		return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
			v.Fault = f
			return dossierPage(p, d, v)
		})
	}
	return w.site.Render(c, dossierPage(p, d, v))
}

// Read shows what was handed in beside a review of it, for a page of another module around it.
func (w *Web) Read(ctx context.Context, sc tenants.Scope, p ui.Page, id ids.Application) (templ.Component, error) {
	d, err := w.service.DossierForReview(ctx, sc, id)
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
	version, err := form.Version()
	if err != nil {
		return err
	}
	if version == 0 { // whatever it is by now: for many at once, where no page was shown
		return fault.Invalid("fault.bad_request")
	}
	if err := do(id, version, form); err != nil {
		query, _ := url.ParseQuery(form.Raw("list"))
		return w.showDossier(c, sc, query, form, err)
	}
	w.site.Say(c, "success", said)
	return web.SeeOther(c, withList(address(id, "dossier"), form.Raw("list")))
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
		words, bad := form.Text("papers", 2000)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		asked := Papers{Words: words, Questions: map[ids.Sheet][]string{}}
		for _, text := range form.All("asked") {
			sheet, question, _ := strings.Cut(text, ":")
			parsed, err := ids.Parse[ids.Sheet](sheet)
			if err != nil {
				return fault.Invalid("fault.bad_request")
			}
			asked.Questions[parsed] = append(asked.Questions[parsed], question)
		}
		return w.service.AskForPapers(c.UserContext(), sc, id, version, asked)
	})
}

// tasks are what applicants and officers must do now.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	tasks, err := w.applicantTasks(ctx, sc, loc)
	if err != nil || !w.service.MayCheckAny(sc) {
		return tasks, err
	}
	n, err := w.service.ToCheck(ctx, sc)
	if err == nil && n > 0 {
		tasks = append(tasks, site.Task{Title: loc.N("applications.task.check", n), Href: "/applications?state=submitted"})
	}
	return tasks, err
}

func (w *Web) applicantTasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !sc.Actor().Signed() || sc.Tenant().Kind.Site() != tenants.KindNetwork {
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
	open, err := w.service.LaterOpen(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	for i := range all {
		o := &all[i]
		if one, ok := open[o.ID]; ok {
			tasks = append(tasks, site.Task{Title: loc.N("applications.task.later", one.Questions), Hint: o.Call.Name(loc.Locale), Due: one.Due, Href: address(o.ID, laterPage)})
		}
		if key := w.next(sc, o, time.Now()); key != "" {
			tasks = append(tasks, site.Task{Title: loc.T(key, "Call", o.Call.Name(loc.Locale)), Due: o.Due(o.Until), Href: address(o.ID, "")})
		}
	}
	return tasks, nil
}

// next is the message key of what the actor has to do for an application; empty when it is others' turn, or nobody's.
func (w *Web) next(sc tenants.Scope, o *Overview, now time.Time) string {
	if !o.Writable(now, o.Until) || o.State == Submitted {
		return ""
	}
	mine := slices.ContainsFunc(mineOf(sc, &o.Application), func(p *Part) bool { return !p.Confirmed() })
	others := slices.ContainsFunc(o.Parts, func(p Part) bool { return !p.Organization.IsZero() && !p.Confirmed() })
	switch {
	case mine && o.State == Returned:
		return "applications.task.papers"
	case mine:
		return "applications.task.finish"
	case !others && w.service.Leads(sc, &o.Application):
		return "applications.task.submit"
	default:
		return ""
	}
}
