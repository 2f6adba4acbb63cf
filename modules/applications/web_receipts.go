package applications

import (
	"time"

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
	return w.paper(c, sc, o, submission, pdf.Paper{
		Title: p.T("applications.receipt.head", "Number", o.Number), Subtitle: o.Name(), Blocks: receiptBlocks(p, o, submission),
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
	return w.paper(c, sc, d.Overview, d.Submission, pdf.Paper{Title: d.Name(), Subtitle: d.Number + " · " + d.Call.Name(p.Loc.Locale), Blocks: dossierBlocks(p, d)})
}

// paper sends a paper about a submission in the network's letterhead, with the code that the verification page answers.
func (w *Web) paper(c *fiber.Ctx, sc tenants.Scope, o Overview, s Submission, paper pdf.Paper) error {
	p := w.site.Page(c, sc, "applications.receipt.title")
	paper.Brand, paper.Logo, paper.Loc, paper.Made = p.Brand, w.site.Letterhead(c, sc), p.Loc.At(zone(o.Call)), time.Now()
	paper.Code, paper.VerifyURL = s.CodeInGroups(), w.origin(sc.Tenant())+"/verify?code="+s.Code
	b, err := paper.Write()
	if err != nil {
		return err
	}
	return web.File(c, o.Number+" "+o.Name()+".pdf", "application/pdf", b)
}

func (w *Web) verify(c *fiber.Ctx, sc tenants.Scope) error {
	code := web.Query(c).Raw("code")
	v := verification{Code: code}
	if code != "" {
		var err error
		if v.Number, v.At, v.Found, err = w.service.Verify(c.UserContext(), sc, code); err != nil {
			return err
		}
	}
	p := w.site.Page(c, sc, "applications.verify.title")
	p.NoIndex = true
	return w.site.Render(c, verifyPage(p, v))
}

type verification struct {
	Code, Number string
	At           time.Time
	Found        bool
}
