package programs

import (
	"strconv"
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
)

// regionChars is how long the names of a quota's regions are together at most.
const regionChars = 1000

// The ways in which a quota of regions goes by them.
const (
	regionsInside  = "inside"
	regionsOutside = "outside"
)

// regionRow is one row of quotas of regions as the page shows it.
type regionRow struct{ Country, Which, Regions, Least, Most string }

// regionRows are the rows as they were typed, or as they are kept, with an empty one below.
func regionRows(p ui.Page, c Call, t typed) []regionRow {
	kept := blueprints.By(blueprints.SideRegion, c.Quotas)
	var rows []regionRow
	for i := range MostRegionQuotas {
		var was regionRow
		if i < len(kept) {
			q := kept[i]
			was = regionRow{string(q.In()), regionsInside, regionNames(p, q.Regions), count(q.Least), count(q.Most)}
			if q.Outside {
				was.Which = regionsOutside
			}
		}
		at := strconv.Itoa(i)
		row := regionRow{
			t.or(regionCountry+at, was.Country), t.or(regionWhich+at, was.Which), t.or(regionList+at, was.Regions), t.or(regionLeast+at, was.Least), t.or(regionMost+at, was.Most),
		}
		if i > len(kept) && row.empty() {
			break
		}
		rows = append(rows, row)
	}
	return rows
}

// empty reports whether nothing but a way was chosen in the row.
func (r regionRow) empty() bool {
	return strings.TrimSpace(r.Country+r.Regions+r.Least+r.Most) == ""
}

// regionNames are regions as they can be typed again.
func regionNames(p ui.Page, regions []geo.Region) string {
	names := make([]string, len(regions))
	for i, r := range regions {
		names[i] = r.Name(p.Loc.Locale)
	}
	return strings.Join(names, ", ")
}

// readRegions reads the quotas of regions; rows that are empty are passed over.
func readRegions(form web.Form, places int) ([]blueprints.Quota, []fault.Field) {
	var quotas []blueprints.Quota
	var bad []fault.Field
	var rows []int
	for i := range MostRegionQuotas {
		at := strconv.Itoa(i)
		row := regionRow{form.Raw(regionCountry + at), form.Raw(regionWhich + at), form.Raw(regionList + at), form.Raw(regionLeast + at), form.Raw(regionMost + at)}
		if row.empty() {
			continue
		}
		q := blueprints.Quota{Outside: row.Which == regionsOutside}
		var wrong []fault.Field
		if q.Regions, wrong = readRegionList(geo.Country(row.Country), row.Regions, at); len(wrong) > 0 {
			bad = append(bad, wrong...)
		}
		if q.Least, wrong = readNumber(form, regionLeast+at); len(wrong) > 0 {
			bad = append(bad, wrong...)
		}
		if q.Most, wrong = readNumber(form, regionMost+at); len(wrong) > 0 {
			bad = append(bad, wrong...)
		}
		quotas, rows = append(quotas, q), append(rows, i)
	}
	if len(bad) == 0 {
		bad = checkRegions(quotas, places, func(n int) int { return rows[n] })
	}
	return quotas, bad
}

// readRegionList finds the regions of a country that were typed, parted by commas, semicolons or lines.
func readRegionList(country geo.Country, typed, at string) ([]geo.Region, []fault.Field) {
	if len(geo.RegionsOf(country)) == 0 {
		return nil, []fault.Field{fault.At(regionCountry+at, "fault.choose")}
	}
	if n := len([]rune(typed)); n > regionChars {
		return nil, []fault.Field{fault.AtWith(regionList+at, "fault.too_long", fault.Args{"Max": regionChars, "Length": n})}
	}
	var all []geo.Region
	for name := range strings.FieldsFuncSeq(typed, func(r rune) bool { return strings.ContainsRune(",;\n\r", r) }) {
		if i18n.SearchKey(name) == "" {
			continue
		}
		region, known := geo.RegionNamed(country, name)
		if !known {
			return nil, []fault.Field{fault.AtWith(regionList+at, "programs.quotas.region_unknown", fault.Args{"Name": strings.TrimSpace(name)})}
		}
		all = append(all, region)
	}
	if len(all) == 0 {
		return nil, []fault.Field{fault.At(regionList+at, "fault.required")}
	}
	return all, nil
}

func regionLabels(p ui.Page, rows []regionRow) []string {
	var labels []string
	for i := range rows {
		at, row := strconv.Itoa(i), p.T("programs.quotas.region_row", "Number", i+1)
		labels = append(labels, regionCountry+at, row+": "+p.T("programs.quotas.country"), regionList+at, row+": "+p.T("programs.quotas.regions_list"),
			regionLeast+at, row+": "+p.T("programs.quotas.least"), regionMost+at, row+": "+p.T("programs.quotas.topmost"))
	}
	return labels
}

// regionedOptions are the countries that have regions.
func regionedOptions(p ui.Page) []ui.Option {
	var all []ui.Option
	for _, c := range geo.Regioned(p.Loc.Locale) {
		all = append(all, ui.Option{Value: string(c.Code), Label: c.Name})
	}
	return all
}

func whichOptions(p ui.Page) []ui.Option {
	return []ui.Option{{Value: regionsInside, Label: p.T("programs.quotas.regions_inside")}, {Value: regionsOutside, Label: p.T("programs.quotas.regions_outside")}}
}

// regionTerms are all regions of each country that has some, to be typed.
func regionTerms(p ui.Page) []ui.Term {
	var all []ui.Term
	for _, c := range geo.Regioned(p.Loc.Locale) {
		var names []string
		for _, r := range geo.Regions(c.Code, p.Loc.Locale) {
			names = append(names, r.Name)
		}
		all = append(all, ui.Term{Label: c.Name, Text: strings.Join(names, ", ")})
	}
	return all
}
