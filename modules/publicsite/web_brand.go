package publicsite

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

type brandView struct {
	tenants.Change

	Preview bool
	Fault   *fault.Fault
}

func (w *Web) brandForm(c *fiber.Ctx, sc tenants.Scope) error {
	t := sc.Tenant()
	look := t.Brand
	if look.Primary == "" {
		look.Primary, look.Accent = ui.DefaultPrimary, ui.DefaultAccent
	}
	if look.Accent == "" {
		look.Accent = ui.DefaultAccent
	}
	if look.Typeface == "" {
		look.Typeface = ui.Typefaces[0].ID
	}
	v := brandView{Change: tenants.Change{Name: t.Name, Locales: t.Locales, Zone: t.Zone, Brand: look, Version: t.Version}}
	return w.site.Render(c, brandPage(w.site.Page(c, sc, "publicsite.brand.title"), v))
}

func readBrand(form web.Form) (tenants.Change, []fault.Field, error) {
	var c tenants.Change
	var bad []fault.Field
	text := func(name string) string {
		s, refused := form.Text(name, 120)
		bad = append(bad, refused...)
		return s
	}
	c.Name, c.Zone = text("name"), form.Raw("zone")
	c.Brand = tenants.Brand{Primary: form.Raw("primary"), Accent: form.Raw("accent"), Typeface: form.Raw("typeface"), SenderName: text("sender")}
	first, ok := i18n.ParseLocale(form.Raw("locale"))
	if !ok {
		bad = append(bad, fault.At("locale", "fault.choose"))
	}
	c.Locales = []i18n.Locale{first}
	for _, code := range form.All("locales") {
		if l, ok := i18n.ParseLocale(code); ok && l != first {
			c.Locales = append(c.Locales, l)
		}
	}
	var err error
	if c.Version, err = strconv.ParseInt(form.Raw("version"), 10, 64); err != nil {
		return c, bad, fault.Invalid("fault.bad_request")
	}
	return c, bad, nil
}

// brand saves the brand, or shows it on the page without saving.
func (w *Web) brand(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	change, bad, err := readBrand(form)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "publicsite.brand.title")
	if form.Ticked("preview") && len(bad) == 0 {
		p.Brand = site.BrandOf(tenants.Tenant{Name: change.Name, Brand: change.Brand})
		p.Style = "/brand/preview.css?" + url.Values{"primary": {change.Brand.Primary}, "accent": {change.Brand.Accent}, "typeface": {change.Brand.Typeface}}.Encode()
		return w.site.Render(c, brandPage(p, brandView{Change: change, Preview: true}))
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.ChangeBrand(c.UserContext(), sc, change)
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return brandPage(p, brandView{Change: change, Fault: f}) })
	}
	w.site.Say(c, "success", "publicsite.brand.saved")
	return web.SeeOther(c, "/settings/brand")
}

// preview is the style sheet of a brand that is only being tried. Whatever is not a colour or a typeface of the list is
// as if it had not been chosen.
func (w *Web) preview(c *fiber.Ctx, _ tenants.Scope) error {
	query := web.Query(c)
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	return c.SendString(ui.BrandCSS(ui.Brand{Primary: query.Raw("primary"), Accent: query.Raw("accent"), Typeface: query.Raw("typeface")}))
}

// corrected says what pages use instead of a colour that is hard to read; empty when it is fine.
func corrected(p ui.Page, colour string) string {
	if _, ok := ui.ParseColour(colour); !ok {
		return ""
	}
	used, changed := ui.Against(colour, "#ffffff")
	if !changed {
		return ""
	}
	return p.T("publicsite.brand.corrected", "Colour", colour, "Ratio", p.Loc.Decimal(ui.Contrast(colour, "#ffffff"), 1), "Used", used)
}
