package partnerships

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/forms/expertise"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

func guidesList(p ui.Page, values url.Values, n int) ui.List {
	languages := forms.LanguageNames(p.Loc.Locale)
	spoken := make([]ui.Option, len(languages))
	for i, l := range languages {
		spoken[i] = ui.Option{Value: l.Code, Label: l.Name}
	}
	return ui.List{
		Path: "/facilitators", Query: values, Search: p.T("partnerships.guides.search"), Total: n, TotalOf: "partnerships.guides.total", Exports: true, First: true,
		Filters: []ui.Field{
			{Name: "topic", Label: p.T("forms.expertise.topics"), Options: expertise.TopicOptions(p.Loc.Locale, nil)},
			{Name: "language", Label: p.T("forms.expertise.languages"), Options: spoken},
		},
		Columns: []ui.Column{
			{Label: p.T("partnerships.guides.name"), Sort: "name"},
			{Label: p.T("partnerships.guides.knows")},
			{Label: p.T("partnerships.guides.now"), Sort: "now", Numeric: true},
			{Label: p.T("partnerships.guides.available")},
			{Label: p.T("partnerships.guides.ever"), Numeric: true},
		},
		Empty: n == 0,
	}
}

// guidesSheet is exactly what the page shows.
func guidesSheet(p ui.Page, rows []Facilitator) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("partnerships.guides.name"), p.T("partnerships.guides.email"), p.T("forms.expertise.topics"), p.T("forms.expertise.languages"), p.T("forms.expertise.countries"),
		p.T("partnerships.guides.now"), p.T("partnerships.profile.least"), p.T("partnerships.profile.most"), p.T("partnerships.profile.from"), p.T("partnerships.profile.to"),
		p.T("partnerships.guides.ever"), p.T("partnerships.guides.returned"), p.T("partnerships.profile.note"),
	}}
	l := p.Loc.Locale
	for i := range rows {
		f := &rows[i]
		row := []any{
			f.Name, f.Email, expertise.TopicNames(l, f.Topics), expertise.LanguageNames(l, f.Languages), expertise.CountryNames(l, f.Countries), f.Now, f.Least, nil,
			string(f.From), string(f.To), f.Ever, f.Returned, f.Note,
		}
		if f.Most > 0 {
			row[7] = f.Most
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// wanted says how many partnerships somebody wants to accompany at a time; empty: they have not said.
func wanted(p ui.Page, f *Profile) string {
	switch {
	case f.Most > 0 && f.Least == 0:
		return p.T("partnerships.guides.wants_most", "Most", p.Loc.Int(f.Most))
	case f.Most > 0:
		return p.T("partnerships.guides.wants", "Least", p.Loc.Int(f.Least), "Most", p.Loc.Int(f.Most))
	case f.Least > 0:
		return p.T("partnerships.guides.wants_least", "Least", p.Loc.Int(f.Least))
	}
	return ""
}

func shortDay(p ui.Page, day i18n.Day) string {
	t, err := time.ParseInLocation(time.DateOnly, string(day), p.Loc.Zone)
	if err != nil {
		return string(day)
	}
	return p.Loc.ShortDate(t)
}

// availability says when somebody can.
func availability(p ui.Page, f *Profile) string {
	from, to := shortDay(p, f.From), shortDay(p, f.To)
	switch {
	case from != "" && to != "":
		return p.T("partnerships.guides.from_to", "From", from, "To", to)
	case from != "":
		return p.T("partnerships.guides.from", "From", from)
	case to != "":
		return p.T("partnerships.guides.until", "To", to)
	}
	return p.T("partnerships.guides.always")
}

// reasonsText says why somebody suits a partnership.
func reasonsText(p ui.Page, reasons []Reason) string {
	l := p.Loc.Locale
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		switch r.Side {
		case SideTopic:
			texts[i] = p.T("partnerships.fit.topic", "What", expertise.TopicNames(l, r.Keys))
		case SideLanguage:
			texts[i] = p.T("partnerships.fit.language", "What", expertise.LanguageNames(l, r.Keys))
		case SideCountry:
			texts[i] = p.T("partnerships.fit.country", "What", expertise.CountryNames(l, r.Keys))
		}
	}
	if len(texts) == 0 {
		return p.T("partnerships.fit.none")
	}
	return strings.Join(texts, " · ")
}

func ofHundred(p ui.Page, affinity int) string {
	return p.Loc.Int((100*affinity + expertise.MostAffinity/2) / expertise.MostAffinity)
}

// companionOptions are those to choose from, with how well they suit and what speaks against them.
func companionOptions(p ui.Page, all []Companion) []ui.Option {
	options := make([]ui.Option, len(all))
	for i := range all {
		c := &all[i]
		hints := []string{p.T("partnerships.fit.of", "Percent", ofHundred(p, c.Affinity), "Why", reasonsText(p, c.Reasons)), p.N("partnerships.guides.load", c.Now)}
		if w := wanted(p, &c.Profile); w != "" {
			hints[1] += ", " + w
		}
		if !c.Understands {
			hints = append(hints, p.T("partnerships.fit.no_language"))
		}
		if c.Absent {
			hints = append(hints, p.T("partnerships.fit.absent", "When", availability(p, &c.Profile)))
		}
		if c.Full {
			hints = append(hints, p.T("partnerships.fit.full"))
		}
		options[i] = ui.Option{Value: c.ID.String(), Label: c.Name, Hint: strings.Join(hints, ". ")}
	}
	return options
}

func conflictOptions(v profiling) []ui.Option {
	all := make([]ui.Option, len(v.Among))
	for i, o := range v.Among {
		all[i] = ui.Option{Value: o.String(), Label: v.Cards[o].Name, Selected: slices.Contains(v.Conflicts, o)}
	}
	return all
}
