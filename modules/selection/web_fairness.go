package selection

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) fairness(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	f, err := w.service.Fairness(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.fairness.title", f.Call)
	if format, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok && !f.Released.IsZero() && !f.Few {
		return w.site.Sheet(c, p, fairnessTable(p, f), format)
	}
	return w.site.Render(c, fairnessPage(p, f, w.ways(sc)))
}

// Figures lead to the fairness of each call whose decisions are released.
func (w *Web) Figures(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]ui.Crumb, error) {
	calls, err := w.service.Released(ctx, sc)
	all := make([]ui.Crumb, len(calls))
	for i := range calls {
		all[i] = ui.Crumb{Label: loc.T("selection.fairness.of", "Call", calls[i].Name(loc.Locale)), Href: address(calls[i].ID, "fairness")}
	}
	return all, err
}
