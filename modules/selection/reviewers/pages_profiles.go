package reviewers

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// knownView is what is known of all reviewers, found and ordered.
type knownView struct {
	All    int
	Rows   []Known
	List   ui.List
	Invite bool
}

func knownOf(p ui.Page, all []Known, values url.Values) knownView {
	v := knownView{All: len(all)}
	for _, k := range all {
		if knows(p, &k, values) {
			v.Rows = append(v.Rows, k)
		}
	}
	orders := map[string]func(a, b Known) int{
		"owed": func(a, b Known) int { return a.Owed - b.Owed }, "submitted": func(a, b Known) int { return a.Submitted - b.Submitted },
	}
	if order := orders[values.Get("sort")]; order != nil {
		slices.SortStableFunc(v.Rows, order)
	}
	if values.Get("desc") != "" {
		slices.Reverse(v.Rows)
	}
	v.List = ui.List{
		Path: "/selection/reviewers", Query: values, Search: p.T("selection.known.search"), Total: len(v.Rows), TotalOf: "selection.known.total", Exports: true, First: true,
		Filters: []ui.Field{
			{Name: "topic", Label: p.T("forms.expertise.topics"), Options: expertise.TopicOptions(p.Loc.Locale, nil)},
			{Name: "away", Label: p.T("selection.known.away"), Options: []ui.Option{{Value: "no", Label: p.T("selection.known.here")}, {Value: "yes", Label: p.T("selection.known.away_now")}}},
		},
		Columns: []ui.Column{
			{Label: p.T("selection.reviewers.name"), Sort: "name"},
			{Label: p.T("selection.known.knows")},
			{Label: p.T("selection.known.owed"), Sort: "owed", Numeric: true},
			{Label: p.T("selection.known.away")},
			{Label: p.T("selection.known.work"), Sort: "submitted"},
		},
		Empty: len(v.Rows) == 0,
	}
	return v
}

func knows(p ui.Page, k *Known, values url.Values) bool {
	key := i18n.SearchKey(k.Name + " " + k.Email)
	for word := range strings.FieldsSeq(i18n.SearchKey(values.Get("q"))) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	if topic := values.Get("topic"); topic != "" && !slices.Contains(k.Topics, topic) {
		return false
	}
	day := i18n.DayOf(time.Now(), p.Loc.Zone)
	away := values.Get("away")
	return away == "" || (away == "yes") == k.Away(day, day)
}

// Absence says from when to when somebody is away; nothing for who is not.
func Absence(p ui.Page, k *Profile) string {
	if k.AwayFrom == "" {
		return ""
	}
	return p.T("selection.known.from_to", "From", shortDay(p, k.AwayFrom), "To", shortDay(p, k.AwayTo))
}

func shortDay(p ui.Page, day i18n.Day) string {
	t, err := time.ParseInLocation(time.DateOnly, string(day), p.Loc.Zone)
	if err != nil {
		return string(day)
	}
	return p.Loc.ShortDate(t)
}

// knownSheet is exactly what the page shows.
func knownSheet(p ui.Page, rows []Known) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("selection.reviewers.name"), p.T("selection.known.email"), p.T("forms.expertise.topics"), p.T("forms.expertise.languages"), p.T("forms.expertise.countries"),
		p.T("selection.profile.most"), p.T("selection.known.owed"), p.T("selection.profile.away_from"), p.T("selection.profile.away_to"), p.T("selection.profile.note"),
		p.T("selection.known.assigned"), p.T("selection.known.submitted"), p.T("selection.known.in_time"), p.T("selection.known.median"), p.T("selection.known.recused"),
		p.T("selection.known.handed_back"),
	}}
	for i := range rows {
		k := &rows[i]
		row := []any{
			k.Name, k.Email, expertise.TopicNames(p.Loc.Locale, k.Topics), expertise.LanguageNames(p.Loc.Locale, k.Languages), expertise.CountryNames(p.Loc.Locale, k.Countries),
			nil, k.Owed, string(k.AwayFrom), string(k.AwayTo), k.Note, k.Assigned, k.Submitted, k.InTime, nil, k.Recused, k.HandedBack,
		}
		if k.Most > 0 {
			row[5] = k.Most
		}
		if k.Submitted > 0 {
			row[13] = k.MedianDays
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
