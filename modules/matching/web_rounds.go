package matching

import (
	"context"
	"slices"

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

// rounding are the routes of a network's rounds, of the core's, and of what is proposed to organizations.
func (w *Web) rounding() []site.Route {
	get, post, network := fiber.MethodGet, fiber.MethodPost, tenants.KindNetwork
	return slices.Concat(w.steering(roundsPath, policies.RoundManage, network), w.steering(commonRoundsPath, policies.CommonMatch, tenants.KindCore), []site.Route{
		{Method: post, Path: roundsPath + "/:round/notes", Action: policies.RoundManage, Handle: w.note, Only: network},
		{Method: get, Path: proposalsPath, Action: policies.ProposalRead, Handle: w.offers(), Only: network},
		{Method: get, Path: proposalsPath + "/:match", Action: policies.ProposalRead, Handle: w.offer, Only: network},
		{Method: post, Path: proposalsPath + "/:match/answer", Action: policies.ProposalAnswer, Handle: w.respond, Only: network},
		{Method: post, Path: proposalsPath + "/:match/application", Action: policies.ProposalAnswer, Handle: w.apply, Only: network},
	})
}

func (w *Web) steering(at string, steer policies.Action, only tenants.Kind) []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []site.Route{
		{Method: get, Path: at, Action: steer, Handle: w.rounds, Only: only},
		{Method: get, Path: at + "/new", Action: steer, Handle: w.newRound, Only: only},
		{Method: post, Path: at, Action: steer, Handle: w.beginRound, Only: only},
		{Method: get, Path: at + "/:round", Action: steer, Handle: w.round, Only: only},
		{Method: get, Path: at + "/:round/rules", Action: steer, Handle: w.rules, Only: only},
		{Method: post, Path: at + "/:round/rules", Action: steer, Handle: w.revise, Only: only},
		{Method: post, Path: at + "/:round/closing", Action: steer, Handle: w.closing(true), Only: only},
		{Method: post, Path: at + "/:round/reopening", Action: steer, Handle: w.closing(false), Only: only},
		{Method: post, Path: at + "/:round/ties", Action: steer, Handle: w.tie, Only: only},
		{Method: post, Path: at + "/:round/ties/removal", Action: steer, Handle: w.untie, Only: only},
		{Method: post, Path: at + "/:round/runs", Action: steer, Handle: w.startRun, Only: only},
		{Method: get, Path: at + "/:round/comparison", Action: steer, Handle: w.compare, Only: only},
		{Method: get, Path: at + "/:round/runs/:run", Action: steer, Handle: w.board, Only: only},
		{Method: get, Path: at + "/:round/runs/:run/check", Action: steer, Handle: w.checkRun, Only: only},
		{Method: get, Path: at + "/:round/runs/:run/instance", Action: steer, Handle: w.runFile, Only: only},
		{Method: get, Path: at + "/:round/runs/:run/answer", Action: steer, Handle: w.runAnswer, Only: only},
		{Method: post, Path: at + "/:round/runs/:run/cancellation", Action: steer, Handle: w.cancelRun, Only: only},
		{Method: post, Path: at + "/:round/runs/:run/swap", Action: steer, Handle: w.swap, Only: only},
		{Method: get, Path: at + "/:round/runs/:run/swap", Action: steer, Handle: w.wouldSwap, Only: only},
		{Method: post, Path: at + "/:round/runs/:run/undoing", Action: steer, Handle: w.undoSwap, Only: only},
		{Method: post, Path: at + "/:round/runs/:run/proposals", Action: steer, Handle: w.propose, Only: only},
		{Method: post, Path: at + "/:round/withdrawal", Action: steer, Handle: w.withdraw, Only: only},
		{Method: post, Path: at + "/:round/runs/:run/what-if", Action: steer, Handle: w.whatIf, Only: only},
	}
}

func (w *Web) rounds(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Rounds(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.rounds.title")
	if all.kind == tenants.KindCore {
		return w.site.Render(c, roundsPage(p, acting{}, all))
	}
	a, err := w.acting(c, sc, "")
	if err != nil {
		return err
	}
	return w.site.Render(c, roundsPage(p, a, all))
}

// drawn is the page of a round's form.
type drawn struct {
	Form  typedRound
	Calls []Call
	Fixed bool // something was proposed: the pool and the seats stay
}

func (w *Web) drawing(c *fiber.Ctx, sc tenants.Scope, form typedRound) (drawn, error) {
	calls, err := w.service.Choices(c.UserContext(), sc)
	return drawn{Form: form, Calls: calls}, err
}

func (w *Web) newRound(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.drawing(c, sc, typedRoundOf(Round{Pool: poolIn(sc), Rules: usualIn(sc)}))
	if err != nil {
		return err
	}
	return w.site.Render(c, rulesPage(w.site.Page(c, sc, "matching.round.new"), v))
}

func (w *Web) beginRound(c *fiber.Ctx, sc tenants.Scope) error {
	var id ids.Round
	typed, err := w.ruled(c, sc, func(ctx context.Context, r Round) (err error) {
		id, err = w.service.BeginRound(ctx, sc, r)
		return err
	})
	if err == nil {
		return web.SeeOther(c, roundIn(sc, id).path())
	}
	return w.refuseRules(c, sc, "matching.round.new", typed, false, err)
}

// ruled reads the form of a round and does with it what is to be done, if it can be read.
func (*Web) ruled(c *fiber.Ctx, sc tenants.Scope, do func(ctx context.Context, r Round) error) (typedRound, error) {
	form, err := web.ReadForm(c)
	if err != nil {
		return typedRound{}, err
	}
	typed, bad, err := readRound(form, sc.Tenant().Kind)
	switch {
	case err != nil:
		return typed, err
	case len(bad) > 0:
		return typed, fault.Invalid("fault.check_fields", bad...)
	default:
		return typed, do(c.UserContext(), typed.Round)
	}
}

func (w *Web) refuseRules(c *fiber.Ctx, sc tenants.Scope, title string, typed typedRound, fixed bool, refused error) error {
	v, err := w.drawing(c, sc, typed)
	if err != nil {
		return err
	}
	v.Fixed = fixed
	p := w.site.Page(c, sc, title)
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.Form.Fault = f
		return rulesPage(p, v)
	})
}

func parseRound(c *fiber.Ctx) (ids.Round, error) {
	id, err := ids.Parse[ids.Round](web.Param(c, "round"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) round(c *fiber.Ctx, sc tenants.Scope) error { return w.showRound(c, sc, nil, nil) }

// showRound shows a round, or says why something about it was refused; chosen are the organizations of the refused form.
func (w *Web) showRound(c *fiber.Ctx, sc tenants.Scope, chosen []ids.Organization, refused error) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	found, err := w.service.Round(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.rounds.title")
	p.Title = found.Title
	nameGone(p, found.Names)
	v := roundShown{RoundView: found, Chosen: chosen}
	if refused == nil && found.Pending() {
		c.Set("Refresh", again)
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return roundPage(p, v)
	})
}

// again is after how many seconds browsers ask again how far a run is, with or without a script.
const again = "3"

// roundShown is a round's page, and what was refused on it.
type roundShown struct {
	RoundView

	Chosen []ids.Organization
	Noting ids.Match // of which something was typed that was refused
	Noted  string
	Fault  *fault.Fault
}

func (w *Web) rules(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	found, err := w.service.Round(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	v, err := w.drawing(c, sc, typedRoundOf(found.Round))
	if err != nil {
		return err
	}
	v.Fixed = found.Proposed
	return w.site.Render(c, rulesPage(w.site.Page(c, sc, "matching.round.rules"), v))
}

func (w *Web) revise(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	found, err := w.service.Round(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	typed, err := w.ruled(c, sc, func(ctx context.Context, r Round) error {
		r.ID = id
		return w.service.ReviseRound(ctx, sc, r)
	})
	if err == nil {
		w.site.Say(c, "success", "matching.round.saved")
		return web.SeeOther(c, roundIn(sc, id).path())
	}
	typed.ID = id
	return w.refuseRules(c, sc, "matching.round.rules", typed, found.Proposed, err)
}

// done leads back to a round's page, or shows it with what was refused.
func (w *Web) done(c *fiber.Ctx, sc tenants.Scope, id ids.Round, said string, chosen []ids.Organization, err error) error {
	if err != nil {
		return w.showRound(c, sc, chosen, err)
	}
	w.site.Say(c, "success", said)
	return web.SeeOther(c, roundIn(sc, id).path())
}

func (w *Web) closing(closed bool) site.Handler {
	said := "matching.round.opened_again"
	if closed {
		said = "matching.round.is_closed"
	}
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		id, err := parseRound(c)
		if err != nil {
			return err
		}
		return w.done(c, sc, id, said, nil, w.service.CloseRound(c.UserContext(), sc, id, closed))
	}
}

func (w *Web) tie(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	chosen := readOrganizations(form.All("organization"))
	lock := form.Raw("tie") == "lock"
	said := "matching.tie.parted"
	if lock {
		said = "matching.tie.locked"
	}
	return w.done(c, sc, id, said, chosen, w.service.Tie(c.UserContext(), sc, id, lock, chosen))
}

func (w *Web) untie(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	tie, err := ids.Parse[ids.Tie](form.Raw("tie"))
	if err != nil {
		return fault.NotFound()
	}
	return w.done(c, sc, id, "matching.tie.taken_back", nil, w.service.Untie(c.UserContext(), sc, id, tie))
}

func (w *Web) startRun(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	run, err := w.service.StartRun(c.UserContext(), sc, id)
	if err != nil {
		return w.showRound(c, sc, nil, err)
	}
	return web.SeeOther(c, roundIn(sc, id).runPath(run))
}

func (w *Web) compare(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRound(c)
	if err != nil {
		return err
	}
	form := web.Query(c)
	one, err := ids.Parse[ids.Run](form.Raw("one"))
	if err != nil {
		return fault.NotFound()
	}
	other, err := ids.Parse[ids.Run](form.Raw("other"))
	if err != nil {
		return fault.NotFound()
	}
	v, err := w.service.Compare(c.UserContext(), sc, id, one, other)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.comparison.title")
	nameGone(p, v.Names)
	return w.site.Render(c, comparisonPage(p, v))
}

func roundCrumbs(p ui.Page, r *Round, last string) []ui.Crumb {
	return []ui.Crumb{{Label: p.T("matching.rounds.title"), Href: r.list()}, {Label: r.Title, Href: r.path()}, {Label: last}}
}
