package applications

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

func documentHref(d forms.PrintDocument) string { return "/documents/" + d.ID.String() }

// checkable reports whether a row of the list can be found eligible from there: nothing speaks against it.
func (l *Listing) checkable(o *Overview) bool {
	return o.State != Ineligible && o.Checkable(time.Now(), o.Until) && !l.Judgment(o).Contradicts()
}

func (l *Listing) anyCheckable() bool {
	for i := range l.Rows {
		if l.checkable(&l.Rows[i]) {
			return true
		}
	}
	return false
}

func dossierFacts(p ui.Page, d Dossier) []ui.Term {
	state := d.State
	if d.Own {
		state = d.ForApplicants()
	}
	terms := []ui.Term{
		{Label: p.T("applications.state"), Component: stateBadge(p, state)},
		{Label: p.T("applications.submitted_at"), Component: ui.Deadline(p, d.Submission.At, zone(d.Call))},
	}
	if d.State == Returned {
		terms = append(terms, ui.Term{Label: p.T("applications.papers.due"), Component: ui.Deadline(p, d.PapersDue, zone(d.Call))}, ui.Term{Label: p.T("applications.papers.what"), Text: d.Papers})
	}
	if d.State == Ineligible && !d.Own {
		for _, r := range d.Call.Eligibility {
			if slices.Contains(d.Failed, r.Key) {
				terms = append(terms, ui.Term{Label: p.T("applications.check.reasons"), Text: r.Name.String(p.Loc.Locale, d.Call.Locales...)})
			}
		}
	}
	return terms
}

// dossierTitle are the organizations that apply; for who is not to know them, the number.
func dossierTitle(p ui.Page, d Dossier) string {
	if d.Veiled {
		return p.T("applications.veiled.title", "Number", d.Number)
	}
	return d.Name()
}

// partHeading is the organization whose part it is; for who is not to know it, its seat.
func partHeading(p ui.Page, d Dossier, part Part) string {
	if d.Veiled {
		return seatName(p, d.Call, part.Seat)
	}
	return d.Organizations[part.Organization].Name
}

func reasonOptions(p ui.Page, d Dossier, chosen []string) []ui.Option {
	var all []ui.Option
	for _, r := range d.Call.Eligibility {
		all = append(all, ui.Option{Value: r.Key, Label: r.Name.String(p.Loc.Locale, d.Call.Locales...), Selected: slices.Contains(chosen, r.Key)})
	}
	return all
}

// chosenReasons are those that were ticked, or, to be corrected, those of the finding; at first those that the answers do
// not meet.
func chosenReasons(d Dossier, v checking) []string {
	switch {
	case v.Fault == nil && d.State == Ineligible:
		return d.Failed
	case v.Fault == nil:
		return failed(d.Findings)
	}
	return v.Form.All("failed")
}

func askedName(sheet ids.Sheet, question string) string { return sheet.String() + ":" + question }

// questionOptions are the questions of a section that were asked and may be asked for again; those that are asked for
// already are ticked.
func questionOptions(p ui.Page, d Dossier, v checking, sheet ids.Sheet, section *forms.Section) []ui.Option {
	sight := forms.See(d.Definition, section.Scope, d.Filled[sheet].Answers)
	var all []ui.Option
	for i := range section.Questions {
		q := &section.Questions[i]
		if !q.Type.Asks() || section.Repeat == nil && !sight.Question(q.Key) || d.Look.Conceals(d.Definition, q.Key) {
			continue
		}
		all = append(all, ui.Option{
			Value: askedName(sheet, q.Key), Label: q.Label.String(p.Loc.Locale, d.Call.Locales...),
			Selected: slices.Contains(v.Form.All("asked"), askedName(sheet, q.Key)) || v.Fault == nil && slices.Contains(d.Asked[sheet], q.Key),
		})
	}
	return all
}

func anyAsked(v checking, sheet ids.Sheet) bool {
	return slices.ContainsFunc(v.Form.All("asked"), func(one string) bool { return strings.HasPrefix(one, sheet.String()+":") })
}

// verdictText is what a row says of eligibility, with the tone of its badge; empty where there is nothing to say.
func verdictText(p ui.Page, j Judgment) (text, tone string) {
	if j.Verdict == "" {
		return "", ""
	}
	tones := map[Verdict]string{Fit: "success", Unfit: "danger", Unsettled: "neutral"}
	text = p.T("applications.verdict." + string(j.Verdict))
	if !j.Checked && j.Verdict != Unsettled {
		text += " " + p.T("applications.verdict.by_rules")
	}
	return text, tones[j.Verdict]
}

func reasonNames(p ui.Page, o *Overview, j Judgment) string {
	names := make([]string, len(j.Reasons))
	for i, r := range j.Reasons {
		names[i] = r.Name.String(p.Loc.Locale, o.Call.Locales...)
	}
	return strings.Join(names, "; ")
}

// verdictTabs lead to each verdict, with how many there are.
func verdictTabs(p ui.Page, l ui.List, counts map[Verdict]int) []ui.Tab {
	chosen, all := l.Query.Get("eligibility"), 0
	var tabs []ui.Tab
	for _, v := range Verdicts {
		all += counts[v]
		tabs = append(tabs, ui.Tab{
			Label: p.T("applications.verdict."+string(v)) + " (" + p.Loc.Int(counts[v]) + ")", Href: l.With("eligibility", string(v)), Current: chosen == string(v),
		})
	}
	return append([]ui.Tab{{Label: p.T("applications.verdict.all"), Href: l.With("eligibility", ""), Current: chosen == ""}}, tabs...)
}

func listOf(p ui.Page, query url.Values, found Listing) ui.List {
	l := ui.List{
		Path: "/applications", Query: query, Search: p.T("applications.list.search"), Total: found.Total, TotalOf: "applications.list.total",
		Columns: []ui.Column{
			{Label: p.T("applications.number"), Sort: "number"},
			{Label: p.T("applications.organizations")},
			{Label: p.T("applications.call")},
			{Label: p.T("applications.state")},
			{Label: p.T("applications.verdict")},
			{Label: p.T("applications.submitted_at"), Sort: "submitted"},
		},
	}
	var states, called []ui.Option
	for _, s := range States {
		if s != Draft {
			states = append(states, ui.Option{Value: string(s), Label: p.T("applications.state." + string(s))})
		}
	}
	for _, c := range found.Calls {
		called = append(called, ui.Option{Value: c.ID.String(), Label: c.Name(p.Loc.Locale)})
	}
	var verdicts []ui.Option
	for _, v := range Verdicts {
		verdicts = append(verdicts, ui.Option{Value: string(v), Label: p.T("applications.verdict." + string(v))})
	}
	l.Filters = []ui.Field{{Name: "call", Label: p.T("applications.call"), Options: called}, {Name: "state", Label: p.T("applications.state"), Options: states}, {Name: "eligibility", Label: p.T("applications.verdict"), Options: verdicts}}
	return l
}

func table(p ui.Page, l Listing) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("applications.number"), p.T("applications.organizations"), p.T("applications.countries"), p.T("applications.call"), p.T("applications.state"),
		p.T("applications.verdict"), p.T("applications.check.reasons"), p.T("applications.submitted_at"),
	}}
	for i := range l.Rows {
		o := &l.Rows[i]
		j := l.Judgment(o)
		verdict, _ := verdictText(p, j)
		t.Rows = append(t.Rows, []any{o.Number, o.Name(), countries(p, o), o.Call.Name(p.Loc.Locale), p.T("applications.state." + string(o.State)), verdict, reasonNames(p, o, j), o.SubmittedAt})
	}
	return t
}

func countries(p ui.Page, o *Overview) string {
	var names []string
	for _, part := range o.Parts {
		if !part.Organization.IsZero() {
			names = append(names, forms.CountryName(p.Loc.Locale, part.Of(o.Organizations[part.Organization]).Country))
		}
	}
	return strings.Join(names, ", ")
}
