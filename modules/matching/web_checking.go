package matching

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/tenants"
)

// runFileName is how the instance of a run is called when it is taken away.
func runFileName(number int) string { return "round-run-" + strconv.Itoa(number) + ".json" }

// checkRun shows how a run is computed anew.
func (w *Web) checkRun(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.check.title")
	p.Title = p.T("matching.check.title", "Number", v.Number)
	nameGone(p, v.Names)
	k, err := checkOfRun(p, &v.Board)
	if err != nil {
		return err
	}
	return w.site.Check(c, p, k)
}

func (w *Web) runAnswer(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	answer, number, err := w.service.RunAnswer(c.UserContext(), sc, v.Round, v.ID)
	if err != nil {
		return err
	}
	return w.site.JSON(c, w.site.Page(c, sc, "matching.check.title"), site.AnswerFile(runFileName(number)), answer)
}

// checkOfRun is how a run is computed anew. Names are those that the reader of its board has.
func checkOfRun(p ui.Page, b *Board) (site.Check, error) {
	in, err := b.posed()
	if err != nil {
		return site.Check{}, err
	}
	at, title := b.RoundOf.runPath(b.ID), p.T("matching.board.title", "Number", b.Number)
	solved := site.Solved{File: runFileName(b.Number), Instance: at + "/instance"}
	if len(b.Answer) > 0 {
		solved.Answer = at + "/answer"
	}
	crumbs := roundCrumbs(p, &b.RoundOf, title)
	crumbs[len(crumbs)-1].Href = at
	k := site.Check{Crumbs: append(crumbs, ui.Crumb{Label: p.T("matching.check.crumb")}), Path: at + "/check", Solved: []site.Solved{solved}, Notes: notesOf(p, b, &in)}
	organizations := len(b.Organizations)
	for _, g := range b.Kept {
		organizations -= len(g)
	}
	k.Size = []ui.Stat{{Value: p.Loc.Int(organizations), Label: p.N("matching.check.size_organizations", organizations)}}
	if n, told := in.pairs(); told {
		k.Size = append(k.Size, ui.Stat{Value: p.Loc.Int(n), Label: p.N("matching.check.size_pairs", n)})
	}
	lists := b.numbered(&in)
	names := []string{p.T("matching.check.organizations")}
	switch len(lists) {
	case 0:
		k.Notes = append(k.Notes, p.T("matching.check.untold"))
	case FewestSeats:
		names = []string{p.T("matching.check.rows"), p.T("matching.check.columns")}
	}
	for n, places := range lists {
		l := site.Legend{Name: names[n]}
		for _, i := range places {
			l.Names = append(l.Names, b.Name(i))
		}
		k.Legends = append(k.Legends, l)
	}
	return k, nil
}

// notesOf say what one ought to know of a run before computing it anew.
func notesOf(p ui.Page, b *Board, in *posed) []string {
	notes := []string{p.T("matching.check.why_not")}
	if in.Kind == ByBipartite {
		notes = append(notes, p.T("matching.check.no_seed"))
	} else {
		notes = append(notes, p.T("site.check.seed", "Seed", strconv.FormatUint(b.Rules.Seed, 10)))
	}
	if len(b.Kept) > 0 {
		notes = append(notes, p.N("matching.check.kept", len(b.Kept)))
	}
	if !b.From.IsZero() {
		notes = append(notes, p.T("matching.check.by_hand"))
	}
	return notes
}
