package applications

import (
	"context"
	"net/url"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// desks finds the section that a request is about: of what everybody who applies is asked, or of what accepted applicants are.
type desks func(ctx context.Context, sc tenants.Scope, id ids.Application, seat, key string) (Desk, error)

func (find desks) of(c *fiber.Ctx, sc tenants.Scope) (Desk, error) {
	id, err := parse(c)
	if err != nil {
		return Desk{}, err
	}
	return find(c.UserContext(), sc, id, web.Query(c).Raw("seat"), web.Param(c, "section"))
}

func (w *Web) section(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showSection(c, sc, w.service.Desk)
}

func (w *Web) saveSection(c *fiber.Ctx, sc tenants.Scope) error {
	return w.keepSection(c, sc, w.service.Desk)
}

func (w *Web) showSection(c *fiber.Ctx, sc tenants.Scope, find desks) error {
	d, err := find.of(c, sc)
	if err != nil {
		return err
	}
	p := w.sectionFrame(c, sc, d)
	if err := w.meant(c, sc, p, &d, nil); err != nil {
		return err
	}
	return w.site.Render(c, sectionPage(p, d, nil, nil, nil))
}

// meant looks for the organizations that may be meant where none was chosen.
func (w *Web) meant(c *fiber.Ctx, sc tenants.Scope, p ui.Page, d *Desk, typed url.Values) error {
	e := editing(*d, typed, nil, nil)
	names := e.TypedOrganizations(p.Loc)
	if len(names) == 0 || !d.Writable {
		return nil
	}
	var err error
	d.Candidates, err = w.service.Candidates(c.UserContext(), sc, names)
	return err
}

// sectionFrame is a page that is called like its section.
func (w *Web) sectionFrame(c *fiber.Ctx, sc tenants.Scope, d Desk) ui.Page {
	p := w.site.Page(c, sc, "applications.show.title")
	p.Title = d.Section.Title.String(p.Loc.Locale, d.Overview.Call.Locales...)
	return p
}

func (w *Web) keepSection(c *fiber.Ctx, sc tenants.Scope, find desks) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	d, err := find.of(c, sc)
	if err != nil {
		return err
	}
	p := w.sectionFrame(c, sc, d)
	posted, clashes, err := w.service.SavePosted(c.UserContext(), sc, p.Loc, d.Sheet.ID, d.Section.Key, form.Values())
	if err == nil && len(posted.Bad) > 0 {
		err = fault.Invalid("fault.check_fields", posted.Bad...)
	}
	if err == nil && len(clashes) > 0 {
		err = fault.Conflict("forms.clash")
	}
	if err == nil && !posted.Stay {
		w.site.Say(c, "success", "applications.section.saved")
		return web.SeeOther(c, next(d))
	}
	again, failed := find.of(c, sc)
	if failed != nil {
		return failed
	}
	if again.Names, failed = w.service.writers(c.UserContext(), sc, p.Loc, clashes...); failed != nil {
		return failed
	}
	typed := posted.Typed
	if typed == nil {
		typed = form.Values()
	}
	if failed = w.meant(c, sc, p, &again, typed); failed != nil {
		return failed
	}
	if err != nil {
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return sectionPage(p, again, typed, f, clashes) })
	}
	return w.site.Render(c, sectionPage(p, again, typed, nil, nil))
}

// next is where a saved section leads: to the next one of the same scope, or back to the task list.
func next(d Desk) string {
	sight := forms.See(d.Definition, d.Section.Scope, d.Filled.Answers)
	found := false
	for _, s := range d.asked().Scoped(d.Section.Scope) {
		if found && sight.Section(s) {
			return d.address(s.Key)
		}
		found = found || s.Key == d.Section.Key
	}
	return d.back()
}

// asked is what of the definition the task list leads to.
func (d *Desk) asked() *forms.Definition {
	if d.Later {
		return d.Definition.Later()
	}
	return d.Definition
}

// address is that of a section beside this one.
func (d *Desk) address(key string) string {
	if d.Later {
		return laterAddress(d.Overview.ID, d.Part, key)
	}
	return sectionAddress(d.Overview.ID, d.Part, key)
}

// back is where the task list is.
func (d *Desk) back() string {
	if d.Later {
		return address(d.Overview.ID, laterPage)
	}
	return address(d.Overview.ID, "")
}

// sectionAddress names the seat, so that it is the right one for people who fill several.
func sectionAddress(id ids.Application, p *Part, key string) string {
	return seatedAddress(id, p, "sections/"+key)
}

// laterAddress is sectionAddress for what accepted applicants are asked.
func laterAddress(id ids.Application, p *Part, key string) string {
	return seatedAddress(id, p, laterPage+"/sections/"+key)
}

func seatedAddress(id ids.Application, p *Part, below string) string {
	if p != nil {
		below += "?seat=" + url.QueryEscape(p.Seat)
	}
	return address(id, below)
}
