package partnerships

import (
	"time"

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

func (w *Web) replacing() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	manage, answer := policies.PartnershipManage, policies.PartnershipReplace
	const one = "/partnerships/:id/replacements/:replacement"
	return []site.Route{
		{Method: get, Path: "/partnerships/:id/seats/:seat/replacement", Action: manage, Handle: w.replaceForm},
		{Method: post, Path: "/partnerships/:id/seats/:seat/replacement", Action: manage, Handle: w.replace},
		{Method: get, Path: one, Action: answer, Handle: w.replacement},
		{Method: post, Path: one + "/consent", Action: answer, Handle: w.agree},
		{Method: post, Path: one + "/refusal", Action: answer, Handle: w.refuse},
		{Method: post, Path: one + "/withdrawal", Action: manage, Handle: w.withdrawReplacement},
	}
}

// replacing is what stands in the form that asks for a replacement.
type replacing struct {
	Version               int64
	Coming, Reason, Until string
	Fault                 *fault.Fault
}

func (w *Web) replaceForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showReplacing(c, sc, replacing{Coming: web.Query(c).Values().Get("coming")}, nil)
}

func (w *Web) showReplacing(c *fiber.Ctx, sc tenants.Scope, in replacing, refused error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	v, err := w.service.Vacancy(c.UserContext(), sc, id, web.Param(c, "seat"))
	if fault.Is(err, fault.KindConflict) {
		w.site.Say(c, "warning", fault.Of(err).Key)
		return web.SeeOther(c, address(id))
	}
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.replacement.title")
	if in.Version == 0 {
		in.Version = v.Version
	}
	if in.Until == "" && refused == nil {
		in.Until = time.Now().In(i18n.Zone(sc.Tenant().Zone)).AddDate(0, 0, 14).Format(time.DateOnly)
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return replacePage(p, v, in)
	})
}

func (w *Web) replace(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in := replacing{Coming: form.Raw("coming"), Reason: form.Raw("reason"), Until: form.Raw("until")}
	if in.Version, err = form.Version(); err != nil {
		return err
	}
	cmd := Replacing{Seat: web.Param(c, "seat")}
	reason, bad := form.Text("reason", maxReason)
	cmd.Reason = reason
	if cmd.Coming, err = ids.Parse[ids.Organization](in.Coming); err != nil {
		bad = append(bad, fault.At("coming", "fault.choose"))
	}
	until, wrong := form.EndOfDay("until", i18n.Zone(sc.Tenant().Zone), "partnerships.replacement.until_wrong")
	cmd.Until, bad = until, append(bad, wrong...)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.Replace(c.UserContext(), sc, id, in.Version, cmd), func() (bool, error) {
			return w.service.HasAsked(c.UserContext(), sc, id, cmd)
		})
	}
	if err != nil {
		return w.showReplacing(c, sc, in, err)
	}
	w.site.Say(c, "success", "partnerships.replacement.asked")
	return web.SeeOther(c, address(id))
}

func parseReplacement(c *fiber.Ctx) (ids.Partnership, ids.Replacement, error) {
	id, err := parse(c)
	if err != nil {
		return id, ids.Replacement{}, err
	}
	r, err := ids.Parse[ids.Replacement](web.Param(c, "replacement"))
	if err != nil {
		return id, r, fault.NotFound()
	}
	return id, r, nil
}

func (w *Web) replacement(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showReplacement(c, sc, "", nil)
}

func (w *Web) showReplacement(c *fiber.Ctx, sc tenants.Scope, typed string, refused error) error {
	id, replacement, err := parseReplacement(c)
	if err != nil {
		return err
	}
	v, err := w.service.Proposal(c.UserContext(), sc, id, replacement)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.replacement.title")
	view := replacementView{Proposal: v, Steers: w.service.MaySteer(sc, &v.Of), Reads: w.service.MayRead(sc, &v.Of), Zone: i18n.Zone(sc.Tenant().Zone), Now: time.Now(), Typed: typed}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		view.Fault = f
		return replacementPage(p, view)
	})
}

func (w *Web) agree(c *fiber.Ctx, sc tenants.Scope) error {
	id, replacement, err := parseReplacement(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.Respond(c.UserContext(), sc, id, replacement, true, ""), func() (bool, error) {
		return w.saysOf(c, sc, id, replacement, true, "")
	})
	return w.site.Said(c, err, "site.consultation.agreed", replacementAddress(&Replacement{ID: replacement, Partnership: id}))
}

// saysOf reports whether the actor has answered so to a replacement.
func (w *Web) saysOf(c *fiber.Ctx, sc tenants.Scope, id ids.Partnership, replacement ids.Replacement, agrees bool, reason string) (bool, error) {
	v, err := w.service.Proposal(c.UserContext(), sc, id, replacement)
	return v.Says(sc.Actor().Person, agrees, reason), err
}

func (w *Web) refuse(c *fiber.Ctx, sc tenants.Scope) error {
	id, replacement, err := parseReplacement(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", maxReason)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.Respond(c.UserContext(), sc, id, replacement, false, reason), func() (bool, error) {
			return w.saysOf(c, sc, id, replacement, false, reason)
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showReplacement(c, sc, form.Raw("reason"), err)
	}
	return w.site.Said(c, err, "site.consultation.refused", replacementAddress(&Replacement{ID: replacement, Partnership: id}))
}

func (w *Web) withdrawReplacement(c *fiber.Ctx, sc tenants.Scope) error {
	id, replacement, err := parseReplacement(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.WithdrawReplacement(c.UserContext(), sc, id, replacement), func() (bool, error) {
		v, err := w.service.Proposal(c.UserContext(), sc, id, replacement)
		return v.State == ReplacementWithdrawn, err
	})
	return w.site.Said(c, err, "site.consultation.withdrawn", replacementAddress(&Replacement{ID: replacement, Partnership: id}))
}
