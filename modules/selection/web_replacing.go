package selection

import (
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) replacing() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	replace, consent, reply := policies.PlaceReplace, policies.PlaceConsent, policies.ApplicationReply
	const place, one, leave = "/selection/applications/:id/place", "/applications/:id/replacements/:request", "/applications/:id/reply/departure"
	return []site.Route{
		{Method: get, Path: place, Action: replace, Handle: w.place},
		{Method: get, Path: place + "/:organization", Action: replace, Handle: w.vacancy},
		{Method: get, Path: place + "/:organization/replacement", Action: replace, Handle: w.vacancy},
		{Method: post, Path: place + "/:organization/replacement", Action: replace, Handle: w.replace},
		{Method: get, Path: one, Action: consent, Handle: w.consultation},
		{Method: post, Path: one + "/consent", Action: consent, Handle: w.consent},
		{Method: post, Path: one + "/refusal", Action: consent, Handle: w.refuseReplacement},
		{Method: post, Path: one + "/withdrawal", Action: replace, Handle: w.withdrawReplacement},
		{Method: get, Path: leave, Action: reply, Handle: w.departForm},
		{Method: post, Path: leave, Action: reply, Handle: w.depart},
	}
}

func placeAddress(id ids.Application) string { return folderAddress(id) + "/place" }

func vacancyAddress(id ids.Application, organization ids.Organization) string {
	return placeAddress(id) + "/" + organization.String()
}

func consultationAddress(r *Replacement) string {
	return "/applications/" + r.Application.String() + "/replacements/" + r.ID.String()
}

func (w *Web) place(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	v, err := w.service.Place(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, placePage(w.page(c, sc, "selection.place.title", v.Call), v, time.Now()))
}

// replacementForm is what stands in the form that asks for a replacement.
type replacementForm struct {
	Reason, Until string
	Fault         *fault.Fault
}

func (w *Web) vacancy(c *fiber.Ctx, sc tenants.Scope) error {
	coming, err := ids.Parse[ids.Organization](web.Query(c).Values().Get("coming"))
	if err != nil {
		coming = ids.Organization{} // none is chosen yet
	}
	return w.showVacancy(c, sc, coming, replacementForm{}, nil)
}

func (w *Web) showVacancy(c *fiber.Ctx, sc tenants.Scope, coming ids.Organization, in replacementForm, refused error) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	leaving, err := ids.Parse[ids.Organization](web.Param(c, "organization"))
	if err != nil {
		return fault.NotFound()
	}
	v, err := w.service.Vacancy(c.UserContext(), sc, id, leaving, coming)
	if fault.Is(err, fault.KindConflict) {
		return w.said(c, err, "", placeAddress(id))
	}
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.replacement.title", v.Call)
	if refused == nil {
		until := time.Now().In(zone(v.Call)).AddDate(0, 0, 14)
		if last := v.Latest.In(zone(v.Call)); !v.Latest.IsZero() && until.After(last) {
			until = last
		}
		in.Until = until.Format(time.DateOnly)
		return w.site.Render(c, vacancyPage(p, v, in))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return vacancyPage(p, v, in)
	})
}

func (w *Web) replace(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	p, err := w.service.Place(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	var cmd Replacing
	if cmd.Leaving, err = ids.Parse[ids.Organization](web.Param(c, "organization")); err != nil {
		return fault.NotFound()
	}
	reason, bad := form.Text("reason", MaxReplacementReason)
	cmd.Reason = reason
	if cmd.Coming, err = ids.Parse[ids.Organization](form.Raw("coming")); err != nil {
		bad = append(bad, fault.At("coming", "fault.choose"))
	}
	until, wrong := readDay(form, "until", zone(p.Call))
	cmd.Until, bad = until, append(bad, wrong...)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.Replace(c.UserContext(), sc, id, cmd), func() (bool, error) {
			now, err := w.service.Place(c.UserContext(), sc, id)
			return now.Asks(sc.Actor().Person, cmd), err
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showVacancy(c, sc, cmd.Coming, replacementForm{Reason: form.Raw("reason"), Until: form.Raw("until")}, err)
	}
	return w.said(c, err, "selection.replacement.asked", placeAddress(id))
}

func parseConsultation(c *fiber.Ctx) (ids.Application, ids.Replacement, error) {
	id, err := parseApplication(c)
	if err != nil {
		return id, ids.Replacement{}, err
	}
	r, err := ids.Parse[ids.Replacement](web.Param(c, "request"))
	if err != nil {
		return id, r, fault.NotFound()
	}
	return id, r, nil
}

func (w *Web) consultation(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showConsultation(c, sc, "", nil)
}

func (w *Web) showConsultation(c *fiber.Ctx, sc tenants.Scope, typed string, refused error) error {
	id, replacement, err := parseConsultation(c)
	if err != nil {
		return err
	}
	v, err := w.service.Consultation(c.UserContext(), sc, id, replacement)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.replacement.title")
	view := consultationView{Consultation: v, Now: time.Now(), Typed: typed}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		view.Fault = f
		return consultationPage(p, view)
	})
}

// consent says yes for an organization of the actor that is asked.
func (w *Web) consent(c *fiber.Ctx, sc tenants.Scope) error {
	id, replacement, err := parseConsultation(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.Consent(c.UserContext(), sc, id, replacement, true, ""), func() (bool, error) {
		return w.saysOf(c, sc, id, replacement, true, "")
	})
	return w.said(c, err, "site.consultation.agreed", consultationAddress(&Replacement{ID: replacement, Application: id}))
}

// saysOf reports whether the actor has answered so to a replacement.
func (w *Web) saysOf(c *fiber.Ctx, sc tenants.Scope, id ids.Application, replacement ids.Replacement, agrees bool, reason string) (bool, error) {
	v, err := w.service.Consultation(c.UserContext(), sc, id, replacement)
	return v.Says(sc.Actor().Person, agrees, reason), err
}

func (w *Web) refuseReplacement(c *fiber.Ctx, sc tenants.Scope) error {
	id, replacement, err := parseConsultation(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxReplacementReason)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.Consent(c.UserContext(), sc, id, replacement, false, reason), func() (bool, error) {
			return w.saysOf(c, sc, id, replacement, false, reason)
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showConsultation(c, sc, form.Raw("reason"), err)
	}
	return w.said(c, err, "site.consultation.refused", consultationAddress(&Replacement{ID: replacement, Application: id}))
}

func (w *Web) withdrawReplacement(c *fiber.Ctx, sc tenants.Scope) error {
	id, replacement, err := parseConsultation(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.WithdrawReplacement(c.UserContext(), sc, id, replacement), func() (bool, error) {
		v, err := w.service.Consultation(c.UserContext(), sc, id, replacement)
		return v.State == ReplacementWithdrawn, err
	})
	return w.said(c, err, "site.consultation.withdrawn", placeAddress(id))
}

func (w *Web) departForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showDeparture(c, sc, "", nil)
}

func (w *Web) showDeparture(c *fiber.Ctx, sc tenants.Scope, typed string, refused error) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	o, err := w.service.Offer(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if err := o.Departing(); err != nil {
		return w.said(c, err, "", offerAddress(id)) // whatever was typed, this is why it comes to nothing
	}
	p := w.site.Page(c, sc, "selection.departure.title")
	if refused == nil {
		return w.site.Render(c, departurePage(p, o, typed, nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return departurePage(p, o, typed, f) })
}

func (w *Web) depart(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxReplacementReason)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.Depart(c.UserContext(), sc, id, reason), func() (bool, error) {
			o, err := w.service.Offer(c.UserContext(), sc, id)
			return o.Leaves(sc.Actor().Person, reason), err
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showDeparture(c, sc, form.Raw("reason"), err)
	}
	return w.said(c, err, "selection.departure.done", offerAddress(id))
}
