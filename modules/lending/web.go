package lending

import (
	"context"
	"embed"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
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

// NewWeb makes the module's pages. The origin is where a network's site answers.
func NewWeb(service *Service, s *site.Site, origin func(tenants.Tenant) string) *Web {
	return &Web{service: service, site: s, origin: origin}
}

// Module is what the sites show of lending: a network what it asks and what it is asked, the core how often.
func (w *Web) Module() site.Module {
	get, post, network, core := fiber.MethodGet, fiber.MethodPost, tenants.KindNetwork, tenants.KindCore
	ask, lend, watch := policies.LoanAsk, policies.LoanLend, policies.LoanWatch
	return site.Module{
		Name: "lending",
		Routes: []site.Route{
			{Method: get, Path: "/lending", Action: lend, Only: network, Handle: w.desk},
			{Method: post, Path: "/lending/permission", Action: lend, Only: network, Handle: w.allow},
			{Method: get, Path: "/lending/:request", Action: lend, Only: network, Handle: w.received},
			{Method: post, Path: "/lending/:request/agreement", Action: lend, Only: network, Handle: w.agree},
			{Method: post, Path: "/lending/:request/refusal", Action: lend, Only: network, Handle: w.refuse},
			{Method: post, Path: "/lending/:request/ending", Action: lend, Only: network, Handle: w.end},
			{Method: get, Path: "/selection/:id/lending", Action: ask, Only: network, Handle: w.sent},
			{Method: post, Path: "/selection/:id/lending", Action: ask, Only: network, Handle: w.ask},
			{Method: post, Path: "/selection/:id/lending/withdrawal", Action: ask, Only: network, Handle: w.withdraw},
			{Method: get, Path: "/loans", Action: watch, Only: core, Handle: w.lines},
		},
		Entries: []site.Entry{
			{Key: "lending.nav", Href: "/lending", Icon: "exchange", Action: lend, Group: site.GroupPeople, Order: 83, Only: network},
			{Key: "lending.core.nav", Href: "/loans", Icon: "exchange", Action: watch, Group: site.GroupPeople, Order: 36, Only: core},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

// tasks are the requests that wait for the network's answer.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind != tenants.KindNetwork || !w.service.policies.MayEver(sc.Actor(), policies.LoanLend) {
		return nil, nil
	}
	n, err := w.service.Waiting(ctx, sc)
	if err != nil || n == 0 {
		return nil, err
	}
	return []site.Task{{Title: loc.N("lending.task", n), Href: "/lending"}}, nil
}

func address(call ids.Call) string { return "/selection/" + call.String() + "/lending" }

func requestAddress(id ids.LoanRequest, below string) string {
	path := "/lending/" + id.String()
	if below != "" {
		path += "/" + below
	}
	return path
}

func parse[I any](c *fiber.Ctx, name string, read func(string) (I, error)) (I, error) {
	id, err := read(web.Param(c, name))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) desk(c *fiber.Ctx, sc tenants.Scope) error {
	d, err := w.service.Desk(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, deskPage(w.site.Page(c, sc, "lending.title"), d))
}

func (w *Web) allow(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	allowed := form.Ticked("allowed")
	if err := w.service.Allow(c.UserContext(), sc, allowed); err != nil {
		return err
	}
	key := "lending.allow.no_longer"
	if allowed {
		key = "lending.allow.done"
	}
	w.site.Say(c, "success", key)
	return web.SeeOther(c, "/lending")
}

func (w *Web) received(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showReceived(c, sc, answerForm{}, nil)
}

// answerForm is what stands in the forms that answer a request.
type answerForm struct {
	Persons []string
	Reason  string
	Fault   *fault.Fault
}

func (w *Web) showReceived(c *fiber.Ctx, sc tenants.Scope, in answerForm, refused error) error {
	id, err := parse(c, "request", ids.Parse[ids.LoanRequest])
	if err != nil {
		return err
	}
	v, err := w.service.Received(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p, link := w.site.Page(c, sc, "lending.request.title", "Network", v.Asker.Name), w.origin(v.Asker)+"/calls/"+v.Call.String()
	if refused == nil {
		return w.site.Render(c, receivedPage(p, v, link, in, w.service.topics))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return receivedPage(p, v, link, in, w.service.topics)
	})
}

func (w *Web) agree(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, "request", ids.Parse[ids.LoanRequest])
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in := answerForm{Persons: form.All("person")}
	persons, bad := readPersons(in.Persons)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Agree(c.UserContext(), sc, id, persons)
	}
	if err != nil {
		return w.showReceived(c, sc, in, err)
	}
	w.site.Say(c, "success", "lending.agreed")
	return web.SeeOther(c, requestAddress(id, ""))
}

func (w *Web) refuse(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, "request", ids.Parse[ids.LoanRequest])
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", maxReason)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Refuse(c.UserContext(), sc, id, reason)
	}
	if err != nil {
		return w.showReceived(c, sc, answerForm{Reason: form.Raw("reason")}, err)
	}
	w.site.Say(c, "success", "lending.refused")
	return web.SeeOther(c, "/lending")
}

func (w *Web) end(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c, "request", ids.Parse[ids.LoanRequest])
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	loan, err := ids.Parse[ids.Loan](form.Raw("loan"))
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.End(c.UserContext(), sc, id, loan); err != nil {
		return w.showReceived(c, sc, answerForm{}, err)
	}
	w.site.Say(c, "success", "lending.ended")
	return web.SeeOther(c, requestAddress(id, ""))
}

func (w *Web) sent(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showSent(c, sc, askForm{}, nil)
}

func (w *Web) showSent(c *fiber.Ctx, sc tenants.Scope, in askForm, refused error) error {
	call, err := parse(c, "id", ids.Parse[ids.Call])
	if err != nil {
		return err
	}
	v, err := w.service.Sent(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "lending.sent.title")
	if refused == nil {
		return w.site.Render(c, sentPage(p, v, in, w.service.topics))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return sentPage(p, v, in, w.service.topics)
	})
}

func (w *Web) ask(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parse(c, "id", ids.Parse[ids.Call])
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v, err := w.service.Sent(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	cmd, in, bad := readAsking(form, i18n.Zone(v.Call.Zone), w.service.topics)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Ask(c.UserContext(), sc, call, cmd)
	}
	if err != nil {
		return w.showSent(c, sc, in, err)
	}
	w.site.Say(c, "success", "lending.asked")
	return web.SeeOther(c, address(call))
}

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parse(c, "id", ids.Parse[ids.Call])
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.LoanRequest](form.Raw("request"))
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.Withdraw(c.UserContext(), sc, call, id); err != nil {
		return w.showSent(c, sc, askForm{}, err)
	}
	w.site.Say(c, "success", "lending.withdrawn")
	return web.SeeOther(c, address(call))
}

func (w *Web) lines(c *fiber.Ctx, sc tenants.Scope) error {
	found, names, err := w.service.Lines(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "lending.core.title")
	if format, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		return w.site.Sheet(c, p, linesSheet(p, found, names), format)
	}
	return w.site.Render(c, linesPage(p, found, names))
}
