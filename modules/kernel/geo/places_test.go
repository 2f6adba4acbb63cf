package geo_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

func names(found []*geo.Place, l i18n.Locale) []string {
	var all []string
	for _, p := range found {
		all = append(all, p.Name(l))
	}
	return all
}

func TestPlacesAreFoundHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed   string
		country geo.Country
		l       i18n.Locale
		want    string // the first
	}{
		{"istanbul", "TR", i18n.TR, "İstanbul"},
		{"İSTANBUL", "TR", i18n.TR, "İstanbul"},
		{"ıstanbul", "", i18n.EN, "Istanbul"},
		{"IĞDIR", "TR", i18n.DE, "Iğdır"},
		{"igdir", "TR", i18n.TR, "Iğdır"},
		{"munchen", "DE", i18n.DE, "München"},
		{"muenchen", "DE", i18n.EN, "Munich"},
		{"Münih", "DE", i18n.TR, "Münih"},
		{"koln", "DE", i18n.EN, "Cologne"},
		{"köl", "", i18n.DE, "Köln"},
		{"Selanik", "GR", i18n.DE, "Thessaloniki"},
		{"thess", "GR", i18n.TR, "Selanik"},
		{"am main", "DE", i18n.DE, "Frankfurt am Main"},
		{"lodz", "PL", i18n.EN, "Łódź"},
		{"София", "BG", i18n.TR, "Sofya"},
		{"mugla", "TR", i18n.TR, "Muğla"},
	} {
		if got := names(geo.Search(c.typed, c.country, 10), c.l); len(got) == 0 || got[0] != c.want {
			t.Errorf("%q in %q finds %v, want %s first", c.typed, c.country, got, c.want)
		}
	}
	for _, nothing := range []string{"", "i", "  ", "zzzzq", "\x00", "%", "…", "köln" + strings.Repeat(" ", 400), strings.Repeat("köln ", 1<<20)} {
		if got := geo.Search(nothing, "", 10); len(got) > 0 {
			t.Errorf("%q finds %v", nothing, names(got, i18n.EN))
		}
	}
	if got := geo.Search("sa", "", 10); len(got) != 10 {
		t.Errorf("of many it finds %d", len(got))
	}
	if got := geo.Search("köln", "TR", 10); slices.Contains(names(got, i18n.DE), "Köln") {
		t.Error("Köln lies in Türkiye")
	}
}

// TestTheGazetteerIsLargeEnough: every province of Türkiye with its capital, every country, and towns as people live in them.
func TestTheGazetteerIsLargeEnough(t *testing.T) {
	t.Parallel()
	provinces := "Adana Adıyaman Afyonkarahisar Ağrı Aksaray Amasya Ankara Antalya Ardahan Artvin Aydın Balıkesir Bartın Batman Bayburt Bilecik Bingöl Bitlis Bolu Burdur Bursa " +
		"Çanakkale Çankırı Çorum Denizli Diyarbakır Düzce Edirne Elazığ Erzincan Erzurum Eskişehir Gaziantep Giresun Gümüşhane Hakkari Hatay Iğdır Isparta İstanbul İzmir " +
		"Kahramanmaraş Karabük Karaman Kars Kastamonu Kayseri Kilis Kırıkkale Kırklareli Kırşehir Kocaeli Konya Kütahya Malatya Manisa Mardin Mersin Muğla Muş Nevşehir Niğde " +
		"Ordu Osmaniye Rize Sakarya Samsun Siirt Sinop Sivas Şanlıurfa Şırnak Tekirdağ Tokat Trabzon Tunceli Uşak Van Yalova Yozgat Zonguldak"
	all := strings.Fields(provinces)
	if len(all) != 81 {
		t.Fatalf("%d provinces", len(all))
	}
	for _, province := range all {
		found := geo.Search(province, "TR", 10)
		if !slices.ContainsFunc(found, func(p *geo.Place) bool { return p.Region.Own() == province && p.Called(province) }) {
			t.Errorf("%s is not found: %v", province, names(found, i18n.TR))
		}
	}
	for country, towns := range map[geo.Country]int{"TR": 900, "DE": 2000, "GR": 100, "BG": 100} {
		if n := len(geo.InCountry(country)); n < towns {
			t.Errorf("%s: %d", country, n)
		}
	}
	for _, c := range geo.Countries(i18n.EN) {
		if len(geo.InCountry(c.Code)) == 0 {
			t.Errorf("no place in %s", c.Name)
		}
	}
}

func TestAPlaceIsKnownByItsNumberAndName(t *testing.T) {
	t.Parallel()
	p, ok := geo.Only("TR", "MUGLA")
	if !ok || p.Own() != "Muğla" || p.Region != "TR.48" || p.At.Lat < 37 || p.At.Lat > 38 {
		t.Fatalf("%+v", p)
	}
	if again, ok := geo.PlaceByID(p.ID); !ok || *again != *p {
		t.Errorf("%+v", again)
	}
	if _, ok := geo.PlaceByID(-1); ok {
		t.Error("a place without a number")
	}
	if p, ok := geo.Only("TR", "Aksu"); ok {
		t.Errorf("of several Aksu only %+v", p)
	}
	wien, _ := geo.Only("AT", "Viyana")
	if wien == nil || !wien.Called("Wien") || !wien.Called("VIENNA") || wien.Called("") || wien.Called("Graz") || wien.Region != "AT.09" {
		t.Errorf("%+v", wien)
	}
}

func TestPostalCodesOfTheCountries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country     geo.Country
		typed, want string
		ok          bool
	}{
		{"TR", "48000", "48000", true},
		{"TR", " 48000 ", "48000", true},
		{"TR", "4800", "4800", false},
		{"DE", "D-10115", "10115", true},
		{"DE", "d-10115", "10115", true},
		{"DE", "1O115", "1O115", false},
		{"AT", "A-1010", "1010", true},
		{"GB", "sw1a 1aa", "SW1A 1AA", true},
		{"NL", "1011 ab", "1011 AB", true},
		{"LV", "LV-1010", "LV-1010", true},
		{"PL", "00-001", "00-001", true},
		{"GR", "10557", "10557", true},
		{"US", "whatever", "whatever", true},
		{"", "whatever", "whatever", true},
	} {
		if got, ok := geo.PostalCode(c.country, c.typed); got != c.want || ok != c.ok {
			t.Errorf("%s in %s: %q, %v", c.typed, c.country, got, ok)
		}
	}
	for _, c := range geo.Countries(i18n.EN) {
		if example := geo.PostalExample(c.Code); example != "" {
			if got, ok := geo.PostalCode(c.Code, example); !ok || got != example {
				t.Errorf("%s: its own example %q is none", c.Name, example)
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"istanbul", "İSTANBUL", "ß", "a b", "\u202e", "köln\x00", "ﬁ"} {
		f.Add(seed, "TR")
	}
	f.Fuzz(func(t *testing.T, typed, country string) {
		for _, p := range geo.Search(typed, geo.Country(country), 10) {
			if country != "" && string(p.Country) != country || !p.Called(p.Own()) {
				t.Errorf("%q in %q: %+v", typed, country, p)
			}
		}
		if code, ok := geo.PostalCode(geo.Country(country), typed); ok {
			if again, ok := geo.PostalCode(geo.Country(country), code); !ok || again != code {
				t.Errorf("%q of %s becomes %q, which becomes %q", typed, country, code, again)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	geo.Search("is", "", 10)
	for b.Loop() {
		geo.Search("sa", "TR", 10)
	}
}
