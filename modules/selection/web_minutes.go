package selection

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/web"
	"kervan/policies"
	"kervan/tenants"
)

// foundMinutes are the minutes that an address names.
func (w *Web) foundMinutes(c *fiber.Ctx, sc tenants.Scope) (Minutes, error) {
	call, err := parseCall(c)
	if err != nil {
		return Minutes{}, err
	}
	meeting, err := ids.Parse[ids.Meeting](web.Param(c, "meeting"))
	if err != nil {
		return Minutes{}, fault.NotFound()
	}
	return w.service.Minutes(c.UserContext(), sc, call, meeting)
}

func (w *Web) minutes(c *fiber.Ctx, sc tenants.Scope) error {
	m, err := w.foundMinutes(c, sc)
	if err != nil {
		return err
	}
	v := minutesView{Signs: w.service.may(sc, policies.SelectionSign) && m.signs(sc.Actor().Person)}
	return w.site.Render(c, minutesPage(w.page(c, sc, "selection.minutes.title", m.Call), m, w.ways(sc), v))
}

// minutesPaper gives the minutes in the network's letterhead. Before both have signed them they say that they are a draft.
func (w *Web) minutesPaper(c *fiber.Ctx, sc tenants.Scope) error {
	m, err := w.foundMinutes(c, sc)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.minutes.title", m.Call)
	p.Loc = p.Loc.At(zone(m.Call))
	paper := pdf.Paper{
		Brand: p.Brand, Logo: w.site.Letterhead(c, sc), Loc: p.Loc, Title: p.T("selection.minutes.title"), Subtitle: m.Call.Name(p.Loc.Locale),
		Made: m.Meeting.EndedAt, Blocks: m.blocks(p),
	}
	if m.Meeting.State != MeetingSealed {
		paper.Warning = p.T("selection.minutes.draft")
	}
	if p.Test != nil {
		paper.Warning = p.Test.Text
	}
	b, err := w.draw(c, sc, m, paper)
	if err != nil {
		return err
	}
	return web.File(c, p.Title+".pdf", "application/pdf", b)
}

// draw makes the file of minutes. Only those that both have signed get a code: before, they may still change.
func (w *Web) draw(c *fiber.Ctx, sc tenants.Scope, m Minutes, paper pdf.Paper) ([]byte, error) {
	if m.Meeting.State != MeetingSealed {
		return paper.Write()
	}
	return w.press.Issue(c.UserContext(), sc, m.Call.ID, m.Meeting.SealedAt, paper.Loc.Locale, func(mark pdf.Mark) ([]byte, error) { return paper.Marked(mark).Write() })
}
