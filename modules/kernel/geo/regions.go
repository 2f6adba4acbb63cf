package geo

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"kervan/modules/kernel/i18n"
)

// rawRegions are the regions that have a name here, by country and GeoNames' code.
//
//go:embed data/regions.csv
var rawRegions string

// Region is a province, state or county: its country's code and GeoNames' code of it there, such as TR.34. It stays whatever the
// region is called, and in which language. Empty: it is not known.
type Region string

// NamedRegion is a region with its name in some language.
type NamedRegion struct {
	Code Region
	Name string
}

// regions are the own names of regions, and their codes by country in the order of the table.
var regions = sync.OnceValue(func() (all struct {
	own map[Region]string
	of  map[Country][]Region
},
) {
	all.own, all.of = map[Region]string{}, map[Country][]Region{}
	for line := range strings.Lines(rawRegions) {
		parts := strings.Split(strings.TrimSpace(line), ",")
		if len(parts) != 3 {
			continue
		}
		r := regionAt(Country(parts[0]), parts[1])
		all.own[r], all.of[Country(parts[0])] = parts[2], append(all.of[Country(parts[0])], r)
	}
	return all
})

// regionAt is the region of that code in the country; without a code none.
func regionAt(c Country, code string) Region {
	if code == "" {
		return ""
	}
	return Region(string(c) + "." + code)
}

// ParseRegion accepts exactly the codes of Regions.
func ParseRegion(code string) (Region, bool) {
	_, known := regions().own[Region(code)]
	return Region(code), known
}

// Country is where the region lies; empty where it is not known.
func (r Region) Country() Country {
	c, _, _ := strings.Cut(string(r), ".")
	return Country(c)
}

// Own is what the region is called where it lies, nothing where it is not known; a code that is not known is its own name.
func (r Region) Own() string {
	if name, known := regions().own[r]; known {
		return name
	}
	return string(r)
}

// Name is what the region is called in the language: as its town of the same name is, else as it is called where it lies.
func (r Region) Name(l i18n.Locale) string {
	if p, ok := gazetteer().capital(r); ok {
		return p.Name(l)
	}
	return r.Own()
}

// RegionsOf are the regions of a country in the order of their codes. The slice is shared; do not change it.
func RegionsOf(c Country) []Region { return regions().of[c] }

// Regions lists the regions of a country in the language, in its alphabet. It is empty for a country of whose regions no names are
// known: then no town of it has one.
func Regions(c Country, l i18n.Locale) []NamedRegion {
	codes := regions().of[c]
	all := make([]NamedRegion, len(codes))
	for i, r := range codes {
		all[i] = NamedRegion{r, r.Name(l)}
	}
	i18n.Sort(l, all, func(n NamedRegion) string { return n.Name })
	return all
}

// Regioned lists the countries that Regions knows regions of, in the language and its alphabet.
func Regioned(l i18n.Locale) []Named {
	return slices.DeleteFunc(slices.Clone(Countries(l)), func(n Named) bool { return len(regions().of[n.Code]) == 0 })
}

// RegionNamed finds the region of a country by a name of it, in any language and however it is spelled.
func RegionNamed(c Country, name string) (Region, bool) {
	key := i18n.SearchKey(name)
	if key == "" {
		return "", false
	}
	for _, r := range regions().of[c] {
		if i18n.SearchKey(r.Own()) == key {
			return r, true
		}
		if p, ok := gazetteer().capital(r); ok && p.Called(name) {
			return r, true
		}
	}
	return "", false
}

// RegionOf is the region in which a town lies: that of the place that was chosen by its number, if the town is called so and lies in
// the country; else that in which all places of the country lie that are called so. It is empty where the gazetteer does not know the
// town, knows it in several regions, or knows no regions of the country: none is guessed.
func RegionOf(country Country, town string, chosen int) Region {
	if p, ok := Chosen(country, town, chosen); ok {
		return p.Region
	}
	var only Region
	for i, p := range gazetteer().named(country, town) {
		if i > 0 && p.Region != only {
			return ""
		}
		only = p.Region
	}
	return only
}

// Chosen is the place of that number, if it lies in the country and is called as the town is.
func Chosen(country Country, town string, number int) (*Place, bool) {
	if number == 0 {
		return nil, false
	}
	p, ok := PlaceByID(number)
	if !ok || p.Country != country || !p.Called(town) {
		return nil, false
	}
	return p, true
}

// capital is the largest town of a region that is called as the region is; false: there is none.
func (x *index) capital(r Region) (*Place, bool) {
	own, known := regions().own[r]
	if !known {
		return nil, false
	}
	for _, p := range x.named(r.Country(), own) {
		if p.Region == r && p.own == own {
			return p, true
		}
	}
	return nil, false
}
