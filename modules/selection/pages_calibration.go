package selection

import (
	"math"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/selection/reviewers"
)

func earlierCalls(p ui.Page, calls []Call) []ui.Option {
	all := make([]ui.Option, len(calls))
	for i := range calls {
		all[i] = ui.Option{Value: calls[i].ID.String(), Label: calls[i].Name(p.Loc.Locale)}
	}
	return all
}

func sourceOptions(p ui.Page, sources []Source) []ui.Option {
	all := make([]ui.Option, len(sources))
	for i, s := range sources {
		all[i] = ui.Option{Value: s.Application.ID.String(), Label: s.Application.Heading()}
		if s.Excused > 0 {
			all[i].Label += " (" + p.N("selection.calibration.excused_count", s.Excused) + ")"
		}
	}
	return all
}

func languageChosen(call Call, in preparing) string {
	if in.Language == "" && len(call.Locales) > 0 {
		return string(call.Locales[0])
	}
	return in.Language
}

func sampleTitle(p ui.Page, c Calibration) string {
	if c.Title == "" {
		return p.T("selection.calibration.sample")
	}
	return c.Title
}

// prior is what a call asks of its reviewers before they open their first application.
type prior struct {
	Trainings    []reviewers.Trained
	Calibrations []Calibrating
}

// Due reports whether something of it stands before the application.
func (p *prior) Due() bool {
	return slices.ContainsFunc(p.Trainings, func(t reviewers.Trained) bool { return t.Due() }) || slices.ContainsFunc(p.Calibrations, func(c Calibrating) bool { return c.Due() })
}

// sampleTyped is what stands in the form of a sample: what was just typed, where that fits, else what is kept.
func sampleTyped(b CalibrationBoard, in sampling) Sample {
	if in.Sample != nil && len(in.Sample.Texts) == len(b.Passages) {
		return *in.Sample
	}
	kept := Sample{Title: b.Title}
	for _, one := range b.Passages {
		kept.Texts = append(kept.Texts, one.Text)
	}
	return kept
}

func passageLabel(one Passage) string {
	if one.Label == "" {
		return one.Section
	}
	return one.Label
}

// rowsFor is how high an input is so that what stands in it can be read through.
func rowsFor(text string) int { return min(3+strings.Count(text, "\n")+len(text)/80, 14) }

func calibrationTone(s CalibrationState) string {
	switch s {
	case CalibrationOpen:
		return "success"
	case CalibrationPreparing:
		return "info"
	default:
		return "neutral"
	}
}

func calibrationLabels(p ui.Page, b CalibrationBoard) []string {
	all := append(sampleLabels(p, b.About), "title", p.T("selection.calibration.sample_title"), "checked", p.T("selection.calibration.checked"))
	for i, one := range b.Passages {
		all = append(all, passageInput(i), passageLabel(one))
	}
	return all
}

// sampleDesk lays a sample on the desk on which reviews are written, so that both are scored by the same form.
func sampleDesk(call Call, s Scoring) Desk {
	return Desk{Queued: Queued{Review: Review{ID: s.ID, State: ReviewOpen, Marks: s.Marks}, Call: call}}
}

func sampleLabels(p ui.Page, call Call) []string { return labels(p, sampleDesk(call, Scoring{})) }

// sampleFields are the criteria of the form by which a sample is scored: words are up to whoever does.
func sampleFields(p ui.Page, call Call, s Scoring, in writing, f *fault.Fault) []criterionField {
	all := fieldsOf(p, sampleDesk(call, s), in, f)
	for i := range all {
		all[i].Optional, all[i].Words = true, p.T("selection.calibration.reasons")
	}
	return all
}

func sampleAutosave(p ui.Page, v Calibrating) templ.Attributes {
	return forms.Autosave(p, v.ID.String(), forms.Addresses{Save: calibratingAddress(v.ID, "marks"), SignIn: "/sign-in"})
}

// difference writes a difference with its sign; nothing where there is none.
func difference(p ui.Page, x *float64) string {
	switch {
	case x == nil:
		return "–"
	case math.Abs(*x) < 0.05:
		return p.Loc.Decimal(0, 1)
	case *x < 0:
		return "−" + p.Loc.Decimal(-*x, 1)
	default:
		return "+" + p.Loc.Decimal(*x, 1)
	}
}

func criterionName(p ui.Page, call Call, k blueprints.Criterion) string {
	return k.Name.String(p.Loc.Locale, call.Locales...)
}

func feedbackLabel(p ui.Page, c criterionField) string {
	if c.Words != "" {
		return c.Words
	}
	return p.T("selection.mark.feedback")
}
