package programs

import (
	"slices"
	"strconv"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
)

// MostRegionQuotas is how many quotas of regions a call has at most, and mostRegions how many regions one of them names.
const (
	MostRegionQuotas = 12
	mostRegions      = 60
)

// The names of the page's fields for a quota of regions, each with the place of its row.
const (
	regionCountry = "regcountry_"
	regionWhich   = "regwhich_"
	regionList    = "regions_"
	regionLeast   = "regleast_"
	regionMost    = "regmost_"
)

// checkRegions says what is wrong with the quotas of regions, by the names of the page's fields; row is where on it one stands.
func checkRegions(quotas []blueprints.Quota, places int, row func(n int) int) []fault.Field {
	some := blueprints.By(blueprints.SideRegion, quotas)
	if len(some) > MostRegionQuotas {
		return []fault.Field{fault.AtWith(regionList+"0", "programs.quotas.too_many_regions", fault.Args{"Max": MostRegionQuotas})}
	}
	var bad []fault.Field
	for i, q := range some {
		at := strconv.Itoa(row(i))
		bad = append(bad, checkRegionList(q, regionList+at)...)
		bad = append(bad, checkRange(q, places, regionLeast+at, regionMost+at)...)
		if slices.ContainsFunc(some[:i], func(before blueprints.Quota) bool { return sameRegions(before, q) }) {
			bad = append(bad, fault.At(regionList+at, "programs.quotas.regions_twice"))
		}
	}
	return bad
}

func checkRegionList(q blueprints.Quota, at string) []fault.Field {
	switch {
	case len(q.Regions) == 0:
		return []fault.Field{fault.At(at, "fault.required")}
	case len(q.Regions) > mostRegions:
		return []fault.Field{fault.AtWith(at, "programs.quotas.too_many_regions", fault.Args{"Max": mostRegions})}
	}
	left := 0
	for i, r := range q.Regions {
		switch _, known := geo.ParseRegion(string(r)); {
		case !known:
			return []fault.Field{fault.AtWith(at, "programs.quotas.region_unknown", fault.Args{"Name": string(r)})}
		case r.Country() != q.In():
			return []fault.Field{fault.At(at, "programs.quotas.regions_of_one")}
		case slices.Contains(q.Regions[:i], r):
			return []fault.Field{fault.AtWith(at, "programs.quotas.region_twice", fault.Args{"Name": r.Own()})}
		}
	}
	for _, r := range geo.RegionsOf(q.In()) {
		if !slices.Contains(q.Regions, r) {
			left++
		}
	}
	if q.Outside && left == 0 {
		return []fault.Field{fault.At(at, "programs.quotas.regions_all")}
	}
	return nil
}

// sameRegions reports whether two quotas count the same, whatever the order of their regions.
func sameRegions(a, b blueprints.Quota) bool {
	return a.Outside == b.Outside && slices.Equal(slices.Sorted(slices.Values(a.Regions)), slices.Sorted(slices.Values(b.Regions)))
}
