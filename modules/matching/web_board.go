package matching

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// usualDays is how many days organizations usually have to answer a proposal.
const usualDays = 14

// boardShown is a run's page: what was asked on it, and what was refused.
type boardShown struct {
	Board

	One, Other     string // of a swap
	IfOne, IfOther string // of the question what would be if
	If             *WhatIf
	Proposing      []string // groups, as typed
	Due, Note      string
	Fault          *fault.Fault
}

// ifWith is what the second field of the question is called.
func (v *boardShown) ifWith() string {
	if v.Rules.Rankings {
		return "matching.what_if.preferred"
	}
	return "matching.what_if.with"
}

// dragging is where the page's script asks what a swap would come to; a round that is closed is not changed.
func (v *boardShown) dragging() templ.Attributes {
	if v.RoundOf.Closed {
		return nil
	}
	return templ.Attributes{"data-swaps": v.RoundOf.runPath(v.ID) + "/swap"}
}

func (w *Web) opens(c *fiber.Ctx, sc tenants.Scope) (boardShown, error) {
	round, err := parseRound(c)
	if err != nil {
		return boardShown{}, err
	}
	id, err := ids.Parse[ids.Run](web.Param(c, "run"))
	if err != nil {
		return boardShown{}, fault.NotFound()
	}
	b, err := w.service.Board(c.UserContext(), sc, round, id)
	return boardShown{Board: b, Due: time.Now().In(i18n.Zone(sc.Tenant().Zone)).AddDate(0, 0, usualDays).Format(time.DateOnly)}, err
}

func (w *Web) shows(c *fiber.Ctx, sc tenants.Scope, v boardShown, refused error) error {
	p := w.site.Page(c, sc, "matching.board.title")
	p.Title = p.T("matching.board.title", "Number", v.Number)
	nameGone(p, v.Names)
	if refused == nil && v.State.Pending() {
		c.Set("Refresh", again)
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return boardPage(p, v)
	})
}

func (w *Web) board(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	return w.shows(c, sc, v, nil)
}

func (w *Web) runFile(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	instance, number, err := w.service.RunFile(c.UserContext(), sc, v.Round, v.ID)
	if err != nil {
		return err
	}
	return w.site.JSON(c, w.site.Page(c, sc, "matching.check.title"), runFileName(number), instance)
}

func (w *Web) cancelRun(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	if err := w.service.CancelRun(c.UserContext(), sc, v.Round, v.ID); err != nil {
		return w.shows(c, sc, v, err)
	}
	w.site.Say(c, "success", "matching.run.cancelled")
	return web.SeeOther(c, v.RoundOf.path())
}

func (w *Web) swap(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v.One, v.Other = form.Raw("one"), form.Raw("other")
	one, _ := ids.Parse[ids.Organization](v.One)
	other, _ := ids.Parse[ids.Organization](v.Other)
	made, err := w.service.Swap(c.UserContext(), sc, v.Round, v.ID, shownAs(form), one, other)
	if err != nil {
		return w.shows(c, sc, v, err)
	}
	w.site.Say(c, "success", "matching.swap.done")
	return web.SeeOther(c, v.RoundOf.runPath(made))
}

func (w *Web) undoSwap(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	made, err := w.service.UndoSwap(c.UserContext(), sc, v.Round, v.ID, shownAs(form))
	if err != nil {
		return w.shows(c, sc, v, err)
	}
	w.site.Say(c, "success", "matching.swap.undone")
	return web.SeeOther(c, v.RoundOf.runPath(made))
}

// shownAs is the version of the run that the form was shown with; none where it does not say so.
func shownAs(form web.Form) int64 {
	version, _ := strconv.ParseInt(form.Raw("version"), 10, 64)
	return version
}

// wouldSwap answers the page's script what a swap would come to, or why it cannot be.
func (w *Web) wouldSwap(c *fiber.Ctx, sc tenants.Scope) error {
	round, err := parseRound(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Run](web.Param(c, "run"))
	if err != nil {
		return fault.NotFound()
	}
	query := web.Query(c)
	one, _ := ids.Parse[ids.Organization](query.Raw("one"))
	other, _ := ids.Parse[ids.Organization](query.Raw("other"))
	found, err := w.service.WouldSwap(c.UserContext(), sc, round, id, one, other)
	p := w.site.Page(c, sc, "matching.swap.title")
	switch {
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindConflict):
		f := fault.Of(err)
		if len(f.Fields) > 0 {
			f = &fault.Fault{Key: f.Fields[0].Key, Args: f.Fields[0].Args}
		}
		return c.JSON(fiber.Map{"fits": false, "text": p.Loc.With(f.Key, f.Args)})
	case err != nil:
		return err
	default:
		return c.JSON(fiber.Map{"fits": true, "text": p.T("matching.drag.score", "By", signed(p, found.After-found.Before), "Total", p.Loc.Int(found.After))})
	}
}

func (w *Web) whatIf(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v.IfOne, v.IfOther = form.Raw("if_one"), form.Raw("if_other")
	one, _ := ids.Parse[ids.Organization](v.IfOne)
	other, _ := ids.Parse[ids.Organization](v.IfOther)
	found, err := w.service.WhatIf(c.UserContext(), sc, &v.Board, one, other)
	if err == nil {
		v.If = &found
	}
	return w.shows(c, sc, v, err)
}

// groupValue is how a form names a group: its organizations by seat.
func groupValue(group []ids.Organization) string {
	all := make([]string, len(group))
	for i, id := range group {
		all[i] = id.String()
	}
	return strings.Join(all, " ")
}

func (w *Web) propose(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.opens(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v.Proposing, v.Due, v.Note = form.All("group"), form.Raw("due"), form.Raw("note")
	note, bad := form.Text("note", maxNote)
	cmd := Proposing{Note: note}
	cmd.Due, _ = form.EndOfDay("due", i18n.Zone(sc.Tenant().Zone), "matching.card.no_day") // Propose tells of a day that is none, with what else is wrong
	for _, typed := range v.Proposing {
		cmd.Groups = append(cmd.Groups, readOrganizations(strings.Fields(typed)))
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Propose(c.UserContext(), sc, v.Round, v.ID, cmd)
	}
	if err != nil {
		return w.shows(c, sc, v, err)
	}
	w.site.Say(c, "success", "matching.proposal.sent")
	return web.SeeOther(c, v.RoundOf.path())
}
