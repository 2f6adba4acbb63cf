package programs

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// titleChars is how long a new section's title or question may be.
const titleChars = 300

func (w *Web) designForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "builder.title")
	desk := w.desk(p, d, web.Query(c))
	return w.site.Render(c, designPage(p, d, desk))
}

// desk is what the builder shows of a design, at the place and in the language that an address or a form names.
func (w *Web) desk(p ui.Page, d Design, asked web.Form) builder.Desk {
	desk := builder.Desk{
		Base: address(d.Call.ID, "form"), Definition: d.Draft.Definition, Version: d.Draft.Version, Place: builder.PlaceIn(d.Draft.Definition, asked.Values()),
		Language: written(p, d.Draft.Definition, asked), Problems: d.Problems, Undo: d.Undo, Redo: d.Redo,
	}
	if desk.Place == (builder.Place{}) && len(d.Draft.Definition.Sections) > 0 {
		desk.Place.Section = d.Draft.Definition.Sections[0].Key
	}
	if d.Call.State != Draft {
		desk.Note = openNote(p, d)
	}
	return desk
}

// written is the language in which texts are typed: the one asked for, else the reader's own, else the form's first.
func written(p ui.Page, d *forms.Definition, asked web.Form) i18n.Locale {
	if l, ok := i18n.ParseLocale(asked.Raw("language")); ok && slices.Contains(d.Locales, l) {
		return l
	}
	if slices.Contains(d.Locales, p.Loc.Locale) {
		return p.Loc.Locale
	}
	return d.Fallback()
}

// edit is one change of a form: what it does, and to which place it leads.
type edit struct {
	structure bool
	do        func(d *forms.Definition, at builder.Place, in i18n.Locale) (builder.Place, error)
	below     string // where on the page
}

// redesign does what was posted and shows the builder at the place where it leads, or as it was with what was refused.
func (w *Web) redesign(c *fiber.Ctx, sc tenants.Scope, e edit) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	loc := w.site.Localizer(c, sc)
	var to builder.Place
	var in i18n.Locale
	err = w.service.Redesign(c.UserContext(), sc, id, e.structure, func(d *forms.Definition) error {
		in = written(ui.Page{Loc: loc}, d, form)
		var err error
		to, err = e.do(d, builder.PlaceIn(d, form.Values()), in)
		return err
	})
	if err != nil {
		return w.refuseDesign(c, sc, id, form, err)
	}
	return web.SeeOther(c, designAddress(id, to, in)+e.below)
}

func designAddress(id ids.Call, at builder.Place, in i18n.Locale) string {
	query := "?language=" + string(in)
	if at != (builder.Place{}) {
		query = "?" + at.Query() + "&language=" + string(in)
	}
	return address(id, "form", "edit") + query
}

func (w *Web) refuseDesign(c *fiber.Ctx, sc tenants.Scope, id ids.Call, form web.Form, err error) error {
	d, failed := w.service.Design(c.UserContext(), sc, id)
	if failed != nil {
		return failed
	}
	p := w.site.Page(c, sc, "builder.title")
	desk := w.desk(p, d, form)
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		if clash, ok := errors.AsType[*builder.Clash](err); ok {
			desk.Clash = clash
		} else if f.Key == "builder.depended" {
			desk.Deleting = true
		} else {
			desk.Fault, desk.Typed = f, &form
		}
		return designPage(p, d, desk)
	})
}

func (w *Web) addSection(c *fiber.Ctx, sc tenants.Scope) error {
	return w.redesign(c, sc, edit{structure: true, do: func(d *forms.Definition, _ builder.Place, in i18n.Locale) (builder.Place, error) {
		title, err := w.named(c, "title", in)
		if err != nil {
			return builder.Place{}, err
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return builder.Place{}, err
		}
		return builder.AddSection(d, title, forms.Scope(form.Raw("scope")))
	}})
}

func (w *Web) addQuestion(c *fiber.Ctx, sc tenants.Scope) error {
	return w.redesign(c, sc, edit{structure: true, do: func(d *forms.Definition, at builder.Place, in i18n.Locale) (builder.Place, error) {
		label, err := w.named(c, "label", in)
		if err != nil {
			return builder.Place{}, err
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return builder.Place{}, err
		}
		return builder.AddQuestion(d, at.Section, form.Raw("behind"), label, forms.Type(form.Raw("type")))
	}})
}

// named reads a short text in the language that is being written.
func (w *Web) named(c *fiber.Ctx, name string, in i18n.Locale) (i18n.Text, error) {
	form, err := web.ReadForm(c)
	if err != nil {
		return nil, err
	}
	text, bad := form.Required(name, titleChars)
	return i18n.Text{in: text}, checked(bad)
}

func (w *Web) designSettings(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	loc := w.site.Localizer(c, sc)
	e := edit{do: func(d *forms.Definition, at builder.Place, in i18n.Locale) (builder.Place, error) {
		if at == (builder.Place{}) {
			return at, fault.NotFound()
		}
		if err := builder.Save(d, at, form.Raw("was"), &builder.Reader{Loc: loc, In: in, Form: form}); err != nil {
			return at, err
		}
		if form.Raw("do") == "column.add" {
			label, bad := form.Required("column_label", titleChars)
			if err := checked(bad); err != nil {
				return at, err
			}
			return builder.AddColumn(d, at.Question, i18n.Text{in: label}, forms.Type(form.Raw("column_type")))
		}
		return at, nil
	}}
	switch head, _, _ := strings.Cut(form.Raw("do"), "."); head {
	case "save":
		w.site.Say(c, "success", "builder.saved")
	case "when":
		e.below = "#fb-when"
	case "option":
		e.below = "#f-option-more"
	}
	return w.redesign(c, sc, e)
}

func (w *Web) designPlace(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return w.redesign(c, sc, edit{structure: true, do: func(d *forms.Definition, at builder.Place, _ i18n.Locale) (builder.Place, error) {
		var err error
		switch way := form.Raw("way"); {
		case way == "up":
			err = builder.Step(d, at, -1)
		case way == "down":
			err = builder.Step(d, at, 1)
		case at.Question != "" && form.Has("into"):
			err = builder.MoveQuestion(d, at.Question, form.Raw("into"), form.Raw("before"))
		case at.Section != "" && form.Has("before"):
			err = builder.MoveSection(d, at.Section, form.Raw("before"))
		default:
			err = fault.Invalid("fault.bad_request")
		}
		if at.Question != "" {
			at.Section = ""
		}
		return at, err
	}})
}

func (w *Web) designCopy(c *fiber.Ctx, sc tenants.Scope) error {
	return w.redesign(c, sc, edit{structure: true, do: func(d *forms.Definition, at builder.Place, _ i18n.Locale) (builder.Place, error) {
		return builder.Copy(d, at, w.copyOf)
	}})
}

// copyOf marks the name of a copy as one, in each of its languages.
func (w *Web) copyOf(t i18n.Text) i18n.Text {
	marked := i18n.Text{}
	for l, text := range t {
		if text != "" {
			marked[l] = w.site.Catalog.Localizer(l, time.UTC).T("builder.copy_of", "Name", text)
		}
	}
	return marked
}

func (w *Web) designRemoval(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, err := w.service.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	loc := w.site.Localizer(c, sc)
	return w.redesign(c, sc, edit{structure: true, do: func(d *forms.Definition, at builder.Place, _ i18n.Locale) (builder.Place, error) {
		if rules := leaning(call.Eligibility, builder.Leaving(d, at)); len(rules) > 0 {
			return at, fault.Conflict("programs.eligibility.depended").With("Rules", names(loc, &call, rules))
		}
		if err := builder.Remove(d, at, form.Raw("conditions") == "too"); err != nil {
			return at, err
		}
		switch {
		case at.Column != "":
			return builder.Place{Section: at.Section, Question: at.Question}, nil
		case at.Question != "":
			return builder.Place{Section: at.Section}, nil
		default:
			return builder.Place{}, nil
		}
	}})
}

func (w *Web) designReversal(c *fiber.Ctx, sc tenants.Scope) error {
	return w.turn(c, sc, w.service.Revert)
}

func (w *Web) designRenewal(c *fiber.Ctx, sc tenants.Scope) error {
	return w.turn(c, sc, w.service.Renew)
}

// designPresence is where somebody is in the form, every ten seconds; it answers who else is there.
func (w *Web) designPresence(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	var here forms.Here
	if err := web.ReadJSON(c, &here); err != nil {
		return err
	}
	if !presencePlace.MatchString(here.Question) {
		return fault.Invalid("fault.bad_request")
	}
	others, err := w.service.AtDesign(c.UserContext(), sc, id, here.Question)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"version": others.Version, "others": others.Others})
}

// presencePlace is a place as builder.Place writes it.
var presencePlace = regexp.MustCompile(`^[a-z0-9_/]{0,160}$`)

// turn undoes or redoes; the builder stays where it was as far as that is still there.
func (w *Web) turn(c *fiber.Ctx, sc tenants.Scope, do func(ctx context.Context, sc tenants.Scope, id ids.Call) error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	if err := do(c.UserContext(), sc, id); err != nil {
		return w.refuseDesign(c, sc, id, form, err)
	}
	d, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return web.SeeOther(c, designAddress(id, builder.PlaceIn(d.Draft.Definition, form.Values()), written(w.site.Page(c, sc, "builder.title"), d.Draft.Definition, form)))
}
