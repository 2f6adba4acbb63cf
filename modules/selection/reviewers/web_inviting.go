package reviewers

import (
	"strconv"
	"strings"
	"time"

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

func (w *Web) invitingRoutes() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	manage, invite, enter := policies.ReviewerManage, policies.PersonInvite, policies.AccountEnter
	return []site.Route{
		{Method: get, Path: "/selection/:id/invitations", Action: manage, Handle: w.invitations},
		{Method: post, Path: "/selection/:id/invitations", Action: invite, Handle: w.invite},
		{Method: get, Path: "/selection/:id/invitations/text", Action: invite, Handle: w.invitingText},
		{Method: post, Path: "/selection/:id/invitations/text", Action: invite, Handle: w.writeInvitingText},
		{Method: get, Path: "/selection/:id/invitations/:invitation", Action: manage, Handle: w.invitation},
		{Method: post, Path: "/selection/:id/invitations/:invitation/resending", Action: invite, Handle: w.resendInvitation},
		{Method: post, Path: "/selection/:id/invitations/:invitation/withdrawal", Action: invite, Handle: w.withdrawInvitation},
		{Method: post, Path: "/selection/:id/invitations/:invitation/substitute/refusal", Action: invite, Handle: w.passOver},
		{Method: get, Path: "/reviewer-invitations/:token", Action: enter, Handle: w.asking},
		{Method: post, Path: "/reviewer-invitations/:token/acceptance", Action: enter, Handle: w.acceptInvitation},
		{Method: get, Path: "/reviewer-invitations/:token/refusal", Action: enter, Handle: w.refusalForm},
		{Method: post, Path: "/reviewer-invitations/:token/refusal", Action: enter, Handle: w.refuseInvitation},
	}
}

func invitationAddress(call ids.Call, id ids.Invitation, below string) string {
	path := address(call, "invitations") + "/" + id.String()
	if below != "" {
		path += "/" + below
	}
	return path
}

// inviteForm is what stands in the form that invites.
type inviteForm struct {
	People, Locale, Reviews, Until, InsteadOf string
	Fault                                     *fault.Fault
}

func (w *Web) invitations(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	values := web.Query(c).Values()
	in := inviteForm{}
	if id, err := ids.Parse[ids.Invitation](values.Get("instead")); err == nil {
		_, declined, err := w.service.InvitationOf(c.UserContext(), sc, call, id)
		if err != nil {
			return err
		}
		if declined.Substitute == SubstituteNamed {
			in = inviteForm{People: declined.Regret.Substitute.Line(), Locale: string(declined.Locale), Reviews: strconv.Itoa(declined.Reviews), InsteadOf: id.String()}
		}
	}
	return w.showInvitations(c, sc, call, in, nil)
}

// showInvitations shows who was invited, with what was typed for more invitations and why that was refused.
func (w *Web) showInvitations(c *fiber.Ctx, sc tenants.Scope, call ids.Call, in inviteForm, refused error) error {
	all, err := w.service.Invitations(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.invitations.title", all.Call)
	values := web.Query(c).Values()
	v := invitationsOn(p, all, values, w.may(sc, policies.PersonInvite))
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		return w.site.Sheet(c, p, invitationsSheet(p, v), f)
	}
	if in.Until == "" {
		in.Until = i18n.EndOfDay(all.ReadAt.In(zone(all.Call)).AddDate(0, 0, 10)).Format(time.DateOnly)
	}
	if in.Locale == "" {
		in.Locale = string(sc.Tenant().Locale())
	}
	v.In, v.Languages, v.framing = in, sc.Tenant().Locales, w.framing(p, sc, "selection.invitations.title", all.Call)
	if refused == nil {
		return w.site.Render(c, invitationsPage(p, v))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.In.Fault = f
		return invitationsPage(p, v)
	})
}

func (w *Web) invite(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	cmd, in, bad := readInviting(form, zone(found))
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.InviteReviewers(c.UserContext(), sc, call, cmd)
	}
	if err != nil {
		return w.showInvitations(c, sc, call, in, err)
	}
	w.site.Say(c, "success", "selection.invite.done")
	return web.SeeOther(c, address(call, "invitations"))
}

func readInviting(form web.Form, zone *time.Location) (Inviting, inviteForm, []fault.Field) {
	in := inviteForm{People: form.Raw("people"), Locale: form.Raw("locale"), Reviews: form.Raw("reviews"), Until: form.Raw("until"), InsteadOf: form.Raw("instead_of")}
	text, bad := form.Text("people", MostInvited*(maxInvitee+maxAddress))
	until, more := form.EndOfDay("until", zone, "selection.day_wrong")
	cmd := Inviting{People: ReadInvitees(text), Locale: i18n.Locale(in.Locale), Until: until}
	if n, err := strconv.Atoi(strings.TrimSpace(in.Reviews)); err == nil {
		cmd.Reviews = n
	}
	if id, err := ids.Parse[ids.Invitation](in.InsteadOf); err == nil {
		cmd.InsteadOf = id
	}
	bad = append(bad, more...)
	if len(bad) > 0 {
		for _, f := range cmd.check(time.Now(), i18n.All) {
			if f.Name != bad[0].Name {
				bad = append(bad, f)
			}
		}
	}
	return cmd, in, bad
}

func parseInvitation(c *fiber.Ctx) (ids.Call, ids.Invitation, error) {
	call, err := parseCall(c)
	if err != nil {
		return call, ids.Invitation{}, err
	}
	id, err := ids.Parse[ids.Invitation](web.Param(c, "invitation"))
	if err != nil {
		return call, id, fault.NotFound()
	}
	return call, id, nil
}

func (w *Web) invitation(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showInvitation(c, sc, "", nil)
}

func (w *Web) showInvitation(c *fiber.Ctx, sc tenants.Scope, until string, refused error) error {
	id, invitation, err := parseInvitation(c)
	if err != nil {
		return err
	}
	call, one, err := w.service.InvitationOf(c.UserContext(), sc, id, invitation)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.invitations.title")
	p.Title = invitedName(p, &one)
	if until == "" {
		until = i18n.EndOfDay(time.Now().In(zone(call)).AddDate(0, 0, 7)).Format(time.DateOnly)
	}
	if refused == nil {
		return w.site.Render(c, invitationPage(p, call, one, w.may(sc, policies.PersonInvite), until, nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		return invitationPage(p, call, one, w.may(sc, policies.PersonInvite), until, f)
	})
}

func (w *Web) resendInvitation(c *fiber.Ctx, sc tenants.Scope) error {
	id, invitation, err := parseInvitation(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	call, err := w.service.Calls.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	until, bad := form.EndOfDay("until", zone(call), "selection.day_wrong")
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.ResendInvitation(c.UserContext(), sc, id, invitation, until)
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showInvitation(c, sc, form.Raw("until"), err)
	}
	return w.site.Said(c, err, "selection.invite.resent", address(id, "invitations"))
}

func (w *Web) withdrawInvitation(c *fiber.Ctx, sc tenants.Scope) error {
	id, invitation, err := parseInvitation(c)
	if err != nil {
		return err
	}
	err = w.service.WithdrawInvitation(c.UserContext(), sc, id, invitation)
	return w.site.Said(c, err, "selection.invite.withdrawn", address(id, "invitations"))
}

func (w *Web) passOver(c *fiber.Ctx, sc tenants.Scope) error {
	id, invitation, err := parseInvitation(c)
	if err != nil {
		return err
	}
	err = w.service.PassOver(c.UserContext(), sc, id, invitation)
	return w.site.Said(c, err, "selection.invite.passed_over", invitationAddress(id, invitation, ""))
}

func (w *Web) invitingText(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	all, err := w.service.Invitations(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.showInvitingText(c, sc, all.Call, w.service.Invitable(all.Text), nil)
}

func (w *Web) showInvitingText(c *fiber.Ctx, sc tenants.Scope, call Call, text InvitingText, refused error) error {
	p := w.page(c, sc, "selection.inviting.title", call)
	if refused == nil {
		return w.site.Render(c, invitingTextPage(p, call, text, sc.Tenant().Locales, nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		return invitingTextPage(p, call, text, sc.Tenant().Locales, f)
	})
}

func (w *Web) writeInvitingText(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	call, err := w.service.Calls.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	text, typed := InvitingText{Subject: i18n.Text{}, Body: i18n.Text{}}, InvitingText{Subject: i18n.Text{}, Body: i18n.Text{}}
	var bad []fault.Field
	for _, l := range sc.Tenant().Locales {
		for name, into := range map[string][2]i18n.Text{"subject_": {text.Subject, typed.Subject}, "body_": {text.Body, typed.Body}} {
			most := maxInviting
			if name == "subject_" {
				most = maxSubject
			}
			clean, wrong := form.Text(name+string(l), most)
			if clean != "" {
				into[0][l] = clean
			}
			into[1][l] = form.Raw(name + string(l))
			bad = append(bad, wrong...)
		}
	}
	if text.Version, err = form.Version(); err != nil {
		return err
	}
	typed.Version = text.Version
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.WriteInvitingText(c.UserContext(), sc, id, text)
	}
	if err != nil {
		return w.showInvitingText(c, sc, call, typed, err)
	}
	w.site.Say(c, "success", "selection.inviting.saved")
	return web.SeeOther(c, address(id, "invitations"))
}
