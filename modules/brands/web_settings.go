package brands

import (
	"mime"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

type view struct {
	tenants.Change

	Preview bool
	Fault   *fault.Fault
}

// look is the brand as pages of that reader would show it, saved or not.
func (v view) look(locale i18n.Locale) ui.Brand {
	return site.BrandIn(tenants.Tenant{Name: v.Name, Locales: v.Locales, Brand: v.Brand}, locale)
}

func (w *Web) settings(c *fiber.Ctx, sc tenants.Scope) error {
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
	v := view{Change: tenants.Change{Name: t.Name, Locales: t.Locales, Zone: t.Zone, Brand: look, Version: t.Version}}
	return w.site.Render(c, settingsPage(w.site.Page(c, sc, "brands.title"), v))
}

// filled is the form as it was posted, with pictures or without.
func filled(c *fiber.Ctx) (web.Uploads, error) {
	if media, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); media == fiber.MIMEMultipartForm {
		return web.ReadUploads(c, string(Logo), string(Header))
	}
	form, err := web.ReadForm(c)
	return web.Uploads{Form: form}, err
}

func readBrand(form web.Form) (tenants.Change, []fault.Field, error) {
	var c tenants.Change
	var bad []fault.Field
	text := func(name string, most int) string {
		s, refused := form.Text(name, most)
		bad = append(bad, refused...)
		return s
	}
	c.Name, c.Zone = text("name", 120), form.Raw("zone")
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
	picture := func(kind Kind) tenants.Picture {
		p := tenants.Picture{Alt: i18n.Text{}}
		if !form.Ticked("remove_" + string(kind)) {
			p.Set = form.Raw(string(kind) + "_set")
		}
		for _, l := range i18n.All {
			if s := text(altField(kind, l), 250); s != "" {
				p.Alt[l] = s
			}
		}
		return p
	}
	c.Brand = tenants.Brand{
		Primary: form.Raw("primary"), Accent: form.Raw("accent"), Typeface: form.Raw("typeface"), SenderName: text("sender", 120),
		Logo: picture(Logo), Header: picture(Header),
	}
	var err error
	if c.Version, err = form.Version(); err != nil {
		return c, bad, err
	}
	return c, bad, nil
}

func altField(kind Kind, l i18n.Locale) string { return string(kind) + "_alt_" + string(l) }

// bring takes the pictures that were chosen; they stay with the form from then on, whatever else is wrong with it.
func (w *Web) bring(c *fiber.Ctx, sc tenants.Scope, form web.Uploads, change *tenants.Change) ([]fault.Field, error) {
	var bad []fault.Field
	for kind, into := range map[Kind]*tenants.Picture{Logo: &change.Brand.Logo, Header: &change.Brand.Header} {
		file := form.Files[string(kind)]
		if file == nil {
			continue
		}
		b, err := web.Content(file, pictures.MaxBytes)
		if err != nil {
			return nil, err
		}
		taken, err := w.service.Upload(c.UserContext(), sc, kind, b)
		if fault.Is(err, fault.KindInvalid) {
			bad = append(bad, fault.Of(err).Fields...)
			continue
		}
		if err != nil {
			return bad, err
		}
		into.Set, into.Width, into.Height = taken.Set, taken.Width, taken.Height
	}
	return bad, nil
}

// change saves the brand, or shows it without saving.
func (w *Web) change(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := filled(c)
	if err != nil {
		return err
	}
	change, bad, err := readBrand(form.Form)
	if err != nil {
		return err
	}
	wrong, err := w.bring(c, sc, form, &change)
	bad = append(bad, wrong...)
	p := w.site.Page(c, sc, "brands.title")
	v := view{Change: change}
	switch {
	case err != nil:
	case len(bad) > 0:
		err = fault.Invalid("fault.check_fields", bad...)
	case form.Ticked("preview"):
		return w.site.Render(c, settingsPage(previewed(p, v), v.tried()))
	default:
		err = w.service.Change(c.UserContext(), sc, change)
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			v.Fault = f
			return settingsPage(p, v)
		})
	}
	w.site.Say(c, "success", "brands.saved")
	return web.SeeOther(c, "/settings/brand")
}

func (v view) tried() view {
	v.Preview = true
	return v
}

// previewed is the page in the brand that is only being tried.
func previewed(p ui.Page, v view) ui.Page {
	p.Brand = v.look(p.Loc.Locale)
	p.Style = styleOf(v.Brand)
	return p
}

// sender is whom mails are from.
func (v view) sender() string {
	if v.Brand.SenderName != "" {
		return v.Brand.SenderName
	}
	return v.Name
}
