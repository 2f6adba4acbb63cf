package selection

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

func (w *Web) calibrating() []site.Route {
	get, post, put := fiber.MethodGet, fiber.MethodPost, fiber.MethodPut
	see, arrange, queue := policies.ReviewerManage, policies.SelectionArrange, policies.ReviewQueue
	return []site.Route{
		{Method: get, Path: "/selection/:id/calibration", Action: see, Handle: w.calibrations},
		{Method: post, Path: "/selection/:id/calibrations", Action: arrange, Handle: w.prepareSample},
		{Method: get, Path: "/selection/:id/calibration/:calibration", Action: see, Handle: w.calibration},
		{Method: post, Path: "/selection/:id/calibration/:calibration", Action: arrange, Handle: w.writeSample},
		{Method: post, Path: "/selection/:id/calibration/:calibration/requirement", Action: arrange, Handle: w.requireCalibration},
		{Method: post, Path: "/selection/:id/calibration/:calibration/reference", Action: arrange, Handle: w.refer},
		{Method: post, Path: "/selection/:id/calibration/:calibration/reminders", Action: arrange, Handle: w.askForScores},
		{Method: post, Path: "/selection/:id/calibration/:calibration/closing", Action: arrange, Handle: w.closeCalibration},
		{Method: post, Path: "/selection/:id/calibration/:calibration/removal", Action: arrange, Handle: w.discardCalibration},
		{Method: get, Path: "/reviews/calibrations/:calibration", Action: queue, Handle: w.sample},
		{Method: post, Path: "/reviews/calibrations/:calibration", Action: queue, Handle: w.saveScores},
		{Method: put, Path: "/reviews/calibrations/:calibration/marks/:ref", Action: queue, Handle: w.saveScore},
		{Method: get, Path: "/reviews/calibrations/:calibration/submission", Action: queue, Handle: w.submitScoresForm},
		{Method: post, Path: "/reviews/calibrations/:calibration/submission", Action: queue, Handle: w.submitScores},
	}
}

func calibrationAddress(call ids.Call, id ids.Calibration, below string) string {
	path := address(call, "calibration/"+id.String())
	if below == "" {
		return path
	}
	return path + "/" + below
}

func parseCalibration(c *fiber.Ctx) (ids.Calibration, error) {
	id, err := ids.Parse[ids.Calibration](web.Param(c, "calibration"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) calibrations(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showCalibrations(c, sc, preparing{From: web.Query(c).Raw("from")}, nil)
}

// preparing is what stands in the forms that begin a calibration.
type preparing struct {
	From, Application, Language string
}

// showCalibrations leads to the calibration that a call has, or shows how to begin one, with what was typed and why it was refused.
func (w *Web) showCalibrations(c *fiber.Ctx, sc tenants.Scope, in preparing, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	v, err := w.service.Calibrations(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	if refused == nil && !v.Current.ID.IsZero() {
		return web.SeeOther(c, calibrationAddress(call, v.Current.ID, ""))
	}
	may := w.ways(sc)
	var sources []Source
	if from, err := ids.Parse[ids.Call](in.From); err == nil && may.Arrange {
		if sources, err = w.service.Sources(c.UserContext(), sc, call, from); err != nil {
			return err
		}
	}
	p := w.page(c, sc, "selection.calibration.title", v.About)
	show := func(f *fault.Fault) templ.Component { return calibrationsPage(p, v, sources, in, may, f) }
	return w.site.Show(c, refused, show)
}

func (w *Web) prepareSample(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in := preparing{From: form.Raw("from"), Application: form.Raw("application"), Language: form.Raw("language")}
	cmd := Preparing{Language: i18n.Locale(in.Language)}
	var id ids.Calibration
	if in.From != "" {
		if cmd.Source, err = ids.Parse[ids.Application](in.Application); err != nil {
			err = fault.Invalid("fault.check_fields", fault.At("application", "fault.choose"))
		}
	}
	if err == nil {
		id, err = w.service.PrepareSample(c.UserContext(), sc, call, cmd)
	}
	if err != nil {
		return w.showCalibrations(c, sc, in, err)
	}
	w.site.Say(c, "success", "selection.calibration.prepared")
	return web.SeeOther(c, calibrationAddress(call, id, ""))
}

func (w *Web) calibration(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showCalibration(c, sc, sampling{}, nil)
}

// sampling is what stands in the forms of a calibration.
type sampling struct {
	Sample   *Sample
	Required bool
	Marks    writing
}

// showCalibration shows a calibration, with what was typed and why it was refused.
func (w *Web) showCalibration(c *fiber.Ctx, sc tenants.Scope, in sampling, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	id, err := parseCalibration(c)
	if err != nil {
		return err
	}
	b, err := w.service.CalibrationBoard(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if b.Call != call {
		return fault.NotFound()
	}
	p := w.page(c, sc, "selection.calibration.title", b.About)
	show := func(f *fault.Fault) templ.Component { return calibrationPage(p, b, in, w.ways(sc), f) }
	return w.site.Show(c, refused, show)
}

// readSample reads a sample with its version.
func readSample(form web.Form) (Sample, int64, []fault.Field, error) {
	version, err := form.Version()
	if err != nil {
		return Sample{}, 0, nil, err
	}
	title, bad := form.Required("title", MaxSampleTitle)
	sample := Sample{Title: title}
	for i := range MostPassages {
		name := passageInput(i)
		if !form.Has(name) {
			break
		}
		text, wrong := form.Text(name, MaxPassage)
		sample.Texts, bad = append(sample.Texts, text), append(bad, wrong...)
	}
	return sample, version, bad, nil
}

// typedSample is what was typed, as it was typed.
func typedSample(form web.Form) *Sample {
	typed := Sample{Title: form.Raw("title")}
	for i := range MostPassages {
		if !form.Has(passageInput(i)) {
			break
		}
		typed.Texts = append(typed.Texts, form.Raw(passageInput(i)))
	}
	return &typed
}

// keepSample keeps the words that a form sends along.
func (w *Web) keepSample(c *fiber.Ctx, sc tenants.Scope, id ids.Calibration, form web.Form) (int64, error) {
	sample, version, bad, err := readSample(form)
	if err != nil {
		return 0, err
	}
	if len(bad) > 0 {
		return 0, fault.Invalid("fault.check_fields", bad...)
	}
	return version + 1, w.service.WriteSample(c.UserContext(), sc, id, version, sample)
}

// writeSample keeps the sample, and shows it to the reviewers where that was asked for.
func (w *Web) writeSample(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, form, err := w.sent(c, sc)
	if err != nil {
		return err
	}
	in := sampling{Sample: typedSample(form), Required: form.Ticked("required")}
	version, err := w.keepSample(c, sc, id, form)
	done := "selection.calibration.saved"
	if err == nil && form.Has("open") {
		in.Sample, done = nil, "selection.calibration.opened"
		err = w.service.OpenCalibration(c.UserContext(), sc, id, Opening{Version: version, Required: in.Required, Checked: form.Ticked("checked")})
	}
	if err != nil {
		return w.showCalibration(c, sc, in, err)
	}
	w.site.Say(c, "success", done)
	return web.SeeOther(c, calibrationAddress(call, id, ""))
}

// sent reads what is sent about a calibration. Fault: NotFound where it is not of the call of its address, or must not be known.
func (w *Web) sent(c *fiber.Ctx, sc tenants.Scope) (call ids.Call, id ids.Calibration, form web.Form, err error) {
	if call, err = parseCall(c); err != nil {
		return call, id, form, err
	}
	if id, err = parseCalibration(c); err != nil {
		return call, id, form, err
	}
	if form, err = web.ReadForm(c); err != nil {
		return call, id, form, err
	}
	b, err := w.service.calibrationBoard(c.UserContext(), sc, id) // which shows nobody the reference
	if err == nil && b.Call != call {
		err = fault.NotFound()
	}
	return call, id, form, err
}

// turning does something without words to a calibration, and goes on to its page.
func (w *Web) turning(c *fiber.Ctx, sc tenants.Scope, do func(id ids.Calibration, form web.Form) (done string, err error)) error {
	call, id, form, err := w.sent(c, sc)
	if err != nil {
		return err
	}
	done, err := do(id, form)
	next := calibrationAddress(call, id, "")
	if err == nil && done == "selection.calibration.discarded" {
		next = address(call, "calibration")
	}
	return w.said(c, err, done, next)
}

func (w *Web) requireCalibration(c *fiber.Ctx, sc tenants.Scope) error {
	return w.turning(c, sc, func(id ids.Calibration, form web.Form) (string, error) {
		required := form.Raw("required") == "yes"
		done := "selection.calibration.not_required_now"
		if required {
			done = "selection.calibration.required_now"
		}
		return done, w.service.RequireCalibration(c.UserContext(), sc, id, required)
	})
}

func (w *Web) closeCalibration(c *fiber.Ctx, sc tenants.Scope) error {
	return w.turning(c, sc, func(id ids.Calibration, _ web.Form) (string, error) {
		return "selection.calibration.closed_now", w.service.CloseCalibration(c.UserContext(), sc, id)
	})
}

func (w *Web) discardCalibration(c *fiber.Ctx, sc tenants.Scope) error {
	return w.turning(c, sc, func(id ids.Calibration, _ web.Form) (string, error) {
		return "selection.calibration.discarded", w.service.DiscardCalibration(c.UserContext(), sc, id)
	})
}

func (w *Web) askForScores(c *fiber.Ctx, sc tenants.Scope) error {
	return w.turning(c, sc, func(id ids.Calibration, form web.Form) (string, error) {
		var one ids.Person
		if text := form.Raw("person"); text != "" {
			var err error
			if one, err = ids.Parse[ids.Person](text); err != nil {
				return "", fault.NotFound()
			}
		}
		asked, err := w.service.AskForScores(c.UserContext(), sc, id, one)
		if err == nil && asked == 0 {
			return "", fault.Conflict("selection.calibration.asked_today")
		}
		return "selection.calibration.asked", err
	})
}

func (w *Web) refer(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, form, err := w.sent(c, sc)
	if err != nil {
		return err
	}
	in := sampling{Marks: readWriting(form)}
	if in.Marks.Clashes, err = w.service.Refer(c.UserContext(), sc, id, in.Marks.Typed); err == nil && len(in.Marks.Clashes) > 0 {
		err = fault.Conflict("selection.calibration.reference_clash")
	}
	if err != nil {
		return w.showCalibration(c, sc, in, err)
	}
	w.site.Say(c, "success", "selection.calibration.reference_saved")
	return web.SeeOther(c, calibrationAddress(call, id, "")+"#reference")
}
