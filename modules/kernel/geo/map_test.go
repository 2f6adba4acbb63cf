package geo_test

import (
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

func TestTownsAreFoundHoweverTheyAreSpelled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country geo.Country
		town    string
		lat     float64 // about
	}{
		{"TR", "Muğla", 37.2},
		{"TR", "MUGLA", 37.2},
		{"TR", "izmir", 38.4},
		{"TR", "İzmir", 38.4},
		{"DE", "München", 48.1},
		{"DE", "Munich", 48.1},
		{"BG", "Sofya", 42.7},
		{"TR", "nobody knows where", 39},
		{"DE", "", 51},
		{"XK", "", 42.5},
	} {
		at, ok := geo.Find(c.country, c.town)
		if !ok || at.Lat < c.lat-1 || at.Lat > c.lat+1 {
			t.Errorf("%s, %q lies at %v, %v; want about %v", c.country, c.town, at, ok, c.lat)
		}
	}
	if at, ok := geo.Find("ZZ", "Atlantis"); ok {
		t.Errorf("Atlantis lies at %v", at)
	}
}

func TestEveryCountryLiesOnTheMap(t *testing.T) {
	t.Parallel()
	for _, c := range geo.Countries(i18n.EN) {
		at, ok := geo.Find(c.Code, "")
		if x, y := at.At(); !ok || x < 0 || y < 0 || x > geo.MapWidth || y > geo.MapHeight {
			t.Errorf("%s lies at %v, %v: %v", c.Name, x, y, ok)
		}
	}
}
