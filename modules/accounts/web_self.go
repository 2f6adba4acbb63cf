package accounts

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) wantLink(c *fiber.Ctx, sc tenants.Scope, title string, view addressView, want func(context.Context, tenants.Scope, LinkWanted) error) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	p := w.bare(c, sc, title)
	view.Email, view.Return = form.Raw("email"), back(form)
	if err := want(c.UserContext(), sc, LinkWanted{Email: view.Email, Address: web.Address(c), Locale: p.Loc.Locale, Return: view.Return}); err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			view.Fault = f
			return addressPage(p, view)
		})
	}
	return web.SeeOther(c, "/check-mail")
}

func (w *Web) account(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showAccount(c, sc, accountView{}, nil)
}

// showAccount draws the account's page; after a refusal with what was typed and what is wrong.
func (w *Web) showAccount(c *fiber.Ctx, sc tenants.Scope, view accountView, err error) error {
	own, missing := w.service.Own(c.UserContext(), sc)
	if missing != nil {
		return missing
	}
	view.Account = own
	if view.Name == "" {
		view.Name = own.Name
	}
	p := w.site.Page(c, sc, "accounts.account.title")
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			view.Fault = f
			return accountPage(p, sc, view)
		})
	}
	return w.site.Render(c, accountPage(p, sc, view))
}

func (w *Web) profile(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	name, bad := form.Required("name", maxName)
	locale, ok := i18n.ParseLocale(form.Raw("locale"))
	if !ok {
		bad = append(bad, fault.At("locale", "fault.choose"))
	}
	version, err := form.Version()
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return w.showAccount(c, sc, accountView{Name: form.Raw("name")}, fault.Invalid("fault.check_fields", bad...))
	}
	if err := w.service.ChangeProfile(c.UserContext(), sc, Profile{Name: name, Locale: locale, Version: version}); err != nil {
		return w.showAccount(c, sc, accountView{Name: name}, err)
	}
	w.site.Say(c, "success", "accounts.account.saved")
	return web.SeeOther(c, "/account")
}

func (w *Web) password(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	cookie, err := w.service.ChangePassword(c.UserContext(), sc, form.Raw("present"), form.Raw("password"), web.Address(c), c.Get(fiber.HeaderUserAgent))
	if err != nil {
		return w.showAccount(c, sc, accountView{}, err)
	}
	w.site.StartSession(c, cookie.Token, cookie.Expires)
	w.site.Say(c, "success", "accounts.account.password_saved")
	return web.SeeOther(c, "/account")
}

func (w *Web) endSession(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := postedID[ids.Session](c, ids.Parse[ids.Session])
	if err != nil {
		return err
	}
	if err := w.service.EndSession(c.UserContext(), sc, id); err != nil {
		return err
	}
	return web.SeeOther(c, "/account")
}

func postedID[I any](c *fiber.Ctx, parse func(string) (I, error)) (I, error) {
	form, err := web.ReadForm(c)
	if err != nil {
		var zero I
		return zero, err
	}
	id, err := parse(form.Raw("id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) endAll(c *fiber.Ctx, sc tenants.Scope) error {
	if err := w.service.SignOutEverywhere(c.UserContext(), sc); err != nil {
		return err
	}
	w.site.EndSession(c)
	w.site.Say(c, "info", "accounts.signed_out")
	return web.SeeOther(c, "/")
}
