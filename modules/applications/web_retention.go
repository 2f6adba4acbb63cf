package applications

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

const retentionPath = "/applications/retention"

func retentionAddress(call ids.Call) string { return retentionPath + "?call=" + call.String() }

func (w *Web) retention(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := callIn(web.Query(c).Raw("call"))
	if err != nil {
		return err
	}
	r, err := w.service.Retention(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.site.Render(c, retentionPage(w.site.Page(c, sc, "applications.retention.title"), r))
}
