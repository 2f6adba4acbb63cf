package selection

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
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
	return w.showImpartial(c, sc, nil, writing{}, nil)
}

// showImpartial shows who applies, with what was ticked and typed and why that was refused.
func (w *Web) showImpartial(c *fiber.Ctx, sc tenants.Scope, tied []string, in writing, refused error) error {
	call, err := parseTraining(c)
	if err != nil {
		return err
	}
	v, err := w.service.Impartial(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.impartial.title", v.About)
	if refused == nil {
		return w.site.Render(c, impartialPage(p, v, tied, in, nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return impartialPage(p, v, tied, in, f) })
}

func (w *Web) declareImpartial(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseTraining(c)
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
		return w.showImpartial(c, sc, form.All("tied"), in, err)
	}
	return w.said(c, err, "selection.impartial.done", "/reviews")
}

func (w *Web) additionForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showAddition(c, sc, nil, writing{}, nil)
}

// showAddition shows of whom something was said, with what was ticked and typed and why that was refused.
func (w *Web) showAddition(c *fiber.Ctx, sc tenants.Scope, tied []string, in writing, refused error) error {
	call, err := parseTraining(c)
	if err != nil {
		return err
	}
	v, err := w.service.Impartial(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.impartial.add", v.About)
	if refused == nil {
		return w.site.Render(c, additionPage(p, v, tied, in, nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return additionPage(p, v, tied, in, f) })
}

func (w *Web) addTies(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseTraining(c)
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
		return w.showAddition(c, sc, form.All("tied"), in, err)
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
