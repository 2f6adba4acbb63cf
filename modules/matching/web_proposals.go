package matching

import (
	"context"

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

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	match, err := ids.Parse[ids.Match](form.Raw("match"))
	if err != nil {
		return fault.NotFound()
	}
	return w.done(c, sc, id, "matching.proposal.withdrawn", nil, w.service.TakeProposalBack(c.UserContext(), sc, id, match))
}

func (w *Web) note(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	match, err := ids.Parse[ids.Match](form.Raw("match"))
	if err != nil {
		return fault.NotFound()
	}
	text, bad := form.Text("noted", maxNote)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Note(c.UserContext(), sc, id, match, text)
	}
	if err == nil {
		return w.done(c, sc, id, "matching.proposal.is_noted", nil, nil)
	}
	found, failed := w.service.Round(c.UserContext(), sc, id)
	if failed != nil {
		return failed
	}
	p := w.site.Page(c, sc, "matching.rounds.title")
	p.Title = found.Title
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		return roundPage(p, roundShown{RoundView: found, Noting: match, Noted: form.Raw("noted"), Fault: f})
	})
}

func (w *Web) offers() site.Handler {
	return listing(w, w.answering, w.service.Offers, offersPage, "matching.proposals.title")
}

// offerShown is a proposal's page for one of its organizations, and what was refused on it.
type offerShown struct {
	Offered

	Calls  []Call // to which they can apply together now
	Reason string
	Call   string
	Fault  *fault.Fault
}

func (w *Web) offerOf(c *fiber.Ctx, sc tenants.Scope) (offerShown, error) {
	id, err := ids.Parse[ids.Match](web.Param(c, "match"))
	if err != nil {
		return offerShown{}, fault.NotFound()
	}
	o, err := w.service.Offer(c.UserContext(), sc, id)
	if err != nil {
		return offerShown{}, err
	}
	calls, err := w.service.JointCalls(c.UserContext(), sc, &o)
	return offerShown{Offered: o, Calls: calls}, err
}

func (w *Web) offer(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.offerOf(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, offerPage(w.site.Page(c, sc, "matching.proposal.title"), v))
}

// offering does what a form of a proposal's page says.
func (w *Web) offering(do func(ctx context.Context, sc tenants.Scope, v *offerShown, form web.Form) (said, next string, err error)) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		v, err := w.offerOf(c, sc)
		if err != nil {
			return err
		}
		said, next, err := do(c.UserContext(), sc, &v, form)
		if err == nil {
			w.site.Say(c, "success", said)
			return web.SeeOther(c, next)
		}
		if v, failed := w.offerOf(c, sc); failed == nil { // as it stands now, perhaps by somebody else
			v.Reason, v.Call = form.Raw("reason"), form.Raw("call")
			p := w.site.Page(c, sc, "matching.proposal.title")
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				v.Fault = f
				return offerPage(p, v)
			})
		}
		return err
	}
}

func (w *Web) respond(c *fiber.Ctx, sc tenants.Scope) error {
	return w.offering(func(ctx context.Context, sc tenants.Scope, v *offerShown, form web.Form) (string, string, error) {
		reason, bad := form.Text("reason", maxNote)
		if len(bad) > 0 {
			return "", "", fault.Invalid("fault.check_fields", bad...)
		}
		accepts := form.Raw("answer") == "yes"
		said := "matching.proposal.you_declined"
		if accepts {
			said = "matching.proposal.you_accepted"
		}
		return said, proposalPath(v.ID), w.service.Respond(ctx, sc, v.ID, accepts, reason)
	})(c, sc)
}

func (w *Web) apply(c *fiber.Ctx, sc tenants.Scope) error {
	return w.offering(func(ctx context.Context, sc tenants.Scope, v *offerShown, form web.Form) (string, string, error) {
		call, _ := ids.Parse[ids.Call](form.Raw("call"))
		id, met, err := w.service.Apply(ctx, sc, v.ID, call)
		said := "matching.joint.begun"
		if met {
			said = "matching.joint.met"
		}
		return said, "/applications/" + id.String(), err
	})(c, sc)
}

// owed are the tasks of who leads an organization: the proposals that wait for their answer.
func (w *Web) owed(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if leads := w.service.policies.MayEver(sc.Actor(), policies.ProposalAnswer); !leads {
		return nil, nil
	}
	all, err := w.service.Offers(ctx, sc)
	var tasks []site.Task
	for i := range all {
		if all[i].MayAnswer {
			tasks = append(tasks, site.Task{Title: loc.T("matching.task.proposal", "Organization", all[i].Own.Name), Hint: loc.T("matching.task.proposal_hint"), Href: proposalPath(all[i].ID), Due: all[i].DueAt})
		}
	}
	if err != nil {
		return tasks, err
	}
	abroad, err := w.service.OwedAbroad(ctx, sc)
	for i := range abroad {
		v := &abroad[i]
		tasks = append(tasks, site.Task{Title: loc.T("matching.introduction.task", "Organization", v.Own.Name), Hint: loc.T("matching.introduction.task_hint"), Href: introductionPath(v.ID), Due: v.DueAt})
	}
	return tasks, err
}
