package reviewers

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) instructing() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []site.Route{
		{Method: get, Path: "/selection/:id/training", Action: policies.ReviewerManage, Handle: w.instructed},
		{Method: post, Path: "/selection/:id/training", Action: policies.SelectionArrange, Handle: w.instruct},
		{Method: get, Path: "/reviews/training/:call", Action: policies.ReviewQueue, Handle: w.training},
		{Method: post, Path: "/reviews/training/:call/acknowledgement", Action: policies.ReviewQueue, Handle: w.readTraining},
	}
}

func trainingAddress(call ids.Call) string { return "/reviews/training/" + call.String() }

func (w *Web) instructed(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	return w.showInstructed(c, sc, call, nil, nil)
}

// showInstructed shows the training of a call, with what was typed and why that was refused.
func (w *Web) showInstructed(c *fiber.Ctx, sc tenants.Scope, call ids.Call, typed *Training, refused error) error {
	v, err := w.service.Instructed(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	shown := v.Training
	if typed != nil {
		shown = *typed
	}
	p := w.page(c, sc, "selection.training.title", v.About)
	around := w.framing(p, sc, "selection.training.title", v.About)
	show := func(f *fault.Fault) templ.Component {
		return instructedPage(p, v, shown, sc.Tenant().Locales, around, w.may(sc, policies.SelectionArrange), f)
	}
	return w.site.Show(c, refused, show)
}

func (w *Web) instruct(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	t, typed := Training{Body: i18n.Text{}, Required: form.Ticked("required")}, Training{Body: i18n.Text{}, Required: form.Ticked("required")}
	var bad []fault.Field
	for _, l := range sc.Tenant().Locales {
		clean, wrong := form.Text("body_"+string(l), MaxTraining)
		if clean != "" {
			t.Body[l] = clean
		}
		typed.Body[l] = form.Raw("body_" + string(l))
		bad = append(bad, wrong...)
	}
	if t.Version, err = form.Version(); err != nil {
		return err
	}
	typed.Version = t.Version
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Instruct(c.UserContext(), sc, call, t)
	}
	if err != nil {
		return w.showInstructed(c, sc, call, &typed, err)
	}
	w.site.Say(c, "success", "selection.training.saved")
	return web.SeeOther(c, address(call, "training"))
}

func parseTraining(c *fiber.Ctx) (ids.Call, error) {
	id, err := ids.Parse[ids.Call](web.Param(c, "call"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) training(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseTraining(c)
	if err != nil {
		return err
	}
	t, err := w.service.Training(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.site.Render(c, trainingPage(w.page(c, sc, "selection.training.title", t.About), t))
}

func (w *Web) readTraining(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseTraining(c)
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
	next := "/reviews"
	if err = w.service.ReadTraining(c.UserContext(), sc, call, version); err != nil {
		next = trainingAddress(call)
	}
	return w.site.Said(c, err, "selection.training.noted", next)
}
