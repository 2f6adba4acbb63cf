package selection

import (
	"math"
	"strconv"

	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/selection/figures"
	"kervan/modules/solver/agreement"
)

// namedMeasure is one measure with its name.
type namedMeasure struct {
	Name string
	agreement.Measure
	Plain string // its name where there is room for it only
}

// alphas are Krippendorff's, the one that fits first.
func alphas(p ui.Page, m Measured) []namedMeasure {
	a := m.Report.Alpha
	level := func(key string, x agreement.Measure) namedMeasure {
		name := p.T("selection.agreement.level." + key)
		return namedMeasure{Name: p.T("selection.agreement.alpha", "Level", name), Measure: x, Plain: name}
	}
	interval, ordinal := level("interval", a.Interval), level("ordinal", a.Ordinal)
	rest := []namedMeasure{level("nominal", a.Nominal), level("ratio", a.Ratio)}
	if m.Criterion == nil {
		return append([]namedMeasure{interval, ordinal}, rest...)
	}
	return append([]namedMeasure{ordinal, interval}, rest...)
}

// correlations are the intraclass correlations: of one review first, with reviewers of their own for each application as they
// mostly have them, and then those that need every reviewer for every application.
func correlations(p ui.Page, m Measured) []namedMeasure {
	c := m.Report.ICC
	name := func(form string) string { return p.T("selection.agreement.icc", "Form", form) }
	return []namedMeasure{
		{Name: p.T("selection.agreement.one_way"), Measure: m.OneWay},
		{Name: name("1"), Measure: c.One},
		{Name: name("2"), Measure: c.Two},
		{Name: name("3"), Measure: c.Three},
		{Name: name("1k"), Measure: c.OneK},
		{Name: name("2k"), Measure: c.TwoK},
		{Name: name("3k"), Measure: c.ThreeK},
	}
}

func measuredName(p ui.Page, a Agreement, m Measured) string {
	if m.Criterion == nil {
		return p.T("selection.agreement.totals")
	}
	return m.Criterion.Name.String(p.Loc.Locale, a.Call.Locales...)
}

// measureText is the number, or a dash where there is none.
func measureText(p ui.Page, m agreement.Measure) string {
	if m.Why != "" {
		return "–"
	}
	return p.Loc.Decimal(m.Value, 2)
}

// whyText says why a measure has no number.
func whyText(p ui.Page, m agreement.Measure) string {
	key := map[string]string{whyNoPairs: "no_pairs", whyEqual: "equal", whyOneRater: "one_rater", whyNoUnits: "no_units", whyFlat: "flat"}[m.Why]
	if key == "" {
		key = "other"
	}
	return p.T("selection.agreement.why." + key)
}

// The bounds of alpha that are usual: conclusions are sound from the upper one on, and tentative from the lower (K. Krippendorff,
// "Content Analysis", 4th edition, 2019, chapter 12).
const (
	soundAlpha     = 0.8
	tentativeAlpha = 0.667
)

// readingOf says what a value of alpha means.
func readingOf(p ui.Page, m agreement.Measure) string {
	switch {
	case m.Why != "":
		return whyText(p, m)
	case m.Value >= soundAlpha:
		return p.T("selection.agreement.reading.sound")
	case m.Value >= tentativeAlpha:
		return p.T("selection.agreement.reading.tentative")
	case m.Value > 0:
		return p.T("selection.agreement.reading.low")
	default:
		return p.T("selection.agreement.reading.chance")
	}
}

func solveHref(a Agreement, what string, m Measured) string {
	href := address(a.Call.ID, a.path) + "/" + what
	if m.Key() != "" {
		href += "?of=" + m.Key()
	}
	return href
}

// signed writes a difference with its sign.
func signed(p ui.Page, x float64) string {
	if x > figures.Hair {
		return "+" + points(p, x)
	}
	return points(p, x)
}

// intervals is the scale on which reviewers' effects are drawn: from the same distance below and above nothing.
type intervals struct{ reach float64 }

// errorsShown is how many standard errors an interval reaches to either side.
const errorsShown = 2

func intervalsOf(a figures.Adjustment) intervals {
	reach := 1.0
	for _, h := range a.Habits {
		reach = max(reach, math.Abs(h.Effect)+errorsShown*h.Error)
	}
	return intervals{reach}
}

func (i intervals) x(effect float64) string {
	return strconv.FormatFloat(50+50*effect/i.reach, 'f', 2, 64)
}

func treatment(p ui.Page, h figures.Habit) string {
	if h.Rescaled {
		return p.T("selection.agreement.rescaled")
	}
	if !h.Compared() {
		return p.T("selection.agreement.untouched")
	}
	return p.T("selection.agreement.shifted")
}

func habitTable(p ui.Page, a Agreement) sheets.Table {
	t := sheets.Table{Name: p.T("selection.agreement.severity"), Columns: []string{
		p.T("selection.board.reviewer"), p.T("selection.reviews"), p.T("selection.mean"), p.T("selection.agreement.deviation"), p.T("selection.agreement.effect"),
		p.T("selection.agreement.error"), p.T("selection.agreement.group"), p.T("selection.agreement.treatment"),
	}}
	for _, h := range a.Adjustment.Habits {
		row := []any{nameIn(p, a.Names, h.Person), h.Reviews, h.Mean, nil, nil, nil, h.Group + 1, treatment(p, h)}
		if h.Reviews > 1 {
			row[3] = h.Deviation
		}
		if h.Compared() {
			row[4] = h.Effect
		}
		if h.Error > 0 {
			row[5] = h.Error
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func measureTable(p ui.Page, a Agreement) sheets.Table {
	t := sheets.Table{Name: p.T("selection.agreement.title"), Columns: []string{
		p.T("selection.agreement.of"), p.T("selection.agreement.compared"), p.T("selection.agreement.measure"), p.T("selection.agreement.value"), p.T("selection.agreement.reason"),
	}}
	for _, m := range a.Measured {
		if !m.Enough() {
			continue
		}
		for _, one := range append(alphas(p, m), correlations(p, m)...) {
			row := []any{measuredName(p, a, m), m.Compared, one.Name, nil, nil}
			if one.Why == "" {
				row[3] = one.Value
			} else {
				row[4] = whyText(p, one.Measure)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// binName is what a bar of the distribution counts.
func binName(p ui.Page, i int) string {
	return p.T("selection.agreement.bin", "From", p.Loc.Int(10*i), "To", p.Loc.Int(10*i+10))
}

// share is how long the bar of so many is beside the longest, of 100.
func share(n int, all [10]int) string {
	most := 1
	for _, x := range all {
		most = max(most, x)
	}
	return strconv.FormatFloat(100*float64(n)/float64(most), 'f', 1, 64)
}
