package i18n_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kervan/modules/kernel/i18n"
)

func catalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(fstest.MapFS{
		"locales/en.toml": {Data: []byte("\"x.hello\" = \"Hello {{.Name}}\"\n\"x.files\" = { one = \"{{.Count}} file\", other = \"{{.Count}} files\" }\n\"x.plain\" = \"Plain\"\n")},
		"locales/tr.toml": {Data: []byte("\"x.hello\" = \"Merhaba {{.Name}}\"\n\"x.files\" = { one = \"{{.Count}} dosya\", other = \"{{.Count}} dosya\" }\n\"x.plain\" = \"Düz\"\n")},
		"locales/de.toml": {Data: []byte("\"x.hello\" = \"Hallo {{.Name}}\"\n\"x.files\" = { one = \"{{.Count}} Datei\", other = \"{{.Count}} Dateien\" }\n\"x.plain\" = \"Schlicht\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMessages(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for _, tt := range []struct {
		locale i18n.Locale
		hello  string
		one    string
		many   string
		plain  string
	}{
		{i18n.EN, "Hello İpek", "1 file", "1,234 files", "Plain"},
		{i18n.TR, "Merhaba İpek", "1 dosya", "1.234 dosya", "Düz"},
		{i18n.DE, "Hallo İpek", "1 Datei", "1.234 Dateien", "Schlicht"},
	} {
		l := c.Localizer(tt.locale, time.UTC)
		for got, want := range map[string]string{
			l.T("x.hello", "Name", "İpek"): tt.hello,
			l.N("x.files", 1):              tt.one,
			l.N("x.files", 1234):           tt.many,
			l.T("x.plain"):                 tt.plain,
			l.N("x.plain", 2):              tt.plain,
			l.Raw("x.plain"):               "\n" + tt.plain,
			l.With("x.files", map[string]any{"Count": 1234}):  tt.many,
			l.With("x.hello", map[string]any{"Name": "İpek"}): tt.hello,
		} {
			if got != want {
				t.Errorf("%s: got %q, want %q", tt.locale, got, want)
			}
		}
	}
}

func TestLoadRefusesAMissingTranslation(t *testing.T) {
	t.Parallel()
	_, err := i18n.Load(fstest.MapFS{
		"locales/en.toml": {Data: []byte(`"x.a" = "A"`)},
		"locales/tr.toml": {Data: []byte(`"x.a" = "A"`)},
		"locales/de.toml": {Data: []byte(`"x.b" = "B"`)},
	})
	if err == nil {
		t.Fatal("a key that only some languages have was accepted")
	}
}

func TestNumbersAndDates(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	istanbul, err := time.LoadLocation("Europe/Istanbul")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 10, 12, 20, 59, 0, 0, time.UTC)
	for _, tt := range []struct {
		locale                 i18n.Locale
		decimal, percent, when string
	}{
		{i18n.EN, "1,234.56", "25%", "12 October 2026, 23:59 (Europe/Istanbul)"},
		{i18n.TR, "1.234,56", "%25", "12 Ekim 2026, 23:59 (Europe/Istanbul)"},
		{i18n.DE, "1.234,56", "25\u00a0%", "12. Oktober 2026, 23:59 (Europe/Istanbul)"},
	} {
		l := c.Localizer(tt.locale, istanbul)
		if got := l.Decimal(1234.56, 2); got != tt.decimal {
			t.Errorf("%s decimal: got %q, want %q", tt.locale, got, tt.decimal)
		}
		if got := l.Percent(0.25, 0); got != tt.percent {
			t.Errorf("%s percent: got %q, want %q", tt.locale, got, tt.percent)
		}
		if got := l.DateTime(at); got != tt.when {
			t.Errorf("%s instant: got %q, want %q", tt.locale, got, tt.when)
		}
	}
}

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for _, tt := range []struct {
		locale i18n.Locale
		typed  string
		want   string
		ok     bool
	}{
		{i18n.TR, "1.234,56", "1234.56", true},
		{i18n.TR, "1.234", "1234", true},
		{i18n.TR, "1,5", "1.5", true},
		{i18n.TR, "1.5", "1.5", true},
		{i18n.DE, "12.345.678,9", "12345678.9", true},
		{i18n.EN, "1,234.56", "1234.56", true},
		{i18n.EN, "1,5", "1.5", true},
		{i18n.EN, "3 500", "3500", true},
		{i18n.EN, "-5", "-5", true},
		{i18n.EN, "1.2.3", "", false},
		{i18n.EN, "", "", false},
		{i18n.EN, "12a", "", false},
		{i18n.EN, ".", "", false},
	} {
		got, ok := c.Localizer(tt.locale, nil).ParseDecimal(tt.typed)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s %q: got %q %v, want %q %v", tt.locale, tt.typed, got, ok, tt.want, tt.ok)
		}
	}
}

func TestSearchKey(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"İstanbul Kadın Dayanışması", "ISTANBUL KADIN DAYANIŞMASI", "istanbul kadin dayanismasi", "ıstanbul  kadın-dayanışması"},
		{"Straße", "STRASSE", "strasse"},
		{"Çağdaş Gölge", "cagdas golge"},
		{"Ihlamur", "Ihla\u00admur", "I\u200bhlamur", "Ih\u3164lamur", "Ihlamu\U000e0072r"},
	} {
		want := i18n.SearchKey(same[0])
		for _, s := range same[1:] {
			if got := i18n.SearchKey(s); got != want {
				t.Errorf("%q: got %q, want %q", s, got, want)
			}
		}
	}
}

// TestASearchIsBounded: of however much somebody types only the beginning is looked for, in a few words.
func TestASearchIsBounded(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"": "", " – ": "", "Çağdaş  Gölge": "cagdas golge", "a b a c": "a b c", "1 2 3 4 5 6 7 8 9 10": "1 2 3 4 5 6 7 8",
		strings.Repeat("ı", 79) + "öz": strings.Repeat("i", 79) + "o", strings.Repeat(" ", 80) + "x": "", strings.Repeat("ab ", 1<<20): "ab",
	} {
		if got := strings.Join(i18n.SearchWords(typed), " "); got != want {
			t.Errorf("%.20q: got %q, want %q", typed, got, want)
		}
	}
}

func TestSortFollowsTheAlphabet(t *testing.T) {
	t.Parallel()
	words := []string{"şeker", "sabun", "ırmak", "inci", "çam", "cam", "zil", "üzüm", "uzun"}
	i18n.Sort(i18n.TR, words, func(s string) string { return s })
	want := []string{"cam", "çam", "ırmak", "inci", "sabun", "şeker", "uzun", "üzüm", "zil"}
	for i := range want {
		if words[i] != want[i] {
			t.Fatalf("got %v, want %v", words, want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a\x00b", "a\xff", "a\u202eb", "pay\u200bpal", "pay\u3164pal", "pay\u2062pal", "pay\U000e0070pal", "a\u2066b", "\x1b[31m"} {
		if got, ok := i18n.Clean(bad); ok {
			t.Errorf("%q was accepted as %q", bad, got)
		}
	}
	if got, ok := i18n.Clean("sil\u00adbe"); !ok || got != "silbe" {
		t.Errorf("a soft hyphen leaves %q %v", got, ok)
	}
	if got, ok := i18n.Clean("  bir\r\niki\tu\u0308  "); !ok || got != "bir\niki\tü" {
		t.Errorf("got %q %v", got, ok)
	}
}

func TestTextFallsBackVisibly(t *testing.T) {
	t.Parallel()
	text := i18n.Text{i18n.TR: "Çağrı"}
	if s, l := text.In(i18n.DE, i18n.EN); s != "Çağrı" || l != i18n.TR {
		t.Errorf("got %q in %s", s, l)
	}
	if got := text.Missing([]i18n.Locale{i18n.TR, i18n.DE}); len(got) != 1 || got[0] != i18n.DE {
		t.Errorf("missing: %v", got)
	}
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	offered := []i18n.Locale{i18n.TR, i18n.DE, i18n.EN}
	for header, want := range map[string]i18n.Locale{
		"de-AT,de;q=0.9,en;q=0.8": i18n.DE, "": i18n.TR, "ja": i18n.TR, "en-US": i18n.EN, "%%%": i18n.TR,
	} {
		if got := i18n.Negotiate(header, offered); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func TestADayEndsWithItsClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, day string
		hours     int
	}{
		{"Europe/Berlin", "2026-03-28", 24},
		{"Europe/Berlin", "2026-03-29", 23},
		{"Europe/Berlin", "2026-10-25", 25},
		{"Europe/Istanbul", "2016-03-27", 23},
		{"Europe/Istanbul", "2015-11-08", 25},
		{"Europe/Istanbul", "2026-10-25", 24},
	} {
		from, err := time.ParseInLocation(time.DateOnly, c.day, i18n.Zone(c.zone))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{from, from.Add(5 * time.Hour), from.Add(time.Duration(c.hours)*time.Hour - time.Nanosecond)} {
			if end := i18n.EndOfDay(at); end.Sub(from) != time.Duration(c.hours)*time.Hour-time.Minute || end.Format("15:04") != "23:59" {
				t.Errorf("%s in %s ends at %v", c.day, c.zone, end)
			}
			if day := i18n.DayOf(at.UTC(), i18n.Zone(c.zone)); string(day) != c.day {
				t.Errorf("%v is of %s", at, day)
			}
		}
	}
}
