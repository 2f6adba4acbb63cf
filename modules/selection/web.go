package selection

import (
	"context"
	"embed"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// Locales are the module's words.
//
//go:embed locales
var Locales embed.FS

// Dossiers show what was handed in, to be read beside a review. The applications module satisfies it.
type Dossiers interface {
	Read(ctx context.Context, sc tenants.Scope, p ui.Page, application ids.Application) (templ.Component, error)
}

// Press issues minutes that anybody can check: about is when the second person signed them. The papers module satisfies it.
type Press interface {
	Issue(ctx context.Context, sc tenants.Scope, call ids.Call, about time.Time, locale i18n.Locale, draw func(pdf.Mark) ([]byte, error)) ([]byte, error)
}

// Web is the module's pages.
type Web struct {
	service  *Service
	site     *site.Site
	dossiers Dossiers
	press    Press
	streams  web.Streams
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site, dossiers Dossiers, press Press) *Web {
	return &Web{service: service, site: s, dossiers: dossiers, press: press}
}

// Module is what the site shows of selection.
func (w *Web) Module() site.Module {
	get, post, put := fiber.MethodGet, fiber.MethodPost, fiber.MethodPut
	manage, queue, write := policies.ReviewerManage, policies.ReviewQueue, policies.ReviewWrite
	rank, decide, declare, reply := policies.SelectionRank, policies.SelectionDecide, policies.ReviewDeclare, policies.ApplicationReply
	return site.Module{
		Name: "selection",
		Routes: slices.Concat(
			w.publishing(),
			w.returning(),
			w.automating(),
			w.agreeing(),
			w.keeping(),
			w.proposing(),
			w.opining(),
			w.clarifyingRoutes(),
			w.conditioning(),
			w.replacing(),
			w.discussing(),
			w.meeting(),
			w.calibrating(),
			w.stating(),
			w.wishing(),
			w.declaringImpartial(),
			[]site.Route{
				{Method: get, Path: "/selection", Action: rank, Handle: w.calls},
				{Method: get, Path: "/selection/:id", Action: manage, Handle: w.board},
				{Method: post, Path: "/selection/:id/assignments", Action: manage, Handle: w.assign},
				{Method: post, Path: "/selection/:id/assignments/removal", Action: manage, Handle: w.unassign},
				{Method: get, Path: "/selection/:id/reviewers", Action: manage, Handle: w.reviewers},
				{Method: post, Path: "/selection/:id/due", Action: manage, Handle: w.postpone},
				{Method: post, Path: "/selection/:id/reminders", Action: manage, Handle: w.remind},
				{Method: get, Path: "/selection/:id/conflicts", Action: manage, Handle: w.conflicts},
				{Method: get, Path: "/conflicts/:id/removal", Action: policies.ReviewUndeclare, Handle: w.undoForm},
				{Method: post, Path: "/conflicts/:id/removal", Action: policies.ReviewUndeclare, Handle: w.undo},
				{Method: get, Path: "/selection/:id/ranking", Action: rank, Handle: w.ranking},
				{Method: get, Path: "/selection/:id/reviews", Action: policies.ReviewRead, Handle: w.singles},
				{Method: get, Path: "/selection/:id/decisions", Action: rank, Handle: w.decisions},
				{Method: get, Path: "/selection/:id/fairness", Action: policies.AggregateRead, Handle: w.fairness},
				{Method: post, Path: "/selection/:id/decisions", Action: decide, Handle: w.decide},
				{Method: post, Path: "/selection/:id/decisions/order", Action: decide, Handle: w.reorder},
				{Method: get, Path: "/selection/:id/decisions/closing", Action: decide, Handle: w.closeForm},
				{Method: post, Path: "/selection/:id/decisions/closing", Action: decide, Handle: w.closeList},
				{Method: post, Path: "/selection/:id/decisions/reopening", Action: decide, Handle: w.reopen},
				{Method: get, Path: "/selection/:id/decisions/signature", Action: policies.SelectionSign, Handle: w.signForm},
				{Method: post, Path: "/selection/:id/decisions/signature", Action: policies.SelectionSign, Handle: w.sign},
				{Method: get, Path: "/selection/:id/decisions/release", Action: policies.SelectionRelease, Handle: w.releaseForm},
				{Method: post, Path: "/selection/:id/decisions/release", Action: policies.SelectionRelease, Handle: w.release},
				{Method: get, Path: "/selection/applications/:id", Action: policies.ReviewRead, Handle: w.folder},
				{Method: get, Path: "/selection/applications/:id/conflict", Action: declare, Handle: w.conflictForm},
				{Method: post, Path: "/selection/applications/:id/conflict", Action: declare, Handle: w.declareConflict},
				{Method: get, Path: "/reviews", Action: queue, Handle: w.queue},
				{Method: get, Path: "/reviews/:id", Action: queue, Handle: w.review},
				{Method: post, Path: "/reviews/:id", Action: write, Handle: w.saveReview},
				{Method: put, Path: "/reviews/:id/marks/:ref", Action: write, Handle: w.saveMark},
				{Method: post, Path: "/reviews/:id/declaration", Action: declare, Handle: w.declare},
				{Method: get, Path: "/reviews/:id/submission", Action: write, Handle: w.submitForm},
				{Method: post, Path: "/reviews/:id/submission", Action: write, Handle: w.submit},
				{Method: post, Path: "/reviews/:id/resumption", Action: write, Handle: w.resume},
				{Method: get, Path: "/applications/:id/reply", Action: reply, Handle: w.offer},
				{Method: post, Path: "/applications/:id/reply", Action: reply, Handle: w.accept},
				{Method: get, Path: "/applications/:id/reply/refusal", Action: reply, Handle: w.declineForm},
				{Method: post, Path: "/applications/:id/reply/refusal", Action: reply, Handle: w.decline},
			},
		),
		Feeds:     []site.Feed{{Name: "results", Title: "selection.results.title", Page: "/results", Action: policies.CallBrowse, Entries: w.entries}},
		Addresses: []site.Addresses{w.addresses},
		Entries: []site.Entry{
			{Key: "selection.nav.reviews", Href: "/reviews", Icon: "scale", Action: queue, Group: site.GroupProgram, Order: 18},
			{Key: "selection.nav.selection", Href: "/selection", Icon: "gavel", Action: rank, Group: site.GroupProgram, Order: 34},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

func parseCall(c *fiber.Ctx) (ids.Call, error) {
	id, err := ids.Parse[ids.Call](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// parseOwn is the call of one of a reviewer's own pages.
func parseOwn(c *fiber.Ctx) (ids.Call, error) {
	id, err := ids.Parse[ids.Call](web.Param(c, "call"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func parseApplication(c *fiber.Ctx) (ids.Application, error) {
	id, err := ids.Parse[ids.Application](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) calls(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Summaries(c.UserContext(), sc)
	if err != nil {
		return err
	}
	var before []Call
	if may := w.ways(sc); may.Manage {
		if before, err = w.service.Before(c.UserContext(), sc, all); err != nil {
			return err
		}
	}
	return w.site.Render(c, callsPage(w.site.Page(c, sc, "selection.calls.title"), all, before, w.ways(sc)))
}

// ways are the pages of a call's selection that the actor may open, and what else they may do there.
type ways struct {
	Manage, Decide, Sign, Release, Undeclare, Invite, Rank, Arrange, Replace bool
}

func (w *Web) ways(sc tenants.Scope) ways {
	may := func(a policies.Action) bool { return w.service.may(sc, a) }
	return ways{
		Manage: may(policies.ReviewerManage), Decide: may(policies.SelectionDecide), Sign: may(policies.SelectionSign), Release: may(policies.SelectionRelease),
		Undeclare: may(policies.ReviewUndeclare), Invite: may(policies.PersonInvite), Rank: may(policies.SelectionRank), Arrange: may(policies.SelectionArrange),
		Replace: may(policies.PlaceReplace),
	}
}

// Crumbs lead back from a page of a call. It satisfies reviewers.Frame.
func (w *Web) Crumbs(p ui.Page, call ids.Call, name, last string) []ui.Crumb {
	return homeOf(p, call, name, last)
}

// Tabs lead to the pages of a call that the actor may open. It satisfies reviewers.Frame.
func (w *Web) Tabs(p ui.Page, sc tenants.Scope, call ids.Call) templ.Component {
	return callTabs(p, call, w.ways(sc))
}

// page is the frame of a page below a call's selection.
func (w *Web) page(c *fiber.Ctx, sc tenants.Scope, title string, call Call) ui.Page {
	p := w.site.Page(c, sc, title)
	p.Title = p.T(title) + " · " + call.Name(p.Loc.Locale)
	return p
}

func (w *Web) board(c *fiber.Ctx, sc tenants.Scope) error {
	query := web.Query(c)
	return w.showBoard(c, sc, assigning{Reviewers: query.All("reviewer")}, nil)
}

// showBoard shows who reviews what, with what was typed for an assignment and why it was refused.
func (w *Web) showBoard(c *fiber.Ctx, sc tenants.Scope, in assigning, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	b, err := w.service.Board(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.board.title", b.Call)
	v := boardOf(p, b, web.Query(c).Values(), w.ways(sc))
	if in.Due == "" {
		in.Due = defaultDue(b, time.Now())
	}
	v.In = in
	if refused == nil {
		return w.site.Render(c, boardPage(p, v))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.In.Fault = f
		return boardPage(p, v)
	})
}

func (w *Web) assign(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	cmd, in, bad := readAssigning(form, zone(found))
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		in.Refused, err = w.service.Assign(c.UserContext(), sc, call, cmd)
	}
	if err != nil {
		return w.showBoard(c, sc, in, err)
	}
	w.site.Say(c, "success", "selection.assign.done")
	return web.SeeOther(c, web.Local(form.Raw("return"), address(call, "")))
}

func (w *Web) unassign(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Review](form.Raw("review"))
	if err != nil {
		return fault.NotFound()
	}
	err = w.service.Unassign(c.UserContext(), sc, id)
	return w.said(c, err, "selection.unassign.done", web.Local(form.Raw("return"), address(call, "")))
}

// said goes on after an act without input; see site.Said.
func (w *Web) said(c *fiber.Ctx, err error, done, next string) error {
	return w.site.Said(c, err, done, next)
}

func (w *Web) reviewers(c *fiber.Ctx, sc tenants.Scope) error { return w.showReviewers(c, sc, "", nil) }

func (w *Web) showReviewers(c *fiber.Ctx, sc tenants.Scope, due string, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	b, err := w.service.Board(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.reviewers.title", b.Call)
	if due == "" && !b.LatestDue.IsZero() {
		due = string(i18n.DayOf(b.LatestDue, zone(b.Call)))
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return reviewersPage(p, b, w.ways(sc), due, f) })
}

func (w *Web) postpone(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	due, bad := readDay(form, "due", zone(found))
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Postpone(c.UserContext(), sc, call, due)
	}
	if err != nil {
		return w.showReviewers(c, sc, form.Raw("due"), err)
	}
	w.site.Say(c, "success", "selection.postpone.done")
	return web.SeeOther(c, address(call, "reviewers"))
}

func (w *Web) remind(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	var one ids.Person
	if text := form.Raw("person"); text != "" {
		if one, err = ids.Parse[ids.Person](text); err != nil {
			return fault.NotFound()
		}
	}
	_, err = w.service.RemindReviewers(c.UserContext(), sc, call, one)
	return w.said(c, err, "selection.remind.done", address(call, "reviewers"))
}

func (w *Web) conflicts(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCall(c)
	if err != nil {
		return err
	}
	call, all, err := w.service.Conflicts(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p, values := w.page(c, sc, "selection.conflicts.title", call), web.Query(c).Values()
	v := listConflicts(p, call, all, values, w.ways(sc), sc.Actor().Person)
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		return w.site.Sheet(c, p, conflictsTable(p, v), f)
	}
	return w.site.Render(c, conflictsPage(p, v.paged()))
}

func (w *Web) undoForm(c *fiber.Ctx, sc tenants.Scope) error { return w.showUndo(c, sc, "", nil) }

func (w *Web) showUndo(c *fiber.Ctx, sc tenants.Scope, reason string, refused error) error {
	id, err := ids.Parse[ids.Change](web.Param(c, "id"))
	if err != nil {
		return fault.NotFound()
	}
	found, err := w.service.Undoable(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.undo.title")
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return undoPage(p, found, reason, f) })
}

func (w *Web) undo(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := ids.Parse[ids.Change](web.Param(c, "id"))
	if err != nil {
		return fault.NotFound()
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	found, err := w.service.Undoable(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxNote)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Undo(c.UserContext(), sc, id, reason)
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showUndo(c, sc, form.Raw("reason"), err)
	}
	return w.said(c, err, "selection.undo.done", address(found.Conflict.Call, "conflicts"))
}
