package selection

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func calibratingAddress(id ids.Calibration, below string) string {
	path := "/reviews/calibrations/" + id.String()
	if below == "" {
		return path
	}
	return path + "/" + below
}

func (w *Web) sample(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showSample(c, sc, writing{}, nil)
}

// showSample shows a reviewer the sample beside its form, or beside how all have scored it, with what was typed and why it was refused.
func (w *Web) showSample(c *fiber.Ctx, sc tenants.Scope, in writing, refused error) error {
	id, err := parseCalibration(c)
	if err != nil {
		return err
	}
	v, err := w.service.Calibrating(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.calibration.title", v.About)
	show := func(f *fault.Fault) templ.Component { return samplePage(p, v, in, f) }
	return w.site.Show(c, refused, show)
}

// saveScores keeps a whole page without a script, and leads on to the submission where that was asked for.
func (w *Web) saveScores(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCalibration(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in := readWriting(form)
	_, in.Clashes, err = w.service.SaveScores(c.UserContext(), sc, id, in.Typed)
	if err == nil && len(in.Clashes) > 0 {
		err = fault.Conflict("selection.mark.clash")
	}
	if err != nil {
		return w.showSample(c, sc, in, err)
	}
	if form.Has("submit") {
		return web.SeeOther(c, calibratingAddress(id, "submission"))
	}
	w.site.Say(c, "success", "selection.review.saved")
	return web.SeeOther(c, calibratingAddress(id, ""))
}

// saveScore keeps one criterion for the page's script. Of two texts it shows both.
func (w *Web) saveScore(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCalibration(c)
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
	saved, clashes, err := w.service.SaveScores(c.UserContext(), sc, id, []Typed{typed})
	if err == nil && len(clashes) > 0 {
		return c.Status(http.StatusConflict).JSON(clashed(w.site.Localizer(c, sc), clashes[0], sc.Actor().Name))
	}
	if err != nil {
		return err
	}
	return c.JSON(forms.Kept{Version: saved[0].Version, SavedAt: saved[0].At, Problems: []forms.Told{}})
}

func (w *Web) submitScoresForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showSubmitScores(c, sc, nil)
}

func (w *Web) showSubmitScores(c *fiber.Ctx, sc tenants.Scope, refused error) error {
	id, err := parseCalibration(c)
	if err != nil {
		return err
	}
	v, err := w.service.Calibrating(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if !v.Writable() {
		return web.SeeOther(c, calibratingAddress(id, ""))
	}
	if bad := Unscored(v.About.Criteria, v.About.Review.ScoreMax, v.Own.Marks); len(bad) > 0 {
		return w.showSample(c, sc, writing{}, fault.Invalid("selection.review.incomplete", bad...))
	}
	p := w.page(c, sc, "selection.calibration.submit_title", v.About)
	show := func(f *fault.Fault) templ.Component { return submitScoresPage(p, v, f) }
	return w.site.Show(c, refused, show)
}

func (w *Web) submitScores(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseCalibration(c)
	if err != nil {
		return err
	}
	err = w.service.SubmitScores(c.UserContext(), sc, id)
	if fault.Is(err, fault.KindInvalid) {
		return w.showSubmitScores(c, sc, err)
	}
	return w.said(c, err, "selection.calibration.scored", calibratingAddress(id, ""))
}
