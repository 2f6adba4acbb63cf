package accounts

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) tokenForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.site.Render(c, tokenFormPage(w.site.Page(c, sc, "accounts.tokens.new"), tokenView{ID: ids.New[ids.Token]()}))
}

// makeToken answers with the token itself instead of leading somewhere: it is shown once and kept nowhere.
func (w *Web) makeToken(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	cmd, bad, err := readToken(form)
	if err != nil {
		return err
	}
	cmd.Address = web.Address(c)
	var made Made
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		made, err = w.service.MakeToken(c.UserContext(), sc, cmd)
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			view := tokenView{ID: cmd.ID, Name: form.Raw("name"), Days: strconv.Itoa(cmd.Days), Fault: f}
			if f.Kind == fault.KindConflict {
				view.ID = ids.New[ids.Token]()
			}
			return tokenFormPage(w.site.Page(c, sc, "accounts.tokens.new"), view)
		})
	}
	return w.site.Render(c, tokenPage(w.site.Page(c, sc, "accounts.tokens.made"), made, web.Origin(c, w.site.Secure)))
}

func (w *Web) endToken(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := postedID[ids.Token](c, ids.Parse[ids.Token])
	if err != nil {
		return err
	}
	if err := w.service.EndToken(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "accounts.tokens.ended")
	return web.SeeOther(c, "/account")
}
