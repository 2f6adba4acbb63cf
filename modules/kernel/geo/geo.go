// Package geo knows countries and their names in the reader's language. Names come from the Unicode CLDR.
package geo

import (
	"slices"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"kervan/modules/kernel/i18n"
)

// Country is a country by its ISO 3166-1 alpha-2 code, in capitals.
type Country string

// Named is a country with its name in some language.
type Named struct {
	Code Country
	Name string
}

// codes lists the countries of ISO 3166-1 in which an organization may sit: the members of the Council of Europe with
// their neighbours around the Mediterranean and the Black Sea, from which programs of exchange draw.
var codes = []Country{
	"AD", "AL", "AM", "AT", "AZ", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "DZ", "EE", "EG", "ES", "FI", "FR", "GB", "GE",
	"GR", "HR", "HU", "IE", "IL", "IS", "IT", "JO", "LB", "LI", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MK", "MT", "NL", "NO",
	"PL", "PS", "PT", "RO", "RS", "RU", "SE", "SI", "SK", "SM", "SY", "TN", "TR", "UA", "VA", "XK",
}

// Union are the members of the European Union, in the order of their codes.
var Union = []Country{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT",
	"RO", "SE", "SI", "SK",
}

// renamed are countries that have another name today than the tables of x/text know.
var renamed = map[Country]i18n.Text{
	"MK": {i18n.EN: "North Macedonia", i18n.TR: "Kuzey Makedonya", i18n.DE: "Nordmazedonien"},
	"TR": {i18n.EN: "Türkiye", i18n.TR: "Türkiye", i18n.DE: "Türkei"},
}

// ParseCountry accepts exactly the codes of Countries.
func ParseCountry(code string) (Country, bool) {
	c := Country(code)
	return c, slices.Contains(codes, c)
}

// Name is the country's name in the language; an unknown code is its own name.
func (c Country) Name(l i18n.Locale) string {
	for _, n := range Countries(l) {
		if n.Code == c {
			return n.Name
		}
	}
	return string(c)
}

var named sync.Map // i18n.Locale → []Named

// Countries lists all countries in the language, in its alphabet. The slice is shared; do not change it.
func Countries(l i18n.Locale) []Named {
	if known, ok := named.Load(l); ok {
		if all, ok := known.([]Named); ok {
			return all
		}
	}
	namer := display.Regions(l.Tag())
	all := make([]Named, 0, len(codes))
	for _, c := range codes {
		name := namer.Name(language.MustParseRegion(string(c)))
		if today := renamed[c].String(l); today != "" {
			name = today
		}
		all = append(all, Named{Code: c, Name: name})
	}
	i18n.Sort(l, all, func(n Named) string { return n.Name })
	named.Store(l, all)
	return all
}
