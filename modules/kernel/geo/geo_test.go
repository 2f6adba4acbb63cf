package geo_test

import (
	"slices"
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

func TestCountriesInTheReadersLanguageAndOrder(t *testing.T) {
	t.Parallel()
	for locale, want := range map[i18n.Locale]map[geo.Country]string{
		i18n.EN: {"DE": "Germany", "GR": "Greece", "MK": "North Macedonia", "TR": "Türkiye"},
		i18n.TR: {"DE": "Almanya", "GB": "Birleşik Krallık", "TR": "Türkiye", "MK": "Kuzey Makedonya"},
		i18n.DE: {"DE": "Deutschland", "TR": "Türkei", "GB": "Vereinigtes Königreich", "MK": "Nordmazedonien"},
	} {
		for code, name := range want {
			if got := code.Name(locale); got != name {
				t.Errorf("%s in %s: got %q, want %q", code, locale, got, name)
			}
		}
	}
	place := map[geo.Country]int{}
	for i, n := range geo.Countries(i18n.TR) {
		place[n.Code] = i
	}
	// Turkish: Hırvatistan before Hollanda, Isveç is written İsveç and comes after Irak's letter I.
	if place["HR"] > place["NL"] || place["CZ"] > place["DK"] || place["IE"] > place["ES"] {
		t.Errorf("not in the Turkish order: %v", geo.Countries(i18n.TR))
	}
	if _, ok := geo.ParseCountry("tr"); ok {
		t.Error("a code in small letters was accepted")
	}
}

func TestTheUnionHasItsMembers(t *testing.T) {
	t.Parallel()
	if len(geo.Union) != 27 || !slices.IsSorted(geo.Union) {
		t.Errorf("%d members: %v", len(geo.Union), geo.Union)
	}
	for _, c := range geo.Union {
		if _, ok := geo.ParseCountry(string(c)); !ok {
			t.Errorf("%s is no country", c)
		}
	}
}
