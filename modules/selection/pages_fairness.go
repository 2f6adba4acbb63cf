package selection

import (
	"math"
	"strconv"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// groupName is what a group's organizations have in common.
func groupName(p ui.Page, dimension, value string) string {
	switch {
	case value == "":
		return p.T("selection.fairness.small")
	case dimension == ByRegion && value != unplaced:
		return regionGroup(p, value)
	case dimension == ByCountry:
		return forms.CountryName(p.Loc.Locale, value)
	case dimension == ByKind:
		return blueprints.LegalForm(p.Loc.Locale, value)
	case dimension == ByLanguage && value != "unknown":
		return forms.LanguageName(p.Loc.Locale, value)
	default:
		return p.T("selection.fairness.value." + value)
	}
}

// regionGroup is a region with its country, all other regions of a country, or a country none of whose regions is told of alone.
func regionGroup(p ui.Page, value string) string {
	country := string(geo.Region(value).Country())
	name := forms.CountryName(p.Loc.Locale, country)
	switch value {
	case country:
		return name
	case country + ".":
		return p.T("selection.fairness.other_regions", "Country", name)
	default:
		return geo.Region(value).Name(p.Loc.Locale) + ", " + name
	}
}

// limits are those of a group's share, in words.
func limits(p ui.Page, g Group) string {
	return p.T("selection.fairness.limits", "Low", p.Loc.Percent(g.Low, 0), "High", p.Loc.Percent(g.High, 0))
}

func days(p ui.Page, n float64) string { return p.Loc.Decimal(n, 1) }

func tenth(x float64) float64 { return math.Round(10*x) / 10 }

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 2, 64) }

// awayText says whether a group fares otherwise than all, further than chance explains; empty: it does not.
func awayText(p ui.Page, g Group, overall float64) string {
	switch g.Away(overall) {
	case -1:
		return p.T("selection.fairness.lower")
	case 1:
		return p.T("selection.fairness.higher")
	default:
		return ""
	}
}

func fairnessTable(p ui.Page, f Fairness) sheets.Table {
	t := sheets.Table{Name: p.T("selection.fairness.title"), Columns: []string{
		p.T("selection.fairness.what"), p.T("selection.fairness.group"), p.T("selection.applications"), p.T("selection.organizations"), p.T("selection.fairness.offered"),
		p.T("selection.fairness.share"), p.T("selection.fairness.from"), p.T("selection.fairness.to"),
		p.T("selection.fairness.quarter"), p.T("selection.fairness.median"), p.T("selection.fairness.three_quarters"),
	}}
	for _, s := range f.Funnel {
		t.Rows = append(t.Rows, []any{p.T("selection.fairness.funnel"), p.T("selection.fairness.stage." + s.Name), s.Applications, s.Organizations, nil, nil, nil, nil, nil, nil, nil})
	}
	group := func(what, name string, g Group) {
		t.Rows = append(t.Rows, []any{what, name, nil, g.Applied, g.Offered, tenth(100 * g.Share()), tenth(100 * g.Low), tenth(100 * g.High), nil, nil, nil})
	}
	group(p.T("selection.fairness.success"), p.T("selection.fairness.all"), f.Overall)
	for _, d := range f.Dimensions {
		for _, g := range d.Groups {
			group(p.T("selection.fairness.by."+d.Name), groupName(p, d.Name, g.Value), g)
		}
	}
	for _, w := range f.Waits {
		t.Rows = append(t.Rows, []any{p.T("selection.fairness.time"), p.T("selection.fairness.wait." + w.Name), w.Applications, nil, nil, nil, nil, nil, tenth(w.Low), tenth(w.Median), tenth(w.High)})
	}
	return t
}
