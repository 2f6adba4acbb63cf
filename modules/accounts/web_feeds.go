package accounts

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

// makeFeed answers with the address itself instead of leading somewhere: it is shown once and kept nowhere.
func (w *Web) makeFeed(c *fiber.Ctx, sc tenants.Scope) error {
	secret, err := w.service.MakeFeed(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, feedPage(w.site.Page(c, sc, "accounts.feed.made"), web.Origin(c, w.site.Secure)+site.FeedPath(secret)))
}

func (w *Web) endFeed(c *fiber.Ctx, sc tenants.Scope) error {
	if err := w.service.EndFeed(c.UserContext(), sc); err != nil {
		return err
	}
	w.site.Say(c, "success", "accounts.feed.ended")
	return web.SeeOther(c, "/account")
}
