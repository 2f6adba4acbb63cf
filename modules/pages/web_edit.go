package pages

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// listed is the list of pages, and what was typed to begin another.
type listed struct {
	Pages             []Page
	Kind, Title, Slug string
	Fault             *fault.Fault
}

// edited is a page in its editor.
type edited struct {
	Page

	Before []Former
	Add    string
	Fault  *fault.Fault
}

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	pages, err := w.service.Pages(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, listPage(w.site.Page(c, sc, "pages.title"), listed{Pages: pages}, sc.Tenant().Locales))
}

func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	kind, ok := ParseKind(form.Raw("kind"))
	title, bad := form.Required("title", line)
	if !ok {
		bad = append(bad, fault.At("kind", "fault.choose"))
	}
	var page Page
	if err = checked(bad); err == nil {
		page, err = w.service.Begin(c.UserContext(), sc, kind, title, form.Raw("slug"))
	}
	if err != nil {
		pages, failed := w.service.Pages(c.UserContext(), sc)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "pages.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			return listPage(p, listed{Pages: pages, Kind: form.Raw("kind"), Title: form.Raw("title"), Slug: form.Raw("slug"), Fault: f}, sc.Tenant().Locales)
		})
	}
	return web.SeeOther(c, address(page.ID))
}

func address(id ids.Page) string { return "/settings/pages/" + id.String() }

func checked(bad []fault.Field) error {
	if len(bad) == 0 {
		return nil
	}
	return fault.Invalid("fault.check_fields", bad...)
}

// opened finds the page of the address.
func (w *Web) opened(c *fiber.Ctx, sc tenants.Scope) (edited, error) {
	id, err := ids.Parse[ids.Page](web.Param(c, "id"))
	if err != nil {
		return edited{}, fault.NotFound()
	}
	page, before, err := w.service.Page(c.UserContext(), sc, id)
	return edited{Page: page, Before: before}, err
}

func (w *Web) editor(c *fiber.Ctx, sc tenants.Scope) error {
	e, err := w.opened(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, editorPage(w.site.Page(c, sc, "pages.editor.title"), e, sc.Tenant().Locales, sc.Tenant().Kind == tenants.KindCore))
}

// refuse shows the editor again, with what was typed and what is wrong.
func (w *Web) refuse(c *fiber.Ctx, sc tenants.Scope, e edited, err error) error {
	p := w.site.Page(c, sc, "pages.editor.title")
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		e.Fault = f
		return editorPage(p, e, sc.Tenant().Locales, sc.Tenant().Kind == tenants.KindCore)
	})
}

// write keeps what was typed and then does with the blocks what the pressed button says.
func (w *Web) write(c *fiber.Ctx, sc tenants.Scope) error {
	e, err := w.opened(c, sc)
	if err != nil {
		return err
	}
	form, err := brought(c)
	if err != nil {
		return err
	}
	version, err := form.Version()
	if err != nil {
		return err
	}
	content, bad := readContent(form.Form, sc.Tenant().Locales)
	wrong, err := w.bring(c, sc, form, &content)
	if err != nil {
		return err
	}
	bad = append(bad, wrong...)
	e.Content, e.Version, e.Add = content, version, form.Raw("kind")
	e.Place, e.Indexed = Place(form.Raw("place")), form.Ticked("indexed")
	if err := checked(bad); err != nil {
		return w.refuse(c, sc, e, err)
	}
	pressed := form.Raw("act")
	at := act(&content, pressed, form.Raw("kind"))
	if err := w.service.Write(c.UserContext(), sc, e.ID, version, content, e.Place, e.Indexed); err != nil {
		return w.refuse(c, sc, e, err)
	}
	w.site.Say(c, "success", "pages.saved")
	if pressed != "" && at >= 0 {
		return web.SeeOther(c, address(e.ID)+"#block-"+strconv.Itoa(at))
	}
	return web.SeeOther(c, address(e.ID))
}

// preview is the page as it is worked on, as a visitor would see it.
func (w *Web) preview(c *fiber.Ctx, sc tenants.Scope) error {
	e, err := w.opened(c, sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "pages.editor.preview")
	main, foot, err := w.service.menu(c.UserContext(), sc, p.Loc)
	if err != nil {
		return err
	}
	v, err := w.filled(c.UserContext(), sc, p, e.Page, e.Content)
	if err != nil {
		return err
	}
	w.tell(c, sc, &p, v)
	p.Nav, p.Person, p.Menu, p.Foot, p.NoIndex = nil, nil, main, foot, true
	return w.site.Render(c, showPage(p, v, sc.Tenant().Locales))
}

// after does something with a page of which the form tells the version, says so and goes on.
func (w *Web) after(c *fiber.Ctx, sc tenants.Scope, said, on string, do func(e edited, form web.Form, version int64) error) error {
	e, err := w.opened(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	version, err := form.Version()
	if err != nil {
		return err
	}
	if err := do(e, form, version); err != nil {
		return w.refuse(c, sc, e, err)
	}
	w.site.Say(c, "success", said)
	if on == "" {
		on = address(e.ID)
	}
	return web.SeeOther(c, on)
}

func (w *Web) publish(c *fiber.Ctx, sc tenants.Scope) error {
	return w.after(c, sc, "pages.published", "", func(e edited, _ web.Form, version int64) error {
		return w.service.Publish(c.UserContext(), sc, e.ID, version)
	})
}

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	return w.after(c, sc, "pages.withdrawn", "", func(e edited, _ web.Form, version int64) error {
		return w.service.Withdraw(c.UserContext(), sc, e.ID, version)
	})
}

func (w *Web) restore(c *fiber.Ctx, sc tenants.Scope) error {
	return w.after(c, sc, "pages.restored", "", func(e edited, form web.Form, version int64) error {
		number, err := strconv.ParseInt(form.Raw("number"), 10, 64)
		if err != nil {
			return fault.NotFound()
		}
		return w.service.Restore(c.UserContext(), sc, e.ID, version, number)
	})
}

func (w *Web) remove(c *fiber.Ctx, sc tenants.Scope) error {
	return w.after(c, sc, "pages.removed", "/settings/pages", func(e edited, _ web.Form, version int64) error {
		return w.service.Remove(c.UserContext(), sc, e.ID, version)
	})
}

func (w *Web) move(c *fiber.Ctx, sc tenants.Scope) error {
	return w.after(c, sc, "pages.moved", "/settings/pages", func(e edited, form web.Form, _ int64) error {
		return w.service.Move(c.UserContext(), sc, e.ID, form.Raw("to") == "earlier")
	})
}

// labels are the names of the editor's fields, for the summary of what is wrong.
func labels(p ui.Page, e edited, languages []i18n.Locale) []string {
	pairs := []string{"place", p.T("pages.place")}
	e.Content.each(func(name string, part Part, _ i18n.Text, _ string) {
		label := p.T("pages.part." + part.Name)
		if part.Plain {
			pairs = append(pairs, name, label)
			return
		}
		for _, l := range languages {
			pairs = append(pairs, name+"_"+string(l), label+" ("+l.Name()+")")
		}
	})
	for i := range e.Content.Blocks {
		if e.Content.Blocks[i].Kind == Picture {
			pairs = append(pairs, fieldName(i, -1, "file"), p.T("pages.part.file"))
		}
	}
	return pairs
}
