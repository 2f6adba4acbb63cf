package applications

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) receipt(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, submission, err := w.service.Receipt(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, receiptPage(w.site.Page(c, sc, "applications.receipt.title"), o, submission))
}

func (w *Web) receiptPaper(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, submission, err := w.service.Receipt(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.receipt.title")
	return w.issue(c, sc, Issued{Kind: "receipt", Application: id, About: submission.At}, o.Call, o.Number+" "+p.Title, pdf.Paper{
		Loc: p.Loc, Title: p.T("applications.receipt.head", "Number", o.Number), Subtitle: o.Name(), Blocks: receiptBlocks(p, o, submission),
	})
}

func (w *Web) dossierPaper(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Dossier(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "applications.dossier.title")
	name := d.Number + " " + d.Name()
	if d.Veiled {
		name = d.Number
	}
	return w.issue(c, sc, Issued{Kind: "dossier", Application: id, About: d.Submission.At}, d.Call, name, pdf.Paper{
		Loc: p.Loc, Title: dossierTitle(p, d), Subtitle: d.Number + " · " + d.Call.Name(p.Loc.Locale), Blocks: dossierBlocks(p, d),
	})
}

// letterPaper is a letter in the language in which it was written, whoever reads it.
func (w *Web) letterPaper(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, letter, err := w.service.Letter(c.UserContext(), sc, id, web.Param(c, "letter"))
	if err != nil {
		return err
	}
	loc := w.site.Catalog.Localizer(letter.Locale, zone(o.Call)).Saying(sc.Tenant().Wording)
	return w.issue(c, sc, Issued{Kind: "letter", Application: id, About: letter.At}, o.Call, letter.Subject, pdf.Paper{
		Loc: loc, Title: letter.Subject, Subtitle: o.Number + " · " + o.Call.Name(letter.Locale), Blocks: letterBlocks(loc, o.Call, letter),
	})
}

// issue sends a paper in the network's letterhead, with a code that anybody can check. A rehearsal's says that it is one.
func (w *Web) issue(c *fiber.Ctx, sc tenants.Scope, i Issued, call Call, name string, paper pdf.Paper) error {
	p := w.site.Page(c, sc, "applications.receipt.title")
	paper.Brand, paper.Logo, paper.Loc = p.Brand, w.site.Letterhead(c, sc), paper.Loc.At(zone(call))
	if p.Test != nil {
		paper.Warning = p.Test.Text
	}
	i.Locale = paper.Loc.Locale
	b, err := w.press.Issue(c.UserContext(), sc, i, func(m pdf.Mark) ([]byte, error) { return paper.Marked(m).Write() })
	if err != nil {
		return err
	}
	return web.File(c, name+".pdf", "application/pdf", b)
}
