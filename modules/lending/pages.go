package lending

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
)

func tone(s State) string {
	switch s {
	case Agreed:
		return "success"
	case Waiting:
		return "info"
	case Refused:
		return "warning"
	case Withdrawn, Lapsed:
		return "neutral"
	}
	return "neutral"
}

func stageTone(l *Loan) string {
	switch l.Stage {
	case Accepted:
		return "success"
	case Asked:
		return "info"
	case Declined, Late:
		return "warning"
	case Dropped, Ended:
		return "neutral"
	}
	return "neutral"
}

// stage is where a loan stands, in words. The asking network sees the work of its reviewers on its own pages, which leave out what
// the reader must not know of.
func stage(p ui.Page, l *Loan) string {
	if l.Finished() {
		return p.T("lending.stage.finished")
	}
	return p.T("lending.stage." + string(l.Stage))
}

// lentName is who is lent, as far as that is known.
func lentName(p ui.Page, l *Loan) string {
	if l.Forgotten() {
		return p.N("lending.forgotten", Kept)
	}
	return l.Name
}

func topicOptions(all []forms.Option, l i18n.Locale, chosen []string) []ui.Option {
	options := make([]ui.Option, len(all))
	for i, o := range all {
		options[i] = ui.Option{Value: o.Value, Label: o.Label.String(l), Selected: slices.Contains(chosen, o.Value)}
	}
	return options
}

func topicNames(all []forms.Option, l i18n.Locale, keys []string) string {
	var names []string
	for _, o := range all {
		if slices.Contains(keys, o.Value) {
			names = append(names, o.Label.String(l))
		}
	}
	return strings.Join(names, ", ")
}

func inWords(l i18n.Locale, codes []string, name func(i18n.Locale, string) string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = name(l, code)
	}
	i18n.Sort(l, names, func(name string) string { return name })
	return strings.Join(names, ", ")
}

func languageOptions(l i18n.Locale) []ui.Option {
	all := forms.LanguageNames(l)
	options := make([]ui.Option, len(all))
	for i, one := range all {
		options[i] = ui.Option{Value: one.Code, Label: one.Name}
	}
	return options
}

func networkOptions(all []tenants.Tenant) []ui.Option {
	options := make([]ui.Option, len(all))
	for i, t := range all {
		options[i] = ui.Option{Value: t.ID.String(), Label: t.Name}
	}
	return options
}

func valueAt(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

func askLabels(p ui.Page) []string {
	return []string{
		"lender", p.T("lending.ask.lender"), "wanted", p.T("lending.ask.wanted"), "reviews", p.T("lending.ask.reviews"), "topic", p.T("lending.ask.topics"),
		"language", p.T("lending.ask.languages"), "due", p.T("lending.ask.due"), "message", p.T("lending.ask.message"),
	}
}

// knowledge is what somebody knows, in one line.
func knowledge(p ui.Page, topics []forms.Option, of, languages, countries []string) string {
	var parts []string
	for _, part := range []string{
		topicNames(topics, p.Loc.Locale, of), inWords(p.Loc.Locale, languages, forms.LanguageName), inWords(p.Loc.Locale, countries, forms.CountryName),
	} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

// terms are what is asked.
func terms(p ui.Page, topics []forms.Option, q *Request) []ui.Term {
	all := []ui.Term{
		{Label: p.T("lending.ask.wanted"), Text: p.Loc.Int(q.Wanted)},
		{Label: p.T("lending.ask.reviews"), Text: p.Loc.Int(q.Reviews)},
		{Label: p.T("lending.ask.due"), Text: p.Loc.DateTimeIn(q.Due, i18n.Zone(q.Zone))},
	}
	if len(q.Topics) > 0 {
		all = append(all, ui.Term{Label: p.T("lending.ask.topics"), Text: topicNames(topics, p.Loc.Locale, q.Topics)})
	}
	if len(q.Languages) > 0 {
		all = append(all, ui.Term{Label: p.T("lending.ask.languages"), Text: inWords(p.Loc.Locale, q.Languages, forms.LanguageName)})
	}
	return all
}

// lineColumns are what the core reads of the lending of two networks.
func lineColumns(p ui.Page) []string {
	return []string{
		p.T("lending.core.asker"), p.T("lending.core.lender"), p.T("lending.core.requests"), p.T("lending.state.waiting"), p.T("lending.core.lent"),
		p.T("lending.core.reviewing"), p.T("lending.core.done"),
	}
}

func lineList(p ui.Page, total int) ui.List {
	l := ui.List{Path: "/loans", TotalOf: "lending.core.pairs", Total: total, First: true, Exports: true}
	for i, label := range lineColumns(p) {
		l.Columns = append(l.Columns, ui.Column{Label: label, Numeric: i > 1})
	}
	return l
}

// linesSheet is that list as a file, with how many reviews were given to those who are lent beside how many they have finished.
func linesSheet(p ui.Page, all []Line, names map[ids.Tenant]string) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: append(lineColumns(p), p.T("lending.core.given"))}
	for _, l := range all {
		t.Rows = append(t.Rows, []any{names[l.Asker], names[l.Lender], l.Requests, l.Waiting, l.Lent, l.Reviewing, l.Finished, l.Given})
	}
	return t
}

func firstDue(now time.Time, zone string) string {
	return now.In(i18n.Zone(zone)).AddDate(0, 0, 21).Format(time.DateOnly)
}

// people are those who could be named, those whose topics and languages fit best on top.
func people(p ui.Page, topics []forms.Option, v *Received, chosen []string) []ui.Option {
	fit := func(r *Reviewer) int {
		n := 0
		for _, t := range v.Topics {
			if slices.Contains(r.Topics, t) {
				n++
			}
		}
		for _, l := range v.Languages {
			if slices.Contains(r.Languages, l) {
				n += 2
			}
		}
		return n
	}
	sorted := slices.Clone(v.People)
	slices.SortStableFunc(sorted, func(a, b Reviewer) int { return fit(&b) - fit(&a) })
	options := make([]ui.Option, len(sorted))
	for i := range sorted {
		r := &sorted[i]
		hints := []string{knowledge(p, topics, r.Topics, r.Languages, r.Countries)}
		if r.Owed > 0 {
			hints = append(hints, p.N("lending.owed", r.Owed))
		}
		options[i] = ui.Option{Value: r.Person.String(), Label: r.Name, Hint: strings.Join(hints, " · "), Selected: slices.Contains(chosen, r.Person.String())}
	}
	return options
}
