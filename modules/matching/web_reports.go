package matching

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

const reportsPath = "/partners/reports"

func (w *Web) reports() site.Handler {
	return listing(w, w.acting, w.service.Reports, reportsPage, "matching.reports.title")
}

// reported is the page of a report, and what stands in its form.
type reported struct {
	Report

	Said    []Message
	Outcome string
	Note    string
	Fault   *fault.Fault
}

func (w *Web) opening(c *fiber.Ctx, sc tenants.Scope) (reported, error) {
	id, err := ids.Parse[ids.Report](web.Param(c, "report"))
	if err != nil {
		return reported{}, fault.NotFound()
	}
	r, said, err := w.service.Reported(c.UserContext(), sc, id)
	return reported{Report: r, Said: said}, err
}

func (w *Web) reportOf(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opening(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, reportPage(w.site.Page(c, sc, "matching.report.title"), v))
}

// judge does what a form of a report's page says.
func (w *Web) judge(said string, do func(ctx context.Context, sc tenants.Scope, v *reported, form web.Form) error) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		v, err := w.opening(c, sc)
		if err != nil {
			return err
		}
		if err := do(c.UserContext(), sc, &v, form); err != nil {
			p := w.site.Page(c, sc, "matching.report.title")
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				v.Outcome, v.Note, v.Fault = form.Raw("outcome"), form.Raw("note"), f
				return reportPage(p, v)
			})
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, reportPath(v.ID))
	}
}

func (w *Web) decide() site.Handler {
	return w.judge("matching.report.done", func(ctx context.Context, sc tenants.Scope, v *reported, form web.Form) error {
		note, bad := form.Text("note", maxReport)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		return w.service.Decide(ctx, sc, v.ID, Outcome(form.Raw("outcome")), note)
	})
}

func (w *Web) lift() site.Handler {
	return w.judge("matching.report.lifted", func(ctx context.Context, sc tenants.Scope, v *reported, _ web.Form) error {
		return w.service.Lift(ctx, sc, v.ID)
	})
}

func outcomeOptions(p ui.Page) []ui.Option {
	all := make([]ui.Option, len(Outcomes))
	for i, o := range Outcomes {
		all[i] = ui.Option{Value: string(o), Label: p.T("matching.outcome." + string(o)), Hint: p.T("matching.outcome_hint." + string(o))}
	}
	return all
}

// standing is a report's state in a word, and its tone.
func standing(p ui.Page, r *Report) (string, string) {
	switch r.Outcome {
	case "":
		return p.T("matching.report.waits"), "warning"
	case Bar:
		if !r.Barred {
			return p.T("matching.report.was_barred"), "neutral"
		}
	case Nothing, Warning:
	}
	return p.T("matching.outcome." + string(r.Outcome)), "neutral"
}
