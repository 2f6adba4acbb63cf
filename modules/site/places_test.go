package site_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kervan/modules/kernel/ui"
)

// TestPlacesAreSuggestedInTheReadersLanguage: whoever types, and whatever is typed.
func TestPlacesAreSuggestedInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	p := open(t)
	visitor := p.Browser(t, p.Tenant)
	ask := func(q, country, language string) ui.Suggestions {
		t.Helper()
		r := visitor.Get("/places?" + url.Values{"q": {q}, "country": {country}, "lang": {language}}.Encode())
		if r.Status != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			t.Fatalf("%q: %d %s", q, r.Status, r.Body)
		}
		var found ui.Suggestions
		if err := json.Unmarshal([]byte(r.Body), &found); err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, c := range []struct{ q, country, language, text, note string }{
		{"istanbul", "TR", "tr", "İstanbul", "Türkiye"},
		{"İSTANBUL", "", "de", "Istanbul", "Türkei"},
		{"munchen", "DE", "en", "Munich", "Bayern, Germany"},
		{"bodrum", "", "tr", "Bodrum", "Muğla, Türkiye"},
	} {
		found := ask(c.q, c.country, c.language)
		if len(found.Items) == 0 || found.Items[0].Text != c.text || found.Items[0].Note != c.note || found.Items[0].Value == "" {
			t.Errorf("%s in %s: %+v", c.q, c.language, found)
		}
	}
	if found := ask("sa", "", "en"); len(found.Items) != 10 || !strings.Contains(found.Said, "10") {
		t.Errorf("of many: %+v", found)
	}
	for _, nothing := range []string{"", "x", "qqqq", strings.Repeat("a", 100), "\x00%", "'; --"} {
		if found := ask(nothing, "", "de"); len(found.Items) != 0 || found.Items == nil || found.Said == "" {
			t.Errorf("%q: %+v", nothing, found)
		}
	}
	if found := ask("köln", "no country", "de"); len(found.Items) != 0 {
		t.Errorf("in no country: %+v", found)
	}
}
