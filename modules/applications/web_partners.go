package applications

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) partners(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	found, err := w.service.Partners(c.UserContext(), sc, id, web.Query(c).Raw("seat"))
	if err != nil {
		return err
	}
	return w.site.Render(c, partnersPage(w.site.Page(c, sc, "applications.partners.title"), found, sc.Tenant().Locales, web.Form{}, nil))
}

func (w *Web) invite(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	i, bad := readInvitation(form, id)
	locale, _ := i18n.ParseLocale(form.Raw("locale"))
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Invite(c.UserContext(), sc, i, locale)
	}
	if err != nil {
		found, failed := w.service.Partners(c.UserContext(), sc, id, i.Seat)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "applications.partners.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return partnersPage(p, found, sc.Tenant().Locales, form, f)
		})
	}
	w.site.Say(c, "success", "applications.partners.invited")
	return web.SeeOther(c, address(id, "partners"))
}

// readInvitation reads whom to invite: an organization of the network, else somebody by address.
func readInvitation(form web.Form, id ids.Application) (Invitation, []fault.Field) {
	i := Invitation{Application: id, Seat: form.Raw("seat")}
	if form.Raw("by") == "network" {
		organization, err := ids.Parse[ids.Organization](form.Raw("organization"))
		if err != nil {
			return i, []fault.Field{fault.At("organization", "fault.choose")}
		}
		i.Organization = organization
		return i, nil
	}
	var bad, more []fault.Field
	i.Name, bad = form.Required("name", 200)
	i.Email, more = form.Required("email", 254)
	return i, append(bad, more...)
}

func (w *Web) revoke(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	invitation, err := ids.Parse[ids.Invitation](form.Raw("invitation"))
	if err != nil {
		return fault.NotFound()
	}
	return w.act(c, "applications.partners.revoked", "partners", func(id ids.Application) error {
		return w.service.Revoke(c.UserContext(), sc, id, invitation)
	})
}

func parseInvitation(c *fiber.Ctx) (ids.Invitation, error) {
	id, err := ids.Parse[ids.Invitation](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) invitation(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseInvitation(c)
	if err != nil {
		return err
	}
	found, err := w.service.Invitation(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, invitationPage(w.site.Page(c, sc, "applications.invitation.title"), found, nil))
}

func (w *Web) join(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseInvitation(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	organization, err := ids.Parse[ids.Organization](form.Raw("organization"))
	if err != nil {
		return fault.NotFound()
	}
	application, err := w.service.Join(c.UserContext(), sc, id, organization)
	if err != nil {
		found, failed := w.service.Invitation(c.UserContext(), sc, id)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "applications.invitation.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return invitationPage(p, found, f) })
	}
	w.site.Say(c, "success", "applications.invitation.joined")
	return web.SeeOther(c, address(application, ""))
}

func (w *Web) refuseInvitation(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseInvitation(c)
	if err != nil {
		return err
	}
	if err := w.service.Refuse(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "applications.invitation.refused")
	return web.SeeOther(c, "/desk")
}

// seated is a page about one seat of an application: leaving it, or taking it from its organization.
func (w *Web) seated(c *fiber.Ctx, sc tenants.Scope, title string, page func(p ui.Page, s seatView) templ.Component) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	h, err := w.service.Hall(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	part := h.Overview.Seat(web.Query(c).Raw("seat"))
	if part == nil || part.Organization.IsZero() {
		return fault.NotFound()
	}
	return w.site.Render(c, page(w.site.Page(c, sc, title), seatView{Hall: h, Part: *part}))
}

func (w *Web) leavingForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.seated(c, sc, "applications.leaving.title", leavingPage)
}

func (w *Web) leave(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = w.service.Leave(c.UserContext(), sc, id, form.Raw("seat"))
	if fault.Is(err, fault.KindConflict) || fault.Is(err, fault.KindTooLate) {
		w.site.Say(c, "warning", fault.Of(err).Key)
		return web.SeeOther(c, address(id, ""))
	}
	if err != nil {
		return err
	}
	w.site.Say(c, "success", "applications.leaving.done")
	return web.SeeOther(c, "/my-applications")
}

func (w *Web) removalForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.seated(c, sc, "applications.removal.title", removalPage)
}

func (w *Web) remove(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return w.act(c, "applications.removal.done", "partners", func(id ids.Application) error {
		return w.service.Remove(c.UserContext(), sc, id, form.Raw("seat"))
	})
}

func (w *Web) withdrawalForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	h, err := w.service.Hall(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, withdrawalPage(w.site.Page(c, sc, "applications.withdrawal.title"), h))
}

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	return w.act(c, "applications.withdrawal.done", "", func(id ids.Application) error { return w.service.Withdraw(c.UserContext(), sc, id) })
}
