package selection

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) declaringImpartial() []site.Route {
	return []site.Route{
		{Method: fiber.MethodGet, Path: "/reviews/impartiality/:call", Action: policies.ReviewQueue, Handle: w.impartialForm},
		{Method: fiber.MethodPost, Path: "/reviews/impartiality/:call", Action: policies.ReviewQueue, Handle: w.declareImpartial},
		{Method: fiber.MethodGet, Path: "/reviews/impartiality/:call/addition", Action: policies.ReviewQueue, Handle: w.additionForm},
		{Method: fiber.MethodPost, Path: "/reviews/impartiality/:call/addition", Action: policies.ReviewQueue, Handle: w.addTies},
	}
}

func impartialAddress(call ids.Call) string { return "/reviews/impartiality/" + call.String() }

func (w *Web) impartialForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showImpartial(c, sc, ticking{}, nil)
}

// ticking is what was ticked and typed of those who apply.
type ticking struct {
	Tied []string
	writing
}

// showImpartial shows who applies, with what was ticked and typed and why that was refused.
func (w *Web) showImpartial(c *fiber.Ctx, sc tenants.Scope, in ticking, refused error) error {
	return w.showSpoken(c, sc, "selection.impartial.title", refused, func(p ui.Page, v Impartial, f *fault.Fault) templ.Component {
		return impartialPage(p, v, in.Tied, in.writing, f)
	})
}

// showAddition shows of whom something was said, likewise.
func (w *Web) showAddition(c *fiber.Ctx, sc tenants.Scope, in ticking, refused error) error {
	return w.showSpoken(c, sc, "selection.impartial.add", refused, func(p ui.Page, v Impartial, f *fault.Fault) templ.Component {
		return additionPage(p, v, in.Tied, in.writing, f)
	})
}

func (w *Web) showSpoken(c *fiber.Ctx, sc tenants.Scope, title string, refused error, page func(ui.Page, Impartial, *fault.Fault) templ.Component) error {
	call, err := parseOwn(c)
	if err != nil {
		return err
	}
	v, err := w.service.Impartial(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, title, v.About)
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return page(p, v, f) })
}

func (w *Web) declareImpartial(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseOwn(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	d, in, bad := readDeclaration(form)
	cmd := Impartiality{Shown: organizationsIn(form.All("shown")), Tied: organizationsIn(form.All("tied")), Kind: d.Kind, Note: d.Note}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.DeclareImpartiality(c.UserContext(), sc, call, cmd)
	}
	if fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindConflict) {
		return w.showImpartial(c, sc, ticking{form.All("tied"), in}, err)
	}
	return w.said(c, err, "selection.impartial.done", "/reviews")
}

func (w *Web) additionForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showAddition(c, sc, ticking{}, nil)
}

func (w *Web) addTies(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseOwn(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	d, in, bad := readDeclaration(form)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.AddTies(c.UserContext(), sc, call, Addition{Tied: organizationsIn(form.All("tied")), Kind: d.Kind, Note: d.Note})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showAddition(c, sc, ticking{form.All("tied"), in}, err)
	}
	return w.said(c, err, "selection.impartial.added", impartialAddress(call))
}

// organizationsIn reads identifiers; what is none is left out.
func organizationsIn(texts []string) []ids.Organization {
	var all []ids.Organization
	for _, text := range texts {
		if id, err := ids.Parse[ids.Organization](text); err == nil {
			all = append(all, id)
		}
	}
	return all
}
