package selection

import (
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

func (w *Web) ranking(c *fiber.Ctx, sc tenants.Scope) error { return w.showRanking(c, sc, nil, nil) }

// showRanking shows the ranking; after a refused decision with the ticks that were set.
func (w *Web) showRanking(c *fiber.Ctx, sc tenants.Scope, ticked []string, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.ranking.title", panel.Call)
	values := web.Query(c).Values()
	v := rankingOf(p, panel, values, w.ways(sc))
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		b, err := rankingTable(p, v).Write(f, p.Loc)
		if err != nil {
			return err
		}
		return web.File(c, p.Title+"."+string(f), f.MediaType(), b)
	}
	v.Ticked = ticked
	if refused == nil {
		return w.site.Render(c, rankingPage(p, v))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return rankingPage(p, v)
	})
}

func (w *Web) folder(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	f, err := w.service.Folder(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.folder.title")
	p.Title = f.Application.Number + " " + f.Application.Name()
	return w.site.Render(c, folderPage(p, f, w.ways(sc)))
}

func (w *Web) decisions(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showDecisions(c, sc, nil)
}

func (w *Web) showDecisions(c *fiber.Ctx, sc tenants.Scope, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.decisions.title", panel.Call)
	names, err := w.service.signers(c.UserContext(), sc, panel.List)
	if err != nil {
		return err
	}
	v := decisionsView{Panel: panel, Ways: w.ways(sc), Names: names, Actor: sc.Actor().Person, Now: time.Now()}
	if refused == nil {
		return w.site.Render(c, decisionsPage(p, v))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return decisionsPage(p, v)
	})
}

// posted reads what every form about a decision list brings: the call and the version that was shown.
func posted(c *fiber.Ctx) (ids.Call, int64, web.Form, error) {
	call, err := parseCall(c)
	if err != nil {
		return call, 0, web.Form{}, err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return call, 0, form, err
	}
	version, err := form.Version()
	return call, version, form, err
}

func (w *Web) decide(c *fiber.Ctx, sc tenants.Scope) error {
	call, version, form, err := posted(c)
	if err != nil {
		return err
	}
	outcome, ok := ParseOutcome(form.Raw("outcome"))
	if !ok && form.Raw("outcome") != "none" {
		return fault.Invalid("fault.bad_request")
	}
	if !ok {
		outcome = ""
	}
	if err := w.service.Decide(c.UserContext(), sc, call, version, outcome, parseAll(form.All("application"))); err != nil {
		return w.showRanking(c, sc, form.All("application"), err)
	}
	w.site.Say(c, "success", "selection.decide.done")
	return web.SeeOther(c, back(form, call))
}

// back is the ranking as it was filtered and sorted.
func back(form web.Form, call ids.Call) string {
	query, err := url.ParseQuery(form.Raw("query"))
	if err != nil || len(query) == 0 {
		return address(call, "ranking")
	}
	return address(call, "ranking") + "?" + query.Encode()
}

func (w *Web) reorder(c *fiber.Ctx, sc tenants.Scope) error {
	call, version, form, err := posted(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Application](form.Raw("application"))
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.Reorder(c.UserContext(), sc, call, version, id, form.Raw("way") == "up"); err != nil {
		return w.showDecisions(c, sc, err)
	}
	return web.SeeOther(c, address(call, "decisions")+"#waiting")
}

func (w *Web) closeForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showClosing(c, sc, nil, nil)
}

func (w *Web) showClosing(c *fiber.Ctx, sc tenants.Scope, in *closing, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.close.title", panel.Call)
	if in == nil {
		in = closingOf(panel, time.Now())
	}
	if refused == nil {
		return w.site.Render(c, closingPage(p, panel, *in))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return closingPage(p, panel, *in)
	})
}

func (w *Web) closeList(c *fiber.Ctx, sc tenants.Scope) error {
	call, version, form, err := posted(c)
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	cmd, in, bad := readClosing(form, zone(found))
	in.Version = version
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Close(c.UserContext(), sc, call, version, cmd)
	}
	if err != nil {
		return w.showClosing(c, sc, &in, err)
	}
	w.site.Say(c, "success", "selection.close.done")
	return web.SeeOther(c, address(call, "decisions"))
}

func (w *Web) reopen(c *fiber.Ctx, sc tenants.Scope) error {
	call, version, _, err := posted(c)
	if err != nil {
		return err
	}
	err = w.service.Reopen(c.UserContext(), sc, call, version)
	return w.said(c, err, "selection.reopen.done", address(call, "decisions"))
}

func (w *Web) signForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showStep(c, sc, SignList, "selection.sign.title", signPage)
}

func (w *Web) releaseForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showStep(c, sc, ReleaseList, "selection.release.title", releasePage)
}

// showStep shows the consequences of a step before it is done; where it cannot be done it shows the list.
func (w *Web) showStep(c *fiber.Ctx, sc tenants.Scope, verb ListVerb, title string, page func(p pageWith) templ.Component) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	if !panel.List.May(verb) {
		w.site.Say(c, "warning", "selection.list.not_now")
		return web.SeeOther(c, address(call, "decisions"))
	}
	return w.site.Render(c, page(pageWith{Page: w.page(c, sc, title, panel.Call), Panel: panel, Own: panel.List.ClosedBy == sc.Actor().Person}))
}

func (w *Web) sign(c *fiber.Ctx, sc tenants.Scope) error {
	call, version, _, err := posted(c)
	if err != nil {
		return err
	}
	err = w.service.Sign(c.UserContext(), sc, call, version)
	return w.said(c, err, "selection.sign.done", address(call, "decisions"))
}

func (w *Web) release(c *fiber.Ctx, sc tenants.Scope) error {
	call, version, _, err := posted(c)
	if err != nil {
		return err
	}
	err = w.service.Release(c.UserContext(), sc, call, version)
	return w.said(c, err, "selection.release.done", address(call, "decisions"))
}

func (w *Web) offer(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	o, err := w.service.Offer(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, offerPage(w.site.Page(c, sc, "selection.offer.title"), o))
}

func offerAddress(id ids.Application) string { return "/applications/" + id.String() + "/reply" }

// accept takes the place. A second click finds it taken and shows that.
func (w *Web) accept(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.Accept(c.UserContext(), sc, id), func() (bool, error) {
		o, err := w.service.Offer(c.UserContext(), sc, id)
		return o.Takes(sc.Actor().Person), err
	})
	return w.said(c, err, "selection.reply.accepted", offerAddress(id))
}

func (w *Web) declineForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	o, err := w.service.Offer(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if o.State != DecisionOffered && o.State != DecisionConditional {
		return web.SeeOther(c, offerAddress(id))
	}
	return w.site.Render(c, declinePage(w.site.Page(c, sc, "selection.refusal.title"), o))
}

func (w *Web) decline(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.Decline(c.UserContext(), sc, id), func() (bool, error) {
		o, err := w.service.Offer(c.UserContext(), sc, id)
		return o.Gives(sc.Actor().Person), err
	})
	return w.said(c, err, "selection.reply.declined", offerAddress(id))
}
