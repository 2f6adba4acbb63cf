package reviewers

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) barePage(c *fiber.Ctx, sc tenants.Scope, title string) ui.Page {
	p := w.site.Page(c, sc, title)
	p.Bare, p.NoIndex = true, true
	return p
}

// A link in a mail leads to a page with a button, because mail programs open links to look at them.
func (w *Web) asking(c *fiber.Ctx, sc tenants.Scope) error {
	a, err := w.service.Asking(c.UserContext(), sc, web.Param(c, "token"))
	if err != nil {
		return w.deadInvitation(c, sc, err)
	}
	return w.site.Render(c, askingPage(w.barePage(c, sc, "selection.asked.title"), a, web.Param(c, "token")))
}

// deadInvitation explains a link that was withdrawn or never was.
func (w *Web) deadInvitation(c *fiber.Ctx, sc tenants.Scope, err error) error {
	if !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return web.Page(c, fiber.StatusNotFound, deadInvitationPage(w.barePage(c, sc, "selection.asked.dead")))
}

// answeredBefore leads back to the invitation, which says how it stands, where its state did not allow an answer.
func (w *Web) answeredBefore(c *fiber.Ctx, sc tenants.Scope, err error) error {
	if fault.Is(err, fault.KindConflict) || fault.Is(err, fault.KindTooLate) {
		return web.SeeOther(c, askedAddress(web.Param(c, "token"), ""))
	}
	return w.deadInvitation(c, sc, err)
}

func askedAddress(token, below string) string {
	path := "/reviewer-invitations/" + url.PathEscape(token)
	if below != "" {
		path += "/" + below
	}
	return path
}

func (w *Web) acceptInvitation(c *fiber.Ctx, sc tenants.Scope) error {
	joined, err := w.service.AcceptInvitation(c.UserContext(), sc, web.Param(c, "token"), c.Get(fiber.HeaderUserAgent))
	if err != nil {
		return w.answeredBefore(c, sc, err)
	}
	if joined.Session == "" {
		w.site.Say(c, "success", "selection.asked.sign_in")
		return web.SeeOther(c, "/sign-in?return="+url.QueryEscape("/reviews/profile"))
	}
	w.site.StartSession(c, joined.Session, joined.Expires)
	w.site.Say(c, "success", "selection.asked.welcome")
	return web.SeeOther(c, "/reviews/profile")
}

func (w *Web) refusalForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showRefusal(c, sc, Regret{}, nil)
}

func (w *Web) showRefusal(c *fiber.Ctx, sc tenants.Scope, typed Regret, refused error) error {
	token := web.Param(c, "token")
	a, err := w.service.Asking(c.UserContext(), sc, token)
	if err != nil {
		return w.deadInvitation(c, sc, err)
	}
	if a.Now != InvitationSent {
		return web.SeeOther(c, askedAddress(token, ""))
	}
	p := w.barePage(c, sc, "selection.asked.refuse")
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return refusalPage(p, a, token, typed, f) })
}

func (w *Web) refuseInvitation(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	r := Regret{Reason: RegretReason(form.Raw("reason"))}
	var bad []fault.Field
	read := func(name string, most int) string {
		clean, wrong := form.Text(name, most)
		bad = append(bad, wrong...)
		return clean
	}
	r.Note, r.Substitute.Name, r.Substitute.Email = read("note", maxRegret), read("substitute_name", maxInvitee), strings.TrimSpace(read("substitute_email", maxAddress))
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.RefuseInvitation(c.UserContext(), sc, web.Param(c, "token"), r)
	}
	if fault.Is(err, fault.KindInvalid) {
		typed := Regret{Reason: r.Reason, Note: form.Raw("note"), Substitute: Invitee{Name: form.Raw("substitute_name"), Email: form.Raw("substitute_email")}}
		return w.showRefusal(c, sc, typed, err)
	}
	if err != nil {
		return w.answeredBefore(c, sc, err)
	}
	return web.SeeOther(c, askedAddress(web.Param(c, "token"), ""))
}
