package geo_test

import (
	"slices"
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

func TestATownLiesInItsRegionHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	several := geo.Search("Essen", "DE", 10)
	for _, c := range []struct {
		country geo.Country
		town    string
		chosen  int
		want    geo.Region
	}{
		{"TR", "İstanbul", 0, "TR.34"},
		{"TR", "ISTANBUL", 0, "TR.34"},
		{"TR", "Antakya", 0, "TR.31"},
		{"TR", "Datça", 0, "TR.48"},
		{"DE", "Munich", 0, "DE.02"},
		{"DE", "Münih", 0, "DE.02"},
		{"GR", "Selanik", 0, "GR.ESYE12"},
		{"AT", "Viyana", 0, "AT.09"},
		{"TR", "Atlantis", 0, ""},
		{"TR", "", 0, ""},
		{"DE", "İstanbul", 0, ""},
		{"HU", "Budapest", 0, ""}, // the regions of Hungary have no names here
		{"DE", "Essen", 0, ""},    // of North Rhine-Westphalia or of Lower Saxony
		{"DE", "Essen", several[0].ID, several[0].Region},
		{"DE", "Essen", several[1].ID, several[1].Region},
		{"DE", "Köln", several[0].ID, "DE.07"}, // what was chosen is another town: it counts for nothing
		{"TR", "Essen", several[0].ID, ""},
		{"TR", "Muğla", -1, "TR.48"},
	} {
		if got := geo.RegionOf(c.country, c.town, c.chosen); got != c.want {
			t.Errorf("%q in %s, chosen %d: %q, want %q", c.town, c.country, c.chosen, got, c.want)
		}
	}
	if several[0].Region == several[1].Region {
		t.Error("the two towns called Essen are one to this test")
	}
}

func TestARegionIsNamedInTheReadersLanguageAndFoundByEachName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		region geo.Region
		l      i18n.Locale
		want   string
	}{
		{"TR.34", i18n.TR, "İstanbul"},
		{"TR.34", i18n.EN, "Istanbul"},
		{"TR.31", i18n.DE, "Hatay"},
		{"AT.09", i18n.EN, "Vienna"},
		{"AT.09", i18n.TR, "Viyana"},
		{"DE.02", i18n.TR, "Bayern"},
		{"XX.1", i18n.TR, "XX.1"},
	} {
		if got := c.region.Name(c.l); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.region, c.l, got, c.want)
		}
	}
	for typed, want := range map[string]geo.Region{"istanbul": "TR.34", "ISTANBUL": "TR.34", " Sanliurfa ": "TR.63", "Hatay": "TR.31", "Antakya": "", "": "", "Bayern": ""} {
		if got, ok := geo.RegionNamed("TR", typed); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v, want %q", typed, got, ok, want)
		}
	}
	if got, ok := geo.RegionNamed("AT", "Viyana"); !ok || got != "AT.09" {
		t.Errorf("Viyana is %q", got)
	}
	for _, known := range []string{"TR.34", "GB.SCT"} {
		if r, ok := geo.ParseRegion(known); !ok || string(r.Country()) != known[:2] {
			t.Errorf("%s: %q, %v", known, r.Country(), ok)
		}
	}
	for _, wrong := range []string{"", "TR", "TR.", "TR.999", "tr.34", "İstanbul"} {
		if _, ok := geo.ParseRegion(wrong); ok {
			t.Errorf("%q is a region", wrong)
		}
	}
}

// TestEveryTownOfACountryWithRegionsLiesInOne: what is unknown of a town is the town, never its province.
func TestEveryTownOfACountryWithRegionsLiesInOne(t *testing.T) {
	t.Parallel()
	if n := len(geo.Regions("TR", i18n.TR)); n != 81 {
		t.Errorf("Türkiye has %d provinces", n)
	}
	for _, country := range geo.Regioned(i18n.EN) {
		empty := map[geo.Region]bool{}
		for _, r := range geo.Regions(country.Code, i18n.EN) {
			empty[r.Code] = true
		}
		without := 0
		for _, p := range geo.InCountry(country.Code) {
			if delete(empty, p.Region); p.Region == "" {
				without++
			}
		}
		if without > 1 || len(empty) > 0 { // Athos is no region of Greece
			t.Errorf("%s: %d towns lie in no region, and no town in %v", country.Name, without, empty)
		}
	}
	all := geo.Regions("TR", i18n.TR)
	at := func(name string) int {
		return slices.IndexFunc(all, func(r geo.NamedRegion) bool { return r.Name == name })
	}
	if at("Çorum") < at("Bursa") || at("Isparta") > at("İstanbul") || at("Iğdır") > at("Isparta") {
		t.Errorf("not in the Turkish order: %v", all)
	}
	if len(geo.Regions("HU", i18n.EN)) > 0 || slices.ContainsFunc(geo.Regioned(i18n.EN), func(n geo.Named) bool { return n.Code == "HU" }) {
		t.Error("Hungary has regions without names")
	}
}
