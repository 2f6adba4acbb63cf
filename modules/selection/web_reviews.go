package selection

import (
	"errors"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/selection/reviewers"
	"kervan/modules/site"
	"kervan/tenants"
)

func (w *Web) queue(c *fiber.Ctx, sc tenants.Scope) error {
	docket, err := w.service.Docket(c.UserContext(), sc)
	if err != nil {
		return err
	}
	var first prior
	if first.Trainings, err = w.service.Reviewers.TrainingsOf(c.UserContext(), sc, trainedFor(docket.Reviews)); err != nil {
		return err
	}
	if first.Calibrations, err = w.service.CalibrationsOf(c.UserContext(), sc); err != nil {
		return err
	}
	wishes, err := w.service.WishableCalls(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.queue.title")
	return w.site.Render(c, queuePage(p, queueOf(p, docket, first, wishes, web.Query(c).Values())))
}

// trainedFor are the calls of a queue, as those know them who keep the trainings.
func trainedFor(queue []Queued) []reviewers.Call {
	calls := make([]reviewers.Call, len(queue))
	for i := range queue {
		c := &queue[i].Call
		calls[i] = reviewers.Call{ID: c.ID, Title: c.Title, Locales: c.Locales, Zone: c.Zone, Reviews: c.Review.Reviews, Anonymous: c.Review.Anonymous}
	}
	return calls
}

func parseReview(c *fiber.Ctx) (ids.Review, error) {
	id, err := ids.Parse[ids.Review](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func reviewAddress(id ids.Review, below string) string {
	if below == "" {
		return "/reviews/" + id.String()
	}
	return "/reviews/" + id.String() + "/" + below
}

func (w *Web) review(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showReview(c, sc, writing{}, nil)
}

// showReview shows a review: first the declaration, then application and form side by side, or what was submitted.
func (w *Web) showReview(c *fiber.Ctx, sc tenants.Scope, in writing, refused error) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if d.Held {
		return web.SeeOther(c, impartialAddress(d.Call.ID))
	}
	p := w.site.Page(c, sc, "selection.review.title")
	p.Title = p.T("selection.review.of", "Number", d.Application.Number)
	var first prior
	if d.State == ReviewAssigned {
		if first, err = w.prior(c, sc, d); err != nil {
			return err
		}
	}
	show := func(f *fault.Fault) templ.Component { return declarePage(p, d, first, in, f) }
	if d.Application.Veiled {
		p.Title = p.T("selection.veiled.of", "Number", d.Application.Number)
		show = func(f *fault.Fault) templ.Component { return openPage(p, d, first, in, f) }
	}
	if d.State != ReviewAssigned {
		dossier, err := w.dossiers.Read(c.UserContext(), sc, p, d.Application.ID)
		if err != nil {
			return err
		}
		p.Title = p.T("selection.review.of", "Number", d.Application.Number)
		show = func(f *fault.Fault) templ.Component { return reviewPage(p, d, dossier, in, f) }
	}
	if refused != nil {
		return w.site.Refuse(c, refused, show)
	}
	return w.site.Render(c, show(nil))
}

// prior is what stands before an application that its reviewer has not opened.
func (w *Web) prior(c *fiber.Ctx, sc tenants.Scope, d Desk) (first prior, err error) {
	if first.Trainings, err = w.service.Reviewers.TrainingsOf(c.UserContext(), sc, trainedFor([]Queued{d.Queued})); err != nil {
		return first, err
	}
	all, err := w.service.CalibrationsOf(c.UserContext(), sc)
	first.Calibrations = slices.DeleteFunc(all, func(one Calibrating) bool { return one.Calibration.Call != d.Call.ID })
	return first, err
}

func (w *Web) declare(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
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
		err = w.service.Declare(c.UserContext(), sc, id, d)
	}
	if d.Conflict {
		err = site.Repeated(err, func() (bool, error) { return w.service.DeclaredIn(c.UserContext(), sc, id, d) })
	}
	switch {
	case fault.Is(err, fault.KindInvalid):
		return w.showReview(c, sc, in, err)
	case err == nil && !d.Conflict:
		return web.SeeOther(c, reviewAddress(id, ""))
	}
	next := "/reviews"
	if fault.Is(err, fault.KindConflict) && slices.Contains(beforehand, fault.Of(err).Key) {
		next = reviewAddress(id, "")
	}
	return w.said(c, err, "selection.declare.done", next)
}

// beforehand are the refusals after which the review's page says what is to be done first.
var beforehand = []string{"selection.training.first", "selection.calibration.first"}

// saveReview keeps a whole page without a script, and leads on to the submission where that was asked for.
func (w *Web) saveReview(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in := readWriting(form)
	if len(in.Typed) > 0 {
		_, in.Clashes, err = w.service.SaveAll(c.UserContext(), sc, id, in.Typed)
	}
	if err == nil && len(in.Clashes) > 0 {
		err = fault.Conflict("selection.mark.clash")
	}
	if err != nil {
		return w.showReview(c, sc, in, err)
	}
	if form.Has("submit") {
		return web.SeeOther(c, reviewAddress(id, "submission"))
	}
	w.site.Say(c, "success", "selection.review.saved")
	return web.SeeOther(c, reviewAddress(id, ""))
}

// saveMark keeps one criterion, or the comment, for the page's script. Of two texts it shows both.
func (w *Web) saveMark(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	var sent forms.Sent
	if err := web.ReadJSON(c, &sent); err != nil {
		return err
	}
	typed, err := readSent(web.Param(c, "ref"), sent)
	if err != nil {
		return err
	}
	saved, err := w.service.Save(c.UserContext(), sc, id, typed)
	if clash, ok := errors.AsType[*Clash](err); ok {
		return c.Status(http.StatusConflict).JSON(clashed(w.site.Localizer(c, sc), clash, sc.Actor().Name))
	}
	if err != nil {
		return err
	}
	return c.JSON(forms.Kept{Version: saved.Version, SavedAt: saved.At, Problems: []forms.Told{}})
}

func (w *Web) submitForm(c *fiber.Ctx, sc tenants.Scope) error { return w.showSubmit(c, sc, nil) }

func (w *Web) showSubmit(c *fiber.Ctx, sc tenants.Scope, refused error) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if !d.Writable() {
		return web.SeeOther(c, reviewAddress(id, ""))
	}
	if bad := Missing(d.Call.Criteria, d.Call.Review.ScoreMax, d.Marks); len(bad) > 0 {
		return w.showReview(c, sc, writing{}, fault.Invalid("selection.review.incomplete", bad...))
	}
	p := w.site.Page(c, sc, "selection.submit.title")
	if refused != nil {
		return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return submitPage(p, d, f) })
	}
	return w.site.Render(c, submitPage(p, d, nil))
}

func (w *Web) submit(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	err = site.Repeated(w.service.Submit(c.UserContext(), sc, id), func() (bool, error) {
		return w.service.Submitted(c.UserContext(), sc, id)
	})
	if fault.Is(err, fault.KindInvalid) {
		return w.showSubmit(c, sc, err)
	}
	return w.said(c, err, "selection.submit.done", "/reviews")
}

func (w *Web) resume(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	return w.said(c, w.service.Resume(c.UserContext(), sc, id), "selection.resume.done", reviewAddress(id, ""))
}

func (w *Web) conflictForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showConflict(c, sc, writing{}, nil)
}

func (w *Web) showConflict(c *fiber.Ctx, sc tenants.Scope, in writing, refused error) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	a, err := w.service.Declarable(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.conflict.title")
	back := "/reviews"
	if sc.Actor().Has(reviewers.Namers...) {
		back = "/applications"
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return conflictPage(p, a, in, back, f) })
}

func (w *Web) declareConflict(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	d, in, bad := readDeclaration(form)
	d.Conflict = true
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = site.Repeated(w.service.DeclareConflict(c.UserContext(), sc, id, d), func() (bool, error) {
			return w.service.DeclaredConflict(c.UserContext(), sc, id, d)
		})
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showConflict(c, sc, in, err)
	}
	return w.said(c, err, "selection.declare.done", "/desk")
}
