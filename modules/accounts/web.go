package accounts

import (
	"embed"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

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
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of accounts.
func (w *Web) Module() site.Module {
	enter, self := policies.AccountEnter, policies.AccountSelf
	get, post := fiber.MethodGet, fiber.MethodPost
	return site.Module{
		Name: "accounts",
		Routes: []site.Route{
			{Method: get, Path: "/register", Action: enter, Handle: w.registerForm},
			{Method: post, Path: "/register", Action: enter, Handle: w.register},
			{Method: get, Path: "/check-mail", Action: enter, Handle: w.checkMail},
			{Method: get, Path: "/confirm/:token", Action: enter, Handle: w.confirmForm},
			{Method: post, Path: "/confirm/:token", Action: enter, Handle: w.confirm},
			{Method: get, Path: "/sign-in", Action: enter, Handle: w.signInForm},
			{Method: post, Path: "/sign-in", Action: enter, Handle: w.signIn},
			{Method: get, Path: "/sign-in/link", Action: enter, Handle: w.linkForm},
			{Method: post, Path: "/sign-in/link", Action: enter, Handle: w.link},
			{Method: get, Path: "/sign-in/link/:token", Action: enter, Handle: w.signInByLinkForm},
			{Method: get, Path: site.Entrance + ":token", Action: enter, Handle: w.entrance, Only: tenants.KindRehearsal},
			{Method: post, Path: "/sign-in/link/:token", Action: enter, Handle: w.signInByLink},
			{Method: get, Path: "/reset", Action: enter, Handle: w.resetWantedForm},
			{Method: post, Path: "/reset", Action: enter, Handle: w.resetWanted},
			{Method: get, Path: "/reset/:token", Action: enter, Handle: w.resetForm},
			{Method: post, Path: "/reset/:token", Action: enter, Handle: w.reset},
			{Method: get, Path: "/invitations/:token", Action: enter, Handle: w.offer},
			{Method: post, Path: "/invitations/:token/acceptance", Action: enter, Handle: w.accept},
			{Method: post, Path: "/sign-out", Action: self, Handle: w.signOut},
			{Method: get, Path: "/account", Action: self, Handle: w.account},
			{Method: post, Path: "/account/profile", Action: self, Handle: w.profile},
			{Method: post, Path: "/account/password", Action: self, Handle: w.password},
			{Method: post, Path: "/account/sessions/end", Action: self, Handle: w.endSession},
			{Method: post, Path: "/account/sessions/end-all", Action: self, Handle: w.endAll},
			{Method: post, Path: "/account/calendar", Action: self, Handle: w.makeFeed},
			{Method: post, Path: "/account/calendar/end", Action: self, Handle: w.endFeed},
			{Method: get, Path: "/account/tokens/new", Action: self, Handle: w.tokenForm},
			{Method: post, Path: "/account/tokens", Action: self, Handle: w.makeToken},
			{Method: post, Path: "/account/tokens/end", Action: self, Handle: w.endToken},
			{Method: get, Path: "/people", Action: policies.PersonList, Handle: w.team},
			{Method: post, Path: "/people/dismissal", Action: policies.PersonRevoke, Handle: w.dismiss},
			// Also the address for an organization's lead, who may invite to that organization only.
			{Method: post, Path: "/invitations", Action: policies.AccountSelf, Handle: w.invite},
			{Method: post, Path: "/invitations/revocation", Action: policies.AccountSelf, Handle: w.revoke},
		},
		API:   w.operations(),
		Tasks: []site.Tasks{w.tasks},
		Entries: []site.Entry{
			{Key: "accounts.nav.people", Href: "/people", Icon: "users", Action: policies.PersonList, Group: site.GroupPeople, Order: 80},
		},
	}
}

func (w *Web) bare(c *fiber.Ctx, sc tenants.Scope, title string) ui.Page {
	p := w.site.Page(c, sc, title)
	p.Bare = true
	p.NoIndex = true
	return p
}

func back(form web.Form) string { return web.Local(form.Raw("return"), "/desk") }

func (w *Web) registerForm(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.bare(c, sc, "accounts.register.title")
	return w.site.Render(c, registerPage(p, registerView{Return: back(web.Query(c))}))
}

func (w *Web) register(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	p := w.bare(c, sc, "accounts.register.title")
	cmd, bad := readRegister(form)
	cmd.Locale, cmd.Address, cmd.Browser = p.Loc.Locale, web.Address(c), w.browser(c)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Register(c.UserContext(), sc, cmd)
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return registerPage(p, registerView{Name: form.Raw("name"), Email: form.Raw("email"), Notice: cmd.Notice, Return: cmd.Return, Fault: f})
		})
	}
	return web.SeeOther(c, "/check-mail")
}

func (w *Web) checkMail(c *fiber.Ctx, sc tenants.Scope) error {
	return w.site.Render(c, checkMailPage(w.bare(c, sc, "accounts.check_mail.title")))
}

// The cookies by which a browser is known: as the one in which somebody registered, and as one in which an account was
// signed in before. Neither lets anybody in.
const (
	browserCookie = "browser"
	deviceCookie  = "device"
)

// browser is what this browser keeps to be known as the one in which somebody registered.
func (*Web) browser(c *fiber.Ctx) string {
	kept := web.Cookie(c, browserCookie)
	if kept == "" {
		kept, _ = newToken()
	}
	web.SetCookie(c, browserCookie, kept, time.Now().Add(registerLife))
	return kept
}

// A link in a mail leads to a page with a button, because mail programs open links to look at them.
func (w *Web) confirmForm(c *fiber.Ctx, sc tenants.Scope) error {
	same, err := w.service.Confirming(c.UserContext(), sc, web.Param(c, "token"), web.Cookie(c, browserCookie))
	if err != nil {
		return w.deadLink(c, sc, err)
	}
	return w.site.Render(c, confirmPage(w.bare(c, sc, "accounts.confirm.title"), web.Param(c, "token"), same, nil))
}

func (w *Web) confirm(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	token := web.Param(c, "token")
	done, err := w.service.Confirm(c.UserContext(), sc, Confirm{
		Token: token, Browser: web.Cookie(c, browserCookie), Password: form.Raw("password"), Address: web.Address(c), Agent: c.Get(fiber.HeaderUserAgent),
	})
	if fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindTooMany) {
		p := w.bare(c, sc, "accounts.confirm.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return confirmPage(p, token, false, f) })
	}
	if err != nil {
		return w.deadLink(c, sc, err)
	}
	return w.arrive(c, done)
}

// enters gives the browser its session, and what it is known by the next time.
func (w *Web) enters(c *fiber.Ctx, cookie Cookie) {
	w.site.StartSession(c, cookie.Token, cookie.Expires)
	if cookie.Device != "" {
		web.SetCookie(c, deviceCookie, cookie.Device, time.Now().AddDate(1, 0, 0))
	}
}

// arrive sends somebody who has proved their address on: in, or first to sign in with the login that they have.
func (w *Web) arrive(c *fiber.Ctx, done Confirmed) error {
	if done.Cookie.Token == "" {
		w.site.Say(c, "info", "accounts.known_login")
		return web.SeeOther(c, "/sign-in?return="+url.QueryEscape(web.Local(done.Return, "/desk")))
	}
	w.enters(c, done.Cookie)
	w.site.Say(c, "success", "accounts.welcome")
	return web.SeeOther(c, web.Local(done.Return, "/desk"))
}

// deadLink explains a link that is used or expired, with the way to a new one.
func (w *Web) deadLink(c *fiber.Ctx, sc tenants.Scope, err error) error {
	if !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return web.Page(c, fiber.StatusNotFound, deadLinkPage(w.bare(c, sc, "accounts.dead_link.title")))
}

func (w *Web) signInForm(c *fiber.Ctx, sc tenants.Scope) error {
	query := web.Query(c)
	if sc.Actor().Signed() {
		return web.SeeOther(c, back(query))
	}
	return w.site.Render(c, signInPage(w.bare(c, sc, "accounts.sign_in.title"), signInView{Return: back(query)}))
}

func (w *Web) signIn(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	cookie, err := w.service.SignIn(c.UserContext(), sc, SignIn{
		Email: form.Raw("email"), Password: form.Raw("password"), Address: web.Address(c), Agent: c.Get(fiber.HeaderUserAgent),
		Device: web.Cookie(c, deviceCookie),
	})
	if err != nil {
		p := w.bare(c, sc, "accounts.sign_in.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return signInPage(p, signInView{Email: form.Raw("email"), Return: back(form), Fault: f})
		})
	}
	w.enters(c, cookie)
	return web.SeeOther(c, back(form))
}

func (w *Web) linkForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.site.Render(c, addressPage(w.bare(c, sc, "accounts.link.title"), addressView{Action: "/sign-in/link", Lead: "accounts.link.lead", Button: "accounts.link.button", Return: back(web.Query(c))}))
}

func (w *Web) link(c *fiber.Ctx, sc tenants.Scope) error {
	view := addressView{Action: "/sign-in/link", Lead: "accounts.link.lead", Button: "accounts.link.button"}
	return w.wantLink(c, sc, "accounts.link.title", view, w.service.RequestSignIn)
}

func (w *Web) resetWantedForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.site.Render(c, addressPage(w.bare(c, sc, "accounts.reset.title"), addressView{Action: "/reset", Lead: "accounts.reset.lead", Button: "accounts.reset.button"}))
}

func (w *Web) resetWanted(c *fiber.Ctx, sc tenants.Scope) error {
	view := addressView{Action: "/reset", Lead: "accounts.reset.lead", Button: "accounts.reset.button"}
	return w.wantLink(c, sc, "accounts.reset.title", view, w.service.RequestReset)
}

func (w *Web) signInByLinkForm(c *fiber.Ctx, sc tenants.Scope) error {
	p := w.bare(c, sc, "accounts.sign_in.title")
	return w.site.Render(c, buttonPage(p, "/sign-in/link/"+url.PathEscape(web.Param(c, "token")), p.T("accounts.by_link.lead"), p.T("ui.sign_in")))
}

func (w *Web) signInByLink(c *fiber.Ctx, sc tenants.Scope) error {
	done, err := w.service.SignInByLink(c.UserContext(), sc, web.Param(c, "token"), c.Get(fiber.HeaderUserAgent))
	if err != nil {
		return w.deadLink(c, sc, err)
	}
	w.enters(c, done.Cookie)
	return web.SeeOther(c, web.Local(done.Return, "/desk"))
}

// entrance lets the team into a rehearsal. A page leads here, not a mail, so no program opens it before they do.
func (w *Web) entrance(c *fiber.Ctx, sc tenants.Scope) error { return w.signInByLink(c, sc) }

func (w *Web) resetForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.site.Render(c, resetPage(w.bare(c, sc, "accounts.reset.title"), web.Param(c, "token"), nil))
}

func (w *Web) reset(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = w.service.Reset(c.UserContext(), sc, web.Param(c, "token"), form.Raw("password"))
	if fault.Is(err, fault.KindNotFound) {
		return w.deadLink(c, sc, err)
	}
	if err != nil {
		p := w.bare(c, sc, "accounts.reset.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return resetPage(p, web.Param(c, "token"), f) })
	}
	w.site.Say(c, "success", "accounts.reset.done")
	return web.SeeOther(c, "/sign-in")
}

func (w *Web) signOut(c *fiber.Ctx, sc tenants.Scope) error {
	if err := w.service.SignOut(c.UserContext(), sc); err != nil {
		return err
	}
	w.site.EndSession(c)
	w.site.Say(c, "info", "accounts.signed_out")
	return web.SeeOther(c, "/")
}

func (w *Web) offer(c *fiber.Ctx, sc tenants.Scope) error {
	offer, err := w.service.Offer(c.UserContext(), sc, web.Param(c, "token"))
	if err != nil {
		return w.deadLink(c, sc, err)
	}
	p := w.bare(c, sc, "accounts.offer.title")
	return w.site.Render(c, offerPage(p, offerView{Token: web.Param(c, "token"), Offer: offer, Name: offer.Name}))
}

func (w *Web) accept(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	token := web.Param(c, "token")
	p := w.bare(c, sc, "accounts.offer.title")
	cmd, bad := readAccept(form)
	cmd.Token, cmd.Locale, cmd.Agent = token, p.Loc.Locale, c.Get(fiber.HeaderUserAgent)
	done := Confirmed{}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		done, err = w.service.Accept(c.UserContext(), sc, cmd)
	}
	if fault.Is(err, fault.KindInvalid) {
		offer, missing := w.service.Offer(c.UserContext(), sc, token)
		if missing != nil {
			return w.deadLink(c, sc, missing)
		}
		return web.Page(c, fiber.StatusUnprocessableEntity, offerPage(p, offerView{Token: token, Offer: offer, Name: form.Raw("name"), Fault: fault.Of(err)}))
	}
	if err != nil {
		return w.deadLink(c, sc, err)
	}
	if done.Known && sc.Actor().Signed() {
		if done.Cookie.Token != "" {
			w.enters(c, done.Cookie)
		}
		return web.SeeOther(c, "/desk")
	}
	return w.arrive(c, done)
}

func parseOrganization(form web.Form) (ids.Organization, error) {
	if form.Raw("organization") == "" {
		return ids.Organization{}, nil
	}
	id, err := ids.Parse[ids.Organization](form.Raw("organization"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}
