package brands

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

// trial is the address of a sample in a brand that need not be saved.
func (v view) trial(of string, more ...string) string {
	q := url.Values{
		"name": {v.Name}, "sender": {v.Brand.SenderName}, "primary": {v.Brand.Primary}, "accent": {v.Brand.Accent}, "typeface": {v.Brand.Typeface},
		"logo": {v.Brand.Logo.Set}, "header": {v.Brand.Header.Set},
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "/settings/brand/preview/" + of + "?" + q.Encode()
}

// tryOut reads a brand from an address. Whatever is not a colour, a typeface of the list or a picture of this network is as
// if it had not been chosen.
func (w *Web) tryOut(c *fiber.Ctx, sc tenants.Scope) tenants.Tenant {
	query, t := web.Query(c), sc.Tenant()
	name, bad := query.Text("name", 120)
	if len(bad) == 0 && name != "" {
		t.Name = name
	}
	t.Brand = tenants.Brand{Typeface: query.Raw("typeface")}
	if colour, ok := ui.ParseColour(query.Raw("primary")); ok {
		t.Brand.Primary = colour
	}
	if colour, ok := ui.ParseColour(query.Raw("accent")); ok {
		t.Brand.Accent = colour
	}
	for kind, into := range map[Kind]*tenants.Picture{Logo: &t.Brand.Logo, Header: &t.Brand.Header} {
		chosen, err := w.service.chosen(c.UserContext(), sc, kind, tenants.Picture{Set: query.Raw(string(kind))})
		if err != nil {
			slog.Info("no picture to try", "kind", string(kind), "error", err)
			continue
		}
		*into = chosen
	}
	return t
}

// previewStyle is the style sheet of a brand that is only being tried.
func (*Web) previewStyle(c *fiber.Ctx, _ tenants.Scope) error {
	query := web.Query(c)
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	return c.SendString(ui.BrandCSS(ui.Brand{Primary: query.Raw("primary"), Accent: query.Raw("accent"), Typeface: query.Raw("typeface")}))
}

func styleOf(b tenants.Brand) string {
	return "/brand/preview.css?" + url.Values{"primary": {b.Primary}, "accent": {b.Accent}, "typeface": {b.Typeface}}.Encode()
}

// previewPage is a page as visitors would see it, on light or on dark ground.
func (w *Web) previewPage(c *fiber.Ctx, sc tenants.Scope) error {
	t := w.tryOut(c, sc)
	p := w.site.Page(c, sc, "brands.title")
	p.Brand, p.Style, p.Nav, p.Person, p.NoIndex, p.Theme = site.BrandIn(t, p.Loc.Locale), styleOf(t.Brand), nil, nil, true, "light"
	if web.Query(c).Raw("theme") == "dark" {
		p.Theme = "dark"
	}
	return w.site.Render(c, samplePage(p))
}

// previewMail is a mail as its recipients would see it, in a frame that can run nothing, load nothing and lead nowhere.
func (w *Web) previewMail(c *fiber.Ctx, sc tenants.Scope) error {
	t, loc := w.tryOut(c, sc), w.site.Localizer(c, sc)
	html, err := sampleMail(c.UserContext(), t, loc)
	if err != nil {
		return err
	}
	c.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox")
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.SendString(mail.Shown(html, w.service.Letterhead(c.UserContext(), t)))
}

func sampleMail(ctx context.Context, t tenants.Tenant, loc *i18n.Localizer) (string, error) {
	b := mail.Body{
		Lang: string(loc.Locale), Brand: t.Name, Logo: t.Brand.Logo.Set != "", Subject: loc.T("brands.sample_subject"), Footer: loc.T("brands.sample_footer", "Network", t.Name),
		Paragraphs: mail.Paragraphs(loc.T("brands.sample_letter", "Network", t.Name)), Button: loc.T("brands.sample_button"), URL: "https://" + t.Host + "/",
	}
	b.Colour, b.OnColour = site.BrandOf(t).Button()
	return b.HTML(ctx)
}

// previewPaper is a page of paper under the letterhead.
func (w *Web) previewPaper(c *fiber.Ctx, sc tenants.Scope) error {
	t, loc := w.tryOut(c, sc), w.site.Localizer(c, sc)
	paper := pdf.Paper{
		Brand: site.BrandIn(t, loc.Locale), Logo: w.service.Letterhead(c.UserContext(), t), Loc: loc, Title: loc.T("brands.sample_paper"), Subtitle: t.Name, Made: time.Now(),
		Blocks: []pdf.Block{pdf.Heading{Level: 1, Text: loc.T("brands.sample_heading")}, pdf.Paragraph{Text: loc.T("brands.sample_text")}},
	}
	b, err := paper.Write()
	if err != nil {
		return err
	}
	return web.File(c, loc.T("brands.sample_paper")+".pdf", "application/pdf", b)
}

// readable says of the colours which are hard to read somewhere, and what is used there instead; those of the ground that
// most read on come first.
func readable(p ui.Page, v view) (warning string, notes []string) {
	if len(Check(v.Brand)) > 0 {
		return "", nil
	}
	for _, c := range v.look(p.Loc.Locale).Corrections() {
		args := []any{"Colour", c.Colour, "Ratio", p.Loc.Decimal(c.Ratio, 1), "Used", c.Used}
		if c.Where == "primary_light" {
			warning = p.T("brands.corrected", args...)
			continue
		}
		notes = append(notes, p.T("brands.corrected."+c.Where, args...))
	}
	return warning, notes
}
