package applications

import (
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
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
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of applications.
func (w *Web) Module() site.Module {
	get, post, put := fiber.MethodGet, fiber.MethodPost, fiber.MethodPut
	join, mine, fill, list := policies.ApplicationJoin, policies.ApplicationMine, policies.ApplicationFill, policies.ApplicationList
	return site.Module{
		Name: "applications",
		Routes: []site.Route{
			{Method: get, Path: "/applications/new", Action: join, Handle: w.newForm},
			{Method: post, Path: "/applications", Action: policies.ApplicationStart, Handle: w.begin},
			{Method: get, Path: "/my-applications", Action: mine, Handle: w.mine},
			{Method: get, Path: "/applications", Action: list, Handle: w.list},
			{Method: post, Path: "/applications/eligibility", Action: policies.ApplicationCheck, Handle: w.findEligible},
			{Method: get, Path: "/applications/:id", Action: policies.ApplicationRead, Handle: w.show},
			{Method: get, Path: "/applications/:id/sections/:section", Action: mine, Handle: w.section},
			{Method: post, Path: "/applications/:id/sections/:section", Action: fill, Handle: w.saveSection},
			{Method: put, Path: "/sheets/:sheet/answers/:ref", Action: fill, Handle: w.save},
			{Method: post, Path: "/sheets/:sheet/presence", Action: fill, Handle: w.present},
			{Method: get, Path: "/applications/:id/partners", Action: mine, Handle: w.partners},
			{Method: post, Path: "/applications/:id/partners", Action: policies.ApplicationInvite, Handle: w.invite},
			{Method: post, Path: "/applications/:id/partners/removal", Action: policies.ApplicationInvite, Handle: w.revoke},
			{Method: get, Path: "/partner-invitations/:id", Action: join, Handle: w.invitation},
			{Method: post, Path: "/partner-invitations/:id/acceptance", Action: join, Handle: w.join},
			{Method: post, Path: "/partner-invitations/:id/refusal", Action: join, Handle: w.refuseInvitation},
			{Method: post, Path: "/applications/:id/confirmation", Action: policies.ApplicationConfirm, Handle: w.confirm},
			{Method: post, Path: "/applications/:id/confirmation/removal", Action: policies.ApplicationConfirm, Handle: w.reopen},
			{Method: post, Path: "/applications/:id/submission", Action: policies.ApplicationSubmit, Handle: w.submit},
			{Method: get, Path: "/applications/:id/receipt", Action: mine, Handle: w.receipt},
			{Method: get, Path: "/applications/:id/withdrawal", Action: policies.ApplicationWithdraw, Handle: w.withdrawalForm},
			{Method: post, Path: "/applications/:id/withdrawal", Action: policies.ApplicationWithdraw, Handle: w.withdraw},
			{Method: get, Path: "/applications/:id/dossier", Action: policies.ApplicationRead, Handle: w.dossier},
			{Method: post, Path: "/applications/:id/eligibility", Action: policies.ApplicationCheck, Handle: w.check},
			{Method: post, Path: "/applications/:id/papers", Action: policies.ApplicationCheck, Handle: w.papers},
			{Method: get, Path: "/verify", Action: policies.SiteVisit, Handle: w.verify},
		},
		Entries: []site.Entry{
			{Key: "applications.nav.mine", Href: "/my-applications", Icon: "file", Action: mine, Order: 16},
			{Key: "applications.nav.list", Href: "/applications", Icon: "files", Action: list, Order: 32},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

func parse(c *fiber.Ctx) (ids.Application, error) {
	id, err := ids.Parse[ids.Application](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func address(id ids.Application, below string) string {
	if below == "" {
		return "/applications/" + id.String()
	}
	return "/applications/" + id.String() + "/" + below
}

func (w *Web) newForm(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := ids.Parse[ids.Call](web.Query(c).Raw("call"))
	if err != nil {
		return fault.NotFound()
	}
	b, err := w.service.Beginning(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.site.Render(c, newPage(w.site.Page(c, sc, "applications.new.title"), b, nil))
}

func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	call, err := ids.Parse[ids.Call](form.Raw("call"))
	if err != nil {
		return fault.NotFound()
	}
	organization, err := ids.Parse[ids.Organization](form.Raw("organization"))
	if err != nil {
		return fault.NotFound()
	}
	id, err := w.service.Begin(c.UserContext(), sc, call, organization, form.Raw("seat"))
	if err != nil {
		b, failed := w.service.Beginning(c.UserContext(), sc, call)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "applications.new.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return newPage(p, b, f) })
	}
	return web.SeeOther(c, address(id, ""))
}

func (w *Web) mine(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Mine(c.UserContext(), sc)
	if err != nil {
		return err
	}
	invitations, err := w.service.Invitations(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, minePage(w.site.Page(c, sc, "applications.mine.title"), all, invitations))
}

// show is the task list for the application's own people; others read the dossier.
func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Overview(c.UserContext(), sc, id)
	if fault.Is(err, fault.KindNotFound) && len(sc.Actor().OrganizationsAs()) == 0 {
		return w.dossier(c, sc)
	}
	if err != nil {
		return err
	}
	progress, err := w.service.Progress(c.UserContext(), sc, o)
	if err != nil {
		return err
	}
	blockers, err := w.service.Blockers(c.UserContext(), sc, o, progress)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.show.title")
	p.Title = o.Call.Name(p.Loc.Locale)
	return w.site.Render(c, showPage(p, hall{
		Overview: o, Progress: progress, Blockers: blockers, Mine: mineOf(sc, &o.Application), Writable: o.Writable(time.Now(), o.Until),
		Lead: w.service.submits(sc, &o.Application) == nil, Now: time.Now(),
	}))
}

func (w *Web) section(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, id, web.Param(c, "section"))
	if err != nil {
		return err
	}
	return w.site.Render(c, sectionPage(w.site.Page(c, sc, "applications.show.title"), d, nil, nil, nil))
}

func (w *Web) saveSection(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, id, web.Param(c, "section"))
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.show.title")
	posted, clashes, err := w.service.SavePosted(c.UserContext(), sc, p.Loc, d.Sheet.ID, d.Section.Key, form.Values())
	if err == nil && len(posted.Bad) > 0 {
		err = fault.Invalid("fault.check_fields", posted.Bad...)
	}
	if err == nil && len(clashes) > 0 {
		err = fault.Conflict("forms.clash")
	}
	if err != nil {
		again, failed := w.service.Desk(c.UserContext(), sc, id, d.Section.Key)
		if failed != nil {
			return failed
		}
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return sectionPage(p, again, posted.Typed, f, clashes)
		})
	}
	if posted.Stay {
		again, err := w.service.Desk(c.UserContext(), sc, id, d.Section.Key)
		if err != nil {
			return err
		}
		return w.site.Render(c, sectionPage(p, again, posted.Typed, nil, nil))
	}
	w.site.Say(c, "success", "applications.section.saved")
	return web.SeeOther(c, address(id, next(d)))
}

// next is where a saved section leads: to the next one of the same scope, or back to the task list.
func next(d Desk) string {
	sight := forms.See(d.Definition, d.Section.Scope, d.Filled.Answers)
	found := false
	for _, s := range d.Definition.Scoped(d.Section.Scope) {
		if found && sight.Section(s) {
			return "sections/" + s.Key
		}
		found = found || s.Key == d.Section.Key
	}
	return ""
}

func sheetOf(c *fiber.Ctx) (ids.Sheet, error) {
	id, err := ids.Parse[ids.Sheet](web.Param(c, "sheet"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// save keeps one answer for the page's script. Of two texts for one answer it shows both.
func (w *Web) save(c *fiber.Ctx, sc tenants.Scope) error {
	sheet, err := sheetOf(c)
	if err != nil {
		return err
	}
	var sent forms.Sent
	if err := web.ReadJSON(c, &sent); err != nil {
		return err
	}
	loc := w.site.Localizer(c, sc)
	saved, bad, err := w.service.Save(c.UserContext(), sc, loc, sheet, web.Param(c, "ref"), sent)
	if clash, ok := errors.AsType[*forms.Clash](err); ok {
		clashed, err := w.service.Describe(c.UserContext(), sc, loc, sheet, clash)
		if err != nil {
			return err
		}
		return c.Status(http.StatusConflict).JSON(clashed)
	}
	if err != nil {
		return err
	}
	return c.JSON(forms.Kept{Version: saved.Version, SavedAt: saved.At, Problems: forms.Tell(loc, bad)})
}

func (w *Web) present(c *fiber.Ctx, sc tenants.Scope) error {
	sheet, err := sheetOf(c)
	if err != nil {
		return err
	}
	var here forms.Here
	if err := web.ReadJSON(c, &here); err != nil {
		return err
	}
	if len(here.Question) > 200 {
		return fault.Invalid("fault.bad_request")
	}
	presence, err := w.service.Present(c.UserContext(), sc, sheet, here.Question)
	if err != nil {
		return err
	}
	return c.JSON(presence)
}

// act does something to an application that takes no input, says so and shows it again.
func (w *Web) act(c *fiber.Ctx, said, below string, do func(id ids.Application) error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	err = do(id)
	switch {
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindTooLate):
		w.site.Say(c, "warning", fault.Of(err).Key)
		return web.SeeOther(c, address(id, ""))
	case err != nil:
		return err
	}
	w.site.Say(c, "success", said)
	return web.SeeOther(c, address(id, below))
}

func (w *Web) confirm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.act(c, "applications.confirmed", "", func(id ids.Application) error { return w.service.Confirm(c.UserContext(), sc, id) })
}

func (w *Web) reopen(c *fiber.Ctx, sc tenants.Scope) error {
	return w.act(c, "applications.reopened", "", func(id ids.Application) error { return w.service.Reopen(c.UserContext(), sc, id) })
}

func (w *Web) submit(c *fiber.Ctx, sc tenants.Scope) error {
	return w.act(c, "applications.submitted", "receipt", func(id ids.Application) error {
		_, err := w.service.Submit(c.UserContext(), sc, id)
		return err
	})
}

func (w *Web) receipt(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, submission, err := w.service.Receipt(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, receiptPage(w.site.Page(c, sc, "applications.receipt.title"), o, submission))
}

func (w *Web) withdrawalForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Overview(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, withdrawalPage(w.site.Page(c, sc, "applications.withdrawal.title"), o))
}

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	return w.act(c, "applications.withdrawal.done", "", func(id ids.Application) error { return w.service.Withdraw(c.UserContext(), sc, id) })
}

func (w *Web) verify(c *fiber.Ctx, sc tenants.Scope) error {
	code := web.Query(c).Raw("code")
	v := verification{Code: code}
	if code != "" && len(code) <= 40 {
		var err error
		if v.Number, v.At, v.Found, err = w.service.Verify(c.UserContext(), sc, code); err != nil {
			return err
		}
	}
	p := w.site.Page(c, sc, "applications.verify.title")
	p.NoIndex = true
	return w.site.Render(c, verifyPage(p, v))
}

// hall is the task list of an application.
type hall struct {
	Overview Overview
	Progress Progress
	Blockers []Blocker
	Mine     *Part
	Writable bool
	Lead     bool // may invite, hand in
	Now      time.Time
}

type verification struct {
	Code, Number string
	At           time.Time
	Found        bool
}

func editing(d Desk, typed map[string][]string, f *fault.Fault, clashes []*forms.Clash) forms.Editing {
	sheet := d.Sheet.ID.String()
	return forms.Editing{
		Definition: d.Definition, Section: d.Section, Sheet: d.Sheet, Filled: d.Filled, Typed: typed, Fault: f, Clashes: clashes, Documents: d.Documents, Disabled: !d.Writable,
		Addresses: forms.Addresses{
			Save: "/sheets/" + sheet + "/answers", Presence: "/sheets/" + sheet + "/presence", Upload: "/sheets/" + sheet + "/documents",
			Page: "/sheets/" + sheet + "/documents/new", SignIn: "/sign-in",
		},
	}
}

func documentHref(d forms.PrintDocument) string { return "/documents/" + d.ID.String() }
