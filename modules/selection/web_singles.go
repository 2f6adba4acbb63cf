package selection

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// singles gives the single reviews as a file; without a known format it leads to the ranking, where both are.
func (w *Web) singles(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCall(c)
	if err != nil {
		return err
	}
	call, all, err := w.service.Singles(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	f, ok := sheets.ParseFormat(web.Query(c).Raw("format"))
	if !ok {
		return web.SeeOther(c, address(id, "ranking"))
	}
	p := w.page(c, sc, "selection.singles.title", call)
	return w.site.Sheet(c, p, singlesTable(p, call, all), f)
}

// singlesTable has a row for each review and criterion, and one for the comment to the panel where there is one.
func singlesTable(p ui.Page, call Call, all []Single) sheets.Table {
	t := sheets.Table{Name: p.T("selection.singles.title"), Columns: []string{
		p.T("selection.number"), p.T("selection.organizations"), p.T("selection.board.reviewer"), p.T("selection.known.submitted"), p.T("selection.review.total"),
		p.T("selection.folder.criterion"), p.T("selection.singles.weight"), p.T("selection.mark.score"), p.T("selection.singles.lowest"), p.T("selection.singles.highest"),
		p.T("selection.singles.words"),
	}}
	for i := range all {
		r := &all[i]
		who := r.Name
		if r.Letter != "" {
			who = p.T("selection.discussion.reviewer", "Letter", r.Letter)
		}
		for j := range call.Criteria {
			k := &call.Criteria[j]
			m, scale := r.Mark(k.Key), k.Scale(call.Review.ScoreMax)
			row := []any{
				r.Application.Number, r.Application.Name(), who, r.SubmittedAt, r.Points.Float(), k.Name.String(p.Loc.Locale, call.Locales...), k.Weight,
				nil, scale.Lowest, scale.Highest, m.Feedback,
			}
			if m.Score != NoScore {
				row[7] = m.Score
			}
			t.Rows = append(t.Rows, row)
		}
		if r.Comment != "" {
			t.Rows = append(t.Rows, []any{
				r.Application.Number, r.Application.Name(), who, r.SubmittedAt, r.Points.Float(), p.T("selection.review.comment"), nil, nil, nil, nil, r.Comment,
			})
		}
	}
	return t
}
