package accounts

import (
	"context"
	"slices"

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

// tasks asks somebody who runs a program alone to invite a colleague.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind.Site() != tenants.KindNetwork || !w.service.policies.MayEver(sc.Actor(), policies.PersonInvite) {
		return nil, nil
	}
	alone, err := w.service.Alone(ctx, sc)
	if err != nil || !alone {
		return nil, err
	}
	return []site.Task{{Title: loc.T("accounts.task.alone"), Hint: loc.T("accounts.task.alone_hint"), Href: "/people#invite"}}, nil
}

func (w *Web) team(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	format, exported := sheets.ParseFormat(values.Get("format"))
	if !exported {
		return w.showTeam(c, sc, teamView{Role: tenants.Role(web.Query(c).Raw("role")), Return: web.Local(web.Query(c).Raw("return"), "")}, nil)
	}
	members, pending, err := w.service.Team(c.UserContext(), sc, readTeamQuery(values))
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "accounts.people.title")
	return w.site.Sheet(c, p, teamSheet(p, members, pending), format)
}

func (w *Web) showTeam(c *fiber.Ctx, sc tenants.Scope, view teamView, err error) error {
	values := web.Query(c).Values()
	members, pending, missing := w.service.Team(c.UserContext(), sc, readTeamQuery(values))
	if missing != nil {
		return missing
	}
	view.Members, view.Pending = members, pending
	view.MayInvite = w.service.mayInvite(sc, tenants.RoleOfficer, ids.Organization{}) == nil
	p := w.site.Page(c, sc, "accounts.people.title")
	view.List = teamList(p, sc, values, len(members))
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			view.Fault = f
			return teamPage(p, sc, view)
		})
	}
	return w.site.Render(c, teamPage(p, sc, view))
}

func (w *Web) invite(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	cmd, bad := readInvite(form)
	if cmd.Organization, err = parseOrganization(form); err != nil {
		return err
	}
	if len(bad) > 0 {
		_, more := w.service.invitee(sc, cmd)
		more = slices.DeleteFunc(more, func(m fault.Field) bool {
			return slices.ContainsFunc(bad, func(b fault.Field) bool { return b.Name == m.Name })
		})
		err = fault.Invalid("fault.check_fields", append(bad, more...)...)
	} else {
		err = w.service.Invite(c.UserContext(), sc, cmd)
	}
	if fault.Is(err, fault.KindInvalid) && cmd.Organization.IsZero() {
		return w.showTeam(c, sc, teamView{Name: form.Raw("name"), Email: form.Raw("email"), Role: cmd.Role, Return: web.Local(form.Raw("return"), "")}, err)
	}
	if fault.Is(err, fault.KindInvalid) {
		p := w.site.Page(c, sc, "accounts.people.invite")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			v := teamView{Name: form.Raw("name"), Email: form.Raw("email"), Role: cmd.Role, Return: web.Local(form.Raw("return"), ""), Fault: f}
			return colleaguePage(p, sc, v, form.Raw("organization"), form.Raw("locale"))
		})
	}
	if err != nil {
		return err
	}
	w.site.Say(c, "success", "accounts.people.invited")
	return web.SeeOther(c, web.Local(form.Raw("return"), "/people"))
}

func (w *Web) dismiss(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	person, err := ids.Parse[ids.Person](form.Raw("person"))
	role, ok := tenants.ParseRole(form.Raw("role"))
	if err != nil || !ok {
		return fault.NotFound()
	}
	if err := w.service.Dismiss(c.UserContext(), sc, person, role); err != nil {
		if fault.Is(err, fault.KindConflict) {
			return w.showTeam(c, sc, teamView{}, err)
		}
		return err
	}
	w.site.Say(c, "success", "accounts.people.dismissed")
	return web.SeeOther(c, "/people")
}

func (w *Web) revoke(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Invitation](form.Raw("id"))
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.Revoke(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "accounts.people.revoked")
	return web.SeeOther(c, web.Local(form.Raw("return"), "/people"))
}
