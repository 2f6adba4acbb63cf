package selection

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// rankingView is a panel's ranking, found and ordered.
type rankingView struct {
	Panel
	May    ways
	List   ui.List
	Rows   []Ranked
	Ticked []string
	Fault  *fault.Fault
}

// Deciding reports whether the reader can decide now.
func (v *rankingView) Deciding() bool { return v.May.Decide && v.Panel.List.May(Decide) }

func rankingOf(p ui.Page, panel Panel, values url.Values, may ways) rankingView {
	v := rankingView{Panel: panel, May: may}
	for _, r := range panel.Ranked {
		if matches(&r.Application, values) && decidedAs(r, values.Get("outcome")) && reviewedAs(r, values.Get("reviews")) {
			v.Rows = append(v.Rows, r)
		}
	}
	order := map[string]func(a, b Ranked) int{
		"mean":     func(a, b Ranked) int { return cmp.Compare(a.Rank.Mean, b.Rank.Mean) },
		"number":   func(a, b Ranked) int { return strings.Compare(a.Number, b.Number) },
		"spread":   func(a, b Ranked) int { return cmp.Compare(a.Rank.Spread(), b.Rank.Spread()) },
		"reviews":  func(a, b Ranked) int { return a.Rank.Reviews - b.Rank.Reviews },
		"adjusted": func(a, b Ranked) int { return cmp.Compare(a.Adjusted, b.Adjusted) },
	}[values.Get("sort")]
	if order != nil && (values.Get("sort") != "adjusted" || panel.Adjusted) {
		slices.SortStableFunc(v.Rows, func(a, b Ranked) int {
			if values.Get("desc") != "" {
				return order(b, a)
			}
			return order(a, b)
		})
	}
	v.List = ui.List{
		Path: address(panel.Call.ID, "ranking"), Query: values, Search: p.T("selection.search"), Total: len(v.Rows), TotalOf: "selection.total", Exports: true, First: true,
		Filters: []ui.Field{
			{Name: "country", Label: p.T("selection.country"), Options: countryOptions(p, panel)},
			{Name: "reviews", Label: p.T("selection.reviews"), Options: []ui.Option{{Value: "complete", Label: p.T("selection.need.complete")}, {Value: "running", Label: p.T("selection.need.incomplete")}}},
			{Name: "outcome", Label: p.T("selection.decision"), Options: outcomeOptions(p)},
		},
		Columns: rankingColumns(p, v.Deciding(), panel.Adjusted), Empty: len(v.Rows) == 0,
	}
	return v
}

func rankingColumns(p ui.Page, deciding, adjusted bool) []ui.Column {
	all := []ui.Column{
		{Label: p.T("selection.band")},
		{Label: p.T("selection.application"), Sort: "number"},
		{Label: p.T("selection.mean"), Sort: "mean", Numeric: true},
		{Label: p.T("selection.spread"), Sort: "spread"},
		{Label: p.T("selection.reviews"), Sort: "reviews"},
		{Label: p.T("selection.decision")},
	}
	if adjusted {
		all = slices.Insert(all, 3, ui.Column{Label: p.T("selection.agreement.adjusted"), Sort: "adjusted", Numeric: true})
	}
	if deciding {
		all = slices.Insert(all, 0, ui.Column{Label: p.T("selection.choose")})
	}
	return all
}

func decidedAs(r Ranked, outcome string) bool {
	return outcome == "" || outcome == "none" && r.Decision == nil || string(r.Outcome()) == outcome
}

func reviewedAs(r Ranked, reviews string) bool {
	return reviews == "" || (reviews == "complete") == r.Progress.Complete()
}

func outcomeOptions(p ui.Page) []ui.Option {
	var all []ui.Option
	for _, o := range Outcomes {
		all = append(all, ui.Option{Value: string(o), Label: outcomeName(p, o)})
	}
	return append(all, ui.Option{Value: "none", Label: outcomeName(p, "")})
}

func countryOptions(p ui.Page, panel Panel) []ui.Option {
	var all []ui.Option
	seen := map[string]bool{}
	for _, r := range panel.Ranked {
		for _, o := range r.Organizations {
			if !seen[o.Country] {
				seen[o.Country] = true
				all = append(all, ui.Option{Value: o.Country, Label: forms.CountryName(p.Loc.Locale, o.Country)})
			}
		}
	}
	i18n.Sort(p.Loc.Locale, all, func(o ui.Option) string { return o.Label })
	return all
}

// chosenCountries are the countries of the selected, the most frequent first, for whoever watches the balance.
func chosenCountries(p ui.Page, t Tally) []ui.Stat {
	var all []ui.Option
	for code := range t.Countries {
		all = append(all, ui.Option{Value: code, Label: forms.CountryName(p.Loc.Locale, code)})
	}
	i18n.Sort(p.Loc.Locale, all, func(o ui.Option) string { return o.Label })
	slices.SortStableFunc(all, func(a, b ui.Option) int { return t.Countries[b.Value] - t.Countries[a.Value] })
	stats := make([]ui.Stat, len(all))
	for i, o := range all {
		stats[i] = ui.Stat{Value: p.Loc.Int(t.Countries[o.Value]), Label: o.Label}
	}
	return stats
}

// regionsTold is how many regions a quota is told by where there is little room.
const regionsTold = 3

// quotaName is what a quota goes by.
func quotaName(p ui.Page, q blueprints.Quota) string {
	switch side, _ := q.Side(); side {
	case blueprints.SideRegion:
		return q.RegionNames(p.Loc, regionsTold)
	case blueprints.SideKind:
		return blueprints.LegalForm(p.Loc.Locale, q.Kind)
	case blueprints.SideFirst:
		return p.T("selection.quota.first")
	case blueprints.SideTopic:
		return q.Name.String(p.Loc.Locale, i18n.All...)
	default:
		return forms.CountryName(p.Loc.Locale, q.Country)
	}
}

// quotaOf is how far a quota is used.
func quotaOf(p ui.Page, u blueprints.Taken) string {
	args := []any{"Name", quotaName(p, u.Quota), "Count", p.Loc.Int(u.Count), "Least", p.Loc.Int(u.Least), "Most", p.Loc.Int(u.Most)}
	switch {
	case u.Least == 0:
		return p.T("selection.quota.of", args...)
	case u.Most == 0:
		return p.T("selection.quota.of_least", args...)
	default:
		return p.T("selection.quota.of_between", args...)
	}
}

// quotaNames are the quotas for which an application counts, but for those of countries, which stand beside it anyway, and whether
// those of regions cannot be sure.
func quotaNames(p ui.Page, call Call, a Application) []string {
	var names []string
	for _, side := range blueprints.Ranged {
		for _, q := range blueprints.By(side, call.Quotas) {
			if q.Of(a.counted()) {
				names = append(names, quotaName(p, q))
			}
		}
	}
	if a.unplaced(call.Quotas) {
		names = append(names, p.T("selection.quota.unplaced"))
	}
	return names
}

func tallyStats(p ui.Page, panel Panel) []ui.Stat {
	t := panel.Tally
	if panel.List.State == ListReleased {
		return []ui.Stat{
			{Value: p.T("selection.tally.of", "Count", p.Loc.Int(t.Held), "Places", p.Loc.Int(panel.Call.Places)), Label: p.T("selection.tally.held")},
			{Value: p.Loc.Int(t.Accepted), Label: p.T("selection.tally.accepted")},
			{Value: p.Loc.Int(t.Waiting), Label: p.T("selection.tally.waiting")},
			{Value: p.Loc.Int(t.Rejected), Label: p.T("selection.tally.rejected")},
		}
	}
	return []ui.Stat{
		{Value: p.T("selection.tally.of", "Count", p.Loc.Int(t.Selected), "Places", p.Loc.Int(panel.Call.Places)), Label: p.T("selection.tally.selected")},
		{Value: p.Loc.Int(t.Waiting), Label: p.T("selection.tally.waiting")},
		{Value: p.Loc.Int(t.Rejected), Label: p.T("selection.tally.rejected")},
		{Value: p.Loc.Int(t.Undecided), Label: p.T("selection.tally.undecided")},
	}
}

func outcomeName(p ui.Page, o events.Outcome) string {
	if o == "" {
		return p.T("selection.outcome.none")
	}
	return p.T("selection.outcome." + string(o))
}

func outcomeTone(o events.Outcome) string {
	switch o {
	case events.OutcomeSelected:
		return "success"
	case events.OutcomeWaiting:
		return "warning"
	default:
		return "neutral"
	}
}

// decisionBadge is what is decided, or after the release what has become of it.
func decisionBadge(p ui.Page, r Ranked, now time.Time) (text, tone string) {
	if r.Decision == nil {
		return outcomeName(p, ""), "neutral"
	}
	state := r.Decision.At(now)
	if state == DecisionDraft {
		text = outcomeName(p, r.Outcome())
		if r.Waiting > 0 {
			text += " " + p.Loc.Int(r.Waiting)
		}
		return text, outcomeTone(r.Outcome())
	}
	if r.Decision.Revoked() {
		return p.T("selection.decision_state.revoked"), "danger"
	}
	tones := map[DecisionState]string{
		DecisionOffered: "info", DecisionConditional: "info", DecisionAccepted: "success", DecisionWaiting: "warning", DecisionDeclined: "danger", DecisionLapsed: "danger",
	}
	return p.T("selection.decision_state." + string(state)), tones[state]
}

func rankingTable(p ui.Page, v rankingView) sheets.Table {
	t := sheets.Table{Name: p.T("selection.ranking.title"), Columns: []string{
		p.T("selection.band"), p.T("selection.number"), p.T("selection.organizations"), p.T("selection.countries"), p.T("selection.mean"), p.T("selection.reviews"),
		p.T("selection.lowest"), p.T("selection.highest"), p.T("selection.spread"), p.T("selection.board.progress"), p.T("selection.decision"),
	}}
	thresholds := v.Panel.Call.Review.TotalThreshold > 0 || slices.ContainsFunc(v.Panel.Call.Criteria, func(k blueprints.Criterion) bool { return k.Threshold > 0 })
	counts := len(v.Panel.Call.Quotas) > len(blueprints.By(blueprints.SideCountry, v.Panel.Call.Quotas))
	if counts {
		t.Columns = append(t.Columns, p.T("selection.quota.title"))
	}
	if thresholds {
		t.Columns = append(t.Columns, p.T("selection.threshold.below"))
	}
	if v.Panel.Adjusted {
		t.Columns = append(t.Columns, p.T("selection.agreement.adjusted"))
	}
	for _, r := range v.Rows {
		progress, _ := progressText(p, r.Progress)
		decision, _ := decisionBadge(p, r, time.Now())
		row := []any{nil, r.Number, r.Name(), countries(p, &r.Application), nil, r.Rank.Reviews, nil, nil, nil, progress, decision}
		if r.Rank.Reviews > 0 {
			row[0], row[4], row[6], row[7], row[8] = r.Rank.Band, r.Rank.Mean, r.Rank.Low.Float(), r.Rank.High.Float(), r.Rank.Spread()
		}
		if counts {
			row = append(row, strings.Join(quotaNames(p, v.Panel.Call, *v.Panel.holding(&r.Application)), " · "))
		}
		if thresholds {
			row = append(row, strings.Join(belowNames(p, v.Panel.Call, r), ", "))
		}
		if v.Panel.Adjusted {
			var mean any
			if r.Rank.Reviews > 0 {
				mean = r.Adjusted
			}
			row = append(row, mean)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// belowNames are the names of the thresholds that an application misses: the total's, and those of criteria.
func belowNames(p ui.Page, call Call, r Ranked) []string {
	var names []string
	if r.TooLow {
		names = append(names, p.T("selection.review.total"))
	}
	for _, k := range call.Criteria {
		if slices.Contains(r.Below, k.Key) {
			names = append(names, k.Name.String(p.Loc.Locale, call.Locales...))
		}
	}
	return names
}

// decisionsView is the decision list with what can be done to it.
type decisionsView struct {
	Panel
	Ways  ways
	Names map[ids.Person]string
	Actor ids.Person
	Now   time.Time
	Fault *fault.Fault
}

// Of are the applications with an outcome, the waiting list in its order.
func (v *decisionsView) Of(outcome events.Outcome) []Ranked {
	var all []Ranked
	for _, r := range v.Ranked {
		if r.Outcome() == outcome {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b Ranked) int { return a.Waiting - b.Waiting })
	return all
}

// history tells who has done what to the list.
func (v *decisionsView) history(p ui.Page) []ui.Step {
	var steps []ui.Step
	add := func(key string, at time.Time, by ids.Person) {
		if !at.IsZero() {
			steps = append(steps, ui.Step{Title: p.T("selection.list_step." + key), When: p.Loc.ShortDateTime(at) + " · " + v.Names[by]})
		}
	}
	add("closed", v.List.ClosedAt, v.List.ClosedBy)
	add("signed", v.List.SignedAt, v.List.SignedBy)
	add("released", v.List.ReleasedAt, v.List.ReleasedBy)
	return steps
}

// pageWith is what the pages before a signature and a release show.
type pageWith struct {
	ui.Page
	Panel Panel
	Own   bool // the reader closed the list
}

func (p pageWith) letters() string { return "/outbox?status=held" }

// closingOf is what stands in the form at first: enough days to reply after a day to sign and release, and a waiting list
// that runs for two months more.
func closingOf(panel Panel, now time.Time) *closing {
	reply := panel.List.ReplyBy
	if !reply.After(now.AddDate(0, 0, panel.Call.Review.ReplyDays)) {
		reply = DueAt(now, panel.Call.Review.ReplyDays+2, zone(panel.Call))
	}
	in := &closing{Version: panel.List.Version, ReplyBy: string(i18n.DayOf(reply, zone(panel.Call)))}
	if panel.Tally.Waiting > 0 {
		until := panel.List.WaitingUntil
		if !until.After(reply) {
			until = DueAt(reply, 60, zone(panel.Call))
		}
		in.WaitingUntil = string(i18n.DayOf(until, zone(panel.Call)))
	}
	if until := panel.List.ClarifyUntil; until.After(now.AddDate(0, 0, LeastClarify)) {
		in.ClarifyUntil = string(i18n.DayOf(until, zone(panel.Call)))
	}
	return in
}

func listTone(s ListState) string {
	switch s {
	case ListOpen:
		return "info"
	case ListClosed:
		return "warning"
	default:
		return "success"
	}
}
