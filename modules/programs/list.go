package programs

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// Query is what the officers' list of calls asks for.
type Query struct {
	Search string
	Phase  Phase
	Sort   string // begun (default, the newest first), title or closes
	Desc   bool
	Locale i18n.Locale
}

// pick filters and orders the calls, of which a network has a handful.
func (q Query) pick(all []Call, now time.Time) []Call {
	all = slices.DeleteFunc(slices.Clone(all), func(c Call) bool {
		key := i18n.SearchKey(c.Cycle + " " + strings.Join(slices.Sorted(maps.Values(c.Title)), " "))
		for word := range strings.FieldsSeq(i18n.SearchKey(q.Search)) {
			if !strings.Contains(key, word) {
				return true
			}
		}
		return q.Phase != "" && c.Phase(now) != q.Phase
	})
	switch q.Sort {
	case "title":
		i18n.Sort(q.Locale, all, func(c Call) string { return c.Title.String(q.Locale, c.Locales...) })
	case "closes":
		slices.SortStableFunc(all, func(a, b Call) int { return a.ClosesAt.Compare(b.ClosesAt) })
	}
	if q.Desc {
		slices.Reverse(all)
	}
	return all
}

func readQuery(values url.Values) Query {
	q := Query{Search: values.Get("q"), Desc: values.Get("desc") != ""}
	if p := Phase(values.Get("phase")); slices.Contains(Phases, p) {
		q.Phase = p
	}
	if s := values.Get("sort"); s == "title" || s == "closes" {
		q.Sort = s
	}
	return q
}

func listOf(p ui.Page, query url.Values, total int) ui.List {
	phases := make([]ui.Option, len(Phases))
	for i, phase := range Phases {
		phases[i] = ui.Option{Value: string(phase), Label: p.T("programs.phase." + string(phase))}
	}
	return ui.List{
		Path: "/program/calls", Query: query, Search: p.T("programs.list.search"), First: true, Empty: total == 0, Total: total, TotalOf: "programs.list.total", Exports: true,
		Filters: []ui.Field{{Name: "phase", Label: p.T("programs.state"), Options: phases}},
		Columns: []ui.Column{
			{Label: p.T("programs.call.title"), Sort: "title"}, {Label: p.T("programs.cycle")}, {Label: p.T("programs.state")}, {Label: p.T("programs.closes"), Sort: "closes"},
		},
	}
}

func callSheet(p ui.Page, all []Call, now time.Time) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("programs.call.title"), p.T("programs.cycle"), p.T("programs.state"), p.T("programs.opens"), p.T("programs.closes"), p.T("programs.places"),
	}}
	for i := range all {
		c := &all[i]
		t.Rows = append(t.Rows, []any{c.Title.String(p.Loc.Locale, c.Locales...), c.Cycle, p.T("programs.phase." + string(c.Phase(now))), c.OpensAt, c.ClosesAt, c.Places})
	}
	return t
}

// lateSheet is the list of a call's late permissions.
func lateSheet(p ui.Page, o Overview) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{p.T("programs.late.organization"), p.T("programs.late.until"), p.T("programs.reason"), p.T("programs.late.given")}}
	for _, l := range o.Lates {
		t.Rows = append(t.Rows, []any{o.Applicants[l.Organization].Name, l.Until, l.Reason, l.GivenAt})
	}
	return t
}
