package applications

import (
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// laterPage is the part of an address below which is what only accepted applicants are asked.
const laterPage = "after-acceptance"

func (w *Web) afterwards(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	found, err := w.service.Afterwards(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, afterwardsPage(w.site.Page(c, sc, "applications.later.title"), found))
}

func (w *Web) laterSection(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showSection(c, sc, w.service.LaterDesk)
}

func (w *Web) saveLaterSection(c *fiber.Ctx, sc tenants.Scope) error {
	return w.keepSection(c, sc, w.service.LaterDesk)
}

func (w *Web) send(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	sheet, err := ids.Parse[ids.Sheet](form.Raw("sheet"))
	if err != nil {
		return fault.NotFound()
	}
	err = w.service.Send(c.UserContext(), sc, id, sheet)
	switch {
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindTooLate):
		w.site.Say(c, "warning", fault.Of(err).Key)
	case err != nil:
		return err
	default:
		w.site.Say(c, "success", "applications.later.sent")
	}
	return web.SeeOther(c, address(id, laterPage))
}

func callIn(text string) (ids.Call, error) {
	if text == "" {
		return ids.Call{}, nil
	}
	call, err := ids.Parse[ids.Call](text)
	if err != nil {
		return call, fault.NotFound()
	}
	return call, nil
}

func (w *Web) laterList(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	call, err := callIn(values.Get("call"))
	if err != nil {
		return err
	}
	f, takes := sheets.ParseFormat(values.Get("format"))
	find := w.service.LaterList
	if takes {
		find = w.service.TakeLater
	}
	l, err := find(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.later.title")
	if takes {
		b, err := laterTable(p, l).Write(f, p.Loc)
		if err != nil {
			return err
		}
		return web.File(c, p.Title+"."+string(f), f.MediaType(), b)
	}
	return w.site.Render(c, laterListPage(p, l, laterListOf(p, values, l, w.service.MayExport(sc) == nil), "", nil))
}

func laterListAddress(call ids.Call) string {
	return "/applications/" + laterPage + "?call=" + call.String()
}

func (w *Web) setLaterDue(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	call, err := callIn(form.Raw("call"))
	if err != nil {
		return err
	}
	l, err := w.service.LaterList(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	var due time.Time // nothing typed takes it away
	var bad []fault.Field
	if form.Raw("due") != "" {
		due, bad = form.EndOfDay("due", zone(l.Call), "forms.error.date")
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.SetLaterDue(c.UserContext(), sc, call, due)
	}
	if err != nil {
		p := w.site.Page(c, sc, "applications.later.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return laterListPage(p, l, laterListOf(p, map[string][]string{"call": {call.String()}}, l, w.service.MayExport(sc) == nil), form.Raw("due"), f)
		})
	}
	w.site.Say(c, "success", "applications.later.due_set")
	return web.SeeOther(c, laterListAddress(call))
}

func (w *Web) remindLater(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	call, err := callIn(form.Raw("call"))
	if err != nil {
		return err
	}
	n, err := w.service.RemindLater(c.UserContext(), sc, call)
	switch {
	case fault.Is(err, fault.KindTooLate):
		w.site.Say(c, "warning", fault.Of(err).Key)
	case err != nil:
		return err
	case n == 0:
		w.site.Say(c, "info", "applications.later.none_reminded")
	default:
		w.site.Say(c, "success", "applications.later.reminded")
	}
	return web.SeeOther(c, laterListAddress(call))
}

// laterListOf is what surrounds the list.
func laterListOf(p ui.Page, values map[string][]string, l LaterList, exports bool) ui.List {
	return ui.List{
		Path: "/applications/" + laterPage, Query: values, First: true, Empty: len(l.Rows) == 0, Total: len(l.Rows), TotalOf: "applications.later.total", Exports: exports,
		Columns: []ui.Column{
			{Label: p.T("applications.organizations")},
			{Label: p.T("applications.number")},
			{Label: p.T("applications.state")},
			{Label: p.T("applications.later.missing"), Numeric: true},
			{Label: p.T("applications.later.sent_at")},
			{Label: p.T("applications.later.reminded_at")},
		},
	}
}
