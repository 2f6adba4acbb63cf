package selection

import (
	"errors"
	"slices"
	"strconv"
	"time"

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

func (w *Web) conditioning() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	read, manage, judge, reply := policies.ConditionRead, policies.ConditionManage, policies.ConditionJudge, policies.ApplicationReply
	const place, offered = "/selection/applications/:id/conditions", "/applications/:id/reply/conditions/:condition"
	return []site.Route{
		{Method: get, Path: place, Action: read, Handle: w.conditions},
		{Method: post, Path: place, Action: manage, Handle: w.setCondition},
		{Method: get, Path: place + "/extension", Action: manage, Handle: w.extensionForm},
		{Method: post, Path: place + "/extension", Action: manage, Handle: w.extend},
		{Method: get, Path: place + "/revocation", Action: manage, Handle: w.revocationForm},
		{Method: post, Path: place + "/revocation", Action: manage, Handle: w.revoke},
		{Method: get, Path: place + "/:condition", Action: read, Handle: w.condition},
		{Method: post, Path: place + "/:condition/removal", Action: manage, Handle: w.dropCondition},
		{Method: post, Path: place + "/:condition/fulfilment", Action: judge, Handle: w.meetCondition},
		{Method: post, Path: place + "/:condition/return", Action: judge, Handle: w.returnCondition},
		{Method: get, Path: offered, Action: reply, Handle: w.termForm},
		{Method: post, Path: offered, Action: reply, Handle: w.answerTerm, Large: true},
	}
}

func conditionsAddress(id ids.Application) string { return folderAddress(id) + "/conditions" }

func termAddress(id ids.Application, condition ids.Condition) string {
	return offerAddress(id) + "/conditions/" + condition.String()
}

// conditionForm is what stands in the forms about conditions.
type conditionForm struct {
	Words    string
	Days     string
	Document string
	Kinds    []string
	Due      string
	Reason   string
	Answer   string
	Fault    *fault.Fault
}

func parseCondition(c *fiber.Ctx) (ids.Application, ids.Condition, error) {
	id, err := parseApplication(c)
	if err != nil {
		return id, ids.Condition{}, err
	}
	condition, err := ids.Parse[ids.Condition](web.Param(c, "condition"))
	if err != nil {
		return id, condition, fault.NotFound()
	}
	return id, condition, nil
}

// showConditioned shows a page about the conditions of a place; after a refusal with what was typed.
func (w *Web) showConditioned(c *fiber.Ctx, sc tenants.Scope, in conditionForm, refused error, page func(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error)) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	v, err := w.service.Conditioned(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.conditions.title", v.Call)
	if refused == nil {
		shown, err := page(p, v, in)
		if err != nil {
			return err
		}
		return w.site.Render(c, shown)
	}
	var failed error
	err = w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		shown, err := page(p, v, in)
		failed = err
		return shown
	})
	return errors.Join(failed, err)
}

func (w *Web) listOfConditions(sc tenants.Scope) func(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error) {
	manages := w.service.may(sc, policies.ConditionManage)
	return func(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error) {
		return conditionsPage(p, v, in, manages, time.Now()), nil
	}
}

func (w *Web) conditions(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showConditioned(c, sc, conditionForm{Days: "30", Kinds: []string{"pdf"}}, nil, w.listOfConditions(sc))
}

func (w *Web) setCondition(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
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
	words, bad := form.Text("words", MaxCondition)
	days, wrong := strconv.Atoi(form.Raw("days"))
	if wrong != nil {
		bad = append(bad, fault.AtWith("days", "selection.condition.days_wrong", fault.Args{"Most": MostConditionDay}))
	}
	document, long := form.Text("document", MaxConditionName)
	bad = append(bad, long...)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.SetCondition(c.UserContext(), sc, id, version, Wanted{Words: words, Days: days, Document: document, Kinds: form.All("kinds")})
	}
	if err != nil {
		in := conditionForm{Words: form.Raw("words"), Days: form.Raw("days"), Document: form.Raw("document"), Kinds: form.All("kinds")}
		return w.showConditioned(c, sc, in, err, w.listOfConditions(sc))
	}
	w.site.Say(c, "success", "selection.condition.set")
	return web.SeeOther(c, conditionsAddress(id))
}

func (w *Web) dropCondition(c *fiber.Ctx, sc tenants.Scope) error {
	id, condition, err := parseCondition(c)
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
	return w.said(c, w.service.DropCondition(c.UserContext(), sc, id, version, condition), "selection.condition.dropped", conditionsAddress(id))
}

// oneCondition is the page about the condition of the address.
func (w *Web) oneCondition(c *fiber.Ctx, sc tenants.Scope) func(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error) {
	judges := w.service.may(sc, policies.ConditionJudge)
	return func(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error) {
		_, condition, err := parseCondition(c)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(v.Conditions, func(one Condition) bool { return one.ID == condition })
		if i < 0 {
			return nil, fault.NotFound()
		}
		return conditionPage(p, v, v.Conditions[i], in, judges, time.Now()), nil
	}
}

func (w *Web) condition(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showConditioned(c, sc, conditionForm{}, nil, w.oneCondition(c, sc))
}

func (w *Web) meetCondition(c *fiber.Ctx, sc tenants.Scope) error {
	id, condition, err := parseCondition(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.MeetCondition(c.UserContext(), sc, id, condition, documentIn(form)), func() (bool, error) {
		v, err := w.service.Conditioned(c.UserContext(), sc, id)
		return v.Met(condition, sc.Actor().Person), err
	})
	if fault.Is(err, fault.KindConflict) {
		return w.said(c, err, "", conditionsAddress(id)+"/"+condition.String())
	}
	return w.said(c, err, "selection.condition.met", conditionsAddress(id))
}

func (w *Web) returnCondition(c *fiber.Ctx, sc tenants.Scope) error {
	id, condition, err := parseCondition(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxConditionSaid)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.ReturnCondition(c.UserContext(), sc, id, condition, documentIn(form), reason)
	}
	if err != nil {
		return w.showConditioned(c, sc, conditionForm{Reason: form.Raw("reason")}, err, w.oneCondition(c, sc))
	}
	w.site.Say(c, "success", "selection.condition.returned")
	return web.SeeOther(c, conditionsAddress(id))
}

func shownExtension(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error) {
	if v.Decision.State != DecisionConditional {
		return nil, fault.NotFound()
	}
	return extensionPage(p, v, in), nil
}

func (w *Web) extensionForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showConditioned(c, sc, conditionForm{}, nil, shownExtension)
}

func (w *Web) extend(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v, err := w.service.Conditioned(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	due, bad := readDay(form, "due", zone(v.Call))
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.ExtendConditions(c.UserContext(), sc, id, due)
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showConditioned(c, sc, conditionForm{Due: form.Raw("due")}, err, shownExtension)
	}
	return w.said(c, err, "selection.condition.extended", conditionsAddress(id))
}

func shownRevocation(p ui.Page, v Conditioned, in conditionForm) (templ.Component, error) {
	if !v.Overdue(time.Now()) {
		return nil, fault.NotFound()
	}
	return revocationPage(p, v, in), nil
}

func (w *Web) revocationForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showConditioned(c, sc, conditionForm{}, nil, shownRevocation)
}

func (w *Web) revoke(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxConditionSaid)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.RevokePlace(c.UserContext(), sc, id, reason), func() (bool, error) {
			v, err := w.service.Conditioned(c.UserContext(), sc, id)
			return v.Revoked(sc.Actor().Person, reason), err
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showConditioned(c, sc, conditionForm{Reason: form.Raw("reason")}, err, shownRevocation)
	}
	return w.said(c, err, "selection.condition.revoked", conditionsAddress(id))
}
