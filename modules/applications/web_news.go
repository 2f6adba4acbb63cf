package applications

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) haveSeen(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	shown, err := ids.Parse[ids.FormVersion](form.Raw("shown"))
	if err != nil {
		return fault.NotFound().Because(err)
	}
	if err := w.service.HaveSeen(c.UserContext(), sc, id, shown); err != nil {
		return err
	}
	return web.SeeOther(c, address(id, ""))
}

func newsTitle(p ui.Page, h Hall, c forms.Change) string {
	q, s, _ := h.News.Definition.Question(c.Question)
	if q == nil {
		return c.Question
	}
	locales := h.News.Definition.Locales
	return s.Title.String(p.Loc.Locale, locales...) + " – " + q.Label.String(p.Loc.Locale, locales...)
}

// newsAddress is the section in which the question stands, as far as the reader fills it.
func newsAddress(h Hall, c forms.Change) string {
	s, found := h.News.Definition.Section(c.Section)
	switch {
	case !found || !h.Writable:
		return ""
	case s.Scope == forms.ScopeJoint:
		return sectionAddress(h.Overview.ID, nil, s.Key)
	case len(h.Mine) > 0:
		return sectionAddress(h.Overview.ID, &h.Mine[0].Part, s.Key)
	default:
		return ""
	}
}
