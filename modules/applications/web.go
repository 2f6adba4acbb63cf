package applications

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
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

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
	press   Press

	aftermath Aftermath
}

// Aftermath shows the people of an application what they can do about its decision; nil where there is nothing.
type Aftermath func(ctx context.Context, sc tenants.Scope, p ui.Page, id ids.Application) (templ.Component, error)

// Following has an application's page show what follows its decision.
func (w *Web) Following(a Aftermath) { w.aftermath = a }

// NewWeb makes the module's pages; press is for what leaves them on paper.
func NewWeb(service *Service, s *site.Site, press Press) *Web {
	return &Web{service: service, site: s, press: press}
}

// Module is what the site shows of applications.
func (w *Web) Module() site.Module {
	get, post, put := fiber.MethodGet, fiber.MethodPost, fiber.MethodPut
	join, mine, fill, list := policies.ApplicationJoin, policies.ApplicationMine, policies.ApplicationFill, policies.ApplicationList
	invite, confirm, check := policies.ApplicationInvite, policies.ApplicationConfirm, policies.ApplicationCheck
	return site.Module{
		Name: "applications",
		Routes: []site.Route{
			{Method: get, Path: "/applications/new", Action: join, Handle: w.newForm},
			{Method: post, Path: "/applications", Action: policies.ApplicationStart, Handle: w.begin},
			{Method: get, Path: "/my-applications", Action: mine, Handle: w.mine},
			{Method: get, Path: "/applications", Action: list, Handle: w.list},
			{Method: post, Path: "/applications/eligibility", Action: check, Handle: w.findEligible},
			{Method: get, Path: "/applications/" + laterPage, Action: policies.LaterList, Handle: w.laterList},
			{Method: post, Path: "/applications/" + laterPage + "/due", Action: policies.LaterManage, Handle: w.setLaterDue},
			{Method: post, Path: "/applications/" + laterPage + "/reminders", Action: policies.LaterManage, Handle: w.remindLater},
			{Method: get, Path: retentionPath, Action: policies.RetentionRead, Handle: w.retention},
			{Method: get, Path: "/applications/:id", Action: policies.ApplicationRead, Handle: w.show},
			{Method: get, Path: "/applications/:id/" + laterPage, Action: mine, Handle: w.afterwards},
			{Method: post, Path: "/applications/:id/" + laterPage, Action: policies.LaterSend, Handle: w.send},
			{Method: get, Path: "/applications/:id/" + laterPage + "/sections/:section", Action: mine, Handle: w.laterSection},
			{Method: post, Path: "/applications/:id/" + laterPage + "/sections/:section", Action: fill, Handle: w.saveLaterSection},
			{Method: get, Path: "/applications/:id/sections/:section", Action: mine, Handle: w.section},
			{Method: post, Path: "/applications/:id/sections/:section", Action: fill, Handle: w.saveSection},
			{Method: put, Path: "/sheets/:sheet/answers/:ref", Action: fill, Handle: w.save},
			{Method: post, Path: "/sheets/:sheet/presence", Action: fill, Handle: w.present},
			{Method: get, Path: "/applications/:id/partners", Action: mine, Handle: w.partners},
			{Method: post, Path: "/applications/:id/partners", Action: invite, Handle: w.invite},
			{Method: post, Path: "/applications/:id/invitations/removal", Action: invite, Handle: w.revoke},
			{Method: get, Path: "/applications/:id/partners/removal", Action: invite, Handle: w.removalForm},
			{Method: post, Path: "/applications/:id/partners/removal", Action: invite, Handle: w.remove},
			{Method: get, Path: "/applications/:id/leaving", Action: confirm, Handle: w.leavingForm},
			{Method: post, Path: "/applications/:id/leaving", Action: confirm, Handle: w.leave},
			{Method: get, Path: "/partner-invitations/:id", Action: join, Handle: w.invitation},
			{Method: post, Path: "/partner-invitations/:id/acceptance", Action: join, Handle: w.join},
			{Method: post, Path: "/partner-invitations/:id/refusal", Action: join, Handle: w.refuseInvitation},
			{Method: post, Path: "/applications/:id/news/removal", Action: fill, Handle: w.haveSeen},
			{Method: post, Path: "/applications/:id/confirmation", Action: confirm, Handle: w.confirm},
			{Method: post, Path: "/applications/:id/confirmation/removal", Action: confirm, Handle: w.reopen},
			{Method: post, Path: "/applications/:id/submission", Action: policies.ApplicationSubmit, Handle: w.submit},
			{Method: get, Path: "/applications/:id/receipt", Action: mine, Handle: w.receipt},
			{Method: get, Path: "/applications/:id/receipt.pdf", Action: mine, Handle: w.receiptPaper},
			{Method: get, Path: "/applications/:id/letters/:letter", Action: mine, Handle: w.letterPaper},
			{Method: get, Path: "/applications/:id/withdrawal", Action: policies.ApplicationWithdraw, Handle: w.withdrawalForm},
			{Method: post, Path: "/applications/:id/withdrawal", Action: policies.ApplicationWithdraw, Handle: w.withdraw},
			{Method: get, Path: "/applications/:id/dossier", Action: policies.ApplicationRead, Handle: w.dossier},
			{Method: get, Path: "/applications/:id/dossier.pdf", Action: policies.ApplicationRead, Handle: w.dossierPaper},
			{Method: post, Path: "/applications/:id/eligibility", Action: check, Handle: w.check},
			{Method: post, Path: "/applications/:id/papers", Action: check, Handle: w.papers},
		},
		API: w.operations(),
		Entries: []site.Entry{
			{Key: "applications.nav.mine", Href: "/my-applications", Within: "/applications", Icon: "file", Action: mine, Group: site.GroupProgram, Order: 16},
			{Key: "applications.nav.list", Href: "/applications", Icon: "files", Action: list, Group: site.GroupProgram, Order: 32},
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
	h, err := w.service.Hall(c.UserContext(), sc, id)
	if fault.Is(err, fault.KindNotFound) {
		return w.dossier(c, sc)
	}
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.show.title")
	p.Title = h.Overview.Call.Name(p.Loc.Locale)
	var after templ.Component
	if w.aftermath != nil {
		if after, err = w.aftermath(c.UserContext(), sc, p, id); err != nil {
			return err
		}
	}
	return w.site.Render(c, showPage(p, h, after))
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
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	seen, err := time.Parse(time.RFC3339Nano, form.Raw("seen"))
	if err != nil {
		return fault.Invalid("fault.bad_request")
	}
	return w.act(c, "applications.confirmed", "", func(id ids.Application) error {
		return w.service.Confirm(c.UserContext(), sc, id, form.Raw("seat"), seen)
	})
}

func (w *Web) reopen(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return w.act(c, "applications.reopened", "", func(id ids.Application) error {
		return w.service.Reopen(c.UserContext(), sc, id, form.Raw("seat"))
	})
}

func (w *Web) submit(c *fiber.Ctx, sc tenants.Scope) error {
	return w.act(c, "applications.submitted", "receipt", func(id ids.Application) error {
		_, err := w.service.Submit(c.UserContext(), sc, id)
		return err
	})
}
