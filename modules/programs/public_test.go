package programs_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
)

const hostile = `</script><script>alert(1)</script>&"'`

// retitled is a published call whose title and summary are what nobody should write.
func (h *house) retitled(t *testing.T) programs.Call {
	t.Helper()
	c := h.published(t)
	for _, l := range c.Locales {
		must(t, h.service.Reword(t.Context(), h.coordinator(t), c.ID, c.Version, programs.Texts{
			Locale: l, Title: hostile + string(l), Summary: hostile, About: c.About[l], Conduct: c.Conduct[l], Notice: c.Notice[l],
		}))
		c.Version++
	}
	return c
}

var linked = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

// TestSearchEnginesReadACall: what it is called, what one may get, until when, and what was asked; as data in which no
// letter can end the element.
func TestSearchEnginesReadACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, call := h.coordinator(t), h.retitled(t)
	q := h.asked(t, h.Visitor(), call.ID, "May we?")
	must(t, h.service.Answer(t.Context(), sc, call.ID, q.ID, q.Version, i18n.Text{"en": hostile}, i18n.Text{"en": "**You** may."}))
	b := h.Browser(t, h.Tenant)
	page := b.Get("/calls/" + call.ID.String() + "?lang=en")
	b.Want(http.StatusOK)
	kinds := map[string]map[string]any{}
	for _, found := range linked.FindAllStringSubmatch(page.Body, -1) {
		one := map[string]any{}
		must(t, json.Unmarshal([]byte(found[1]), &one))
		kinds[one["@type"].(string)] = one //nolint:forcetypeassert // it fails the test
	}
	if len(kinds) != 3 || kinds["MonetaryGrant"]["name"] != hostile+"en" || kinds["Event"]["endDate"] == "" {
		t.Errorf("%v", kinds)
	}
	amount, _ := kinds["MonetaryGrant"]["amount"].(map[string]any)
	if amount["value"] != "3500.00" || amount["currency"] != "EUR" {
		t.Errorf("%v", amount)
	}
	answer, _ := json.Marshal(kinds["FAQPage"]["mainEntity"]) //nolint:errchkjson // it was JSON
	if !strings.Contains(string(answer), "You may.") {
		t.Errorf("%s", answer)
	}
	if strings.Contains(page.Body, "<script>alert") {
		t.Error("a title ended its element")
	}
}

// TestADraftTellsMachinesNothing: not the map of the site, not the feed.
func TestADraftTellsMachinesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	draft, shown := h.drafted(t), h.published(t)
	b := h.Browser(t, h.Tenant)
	for _, path := range []string{"/sitemap.xml", "/feeds/calls.atom"} {
		body := b.Get(path).Body
		if strings.Contains(body, draft.ID.String()) || !strings.Contains(body, shown.ID.String()) {
			t.Errorf("%s: %s", path, body)
		}
	}
	if page := b.Get("/calls/" + draft.ID.String()); page.Status != http.StatusNotFound {
		t.Errorf("a visitor reads a draft: %d", page.Status)
	}
}

// TestTheFeedOfCallsSpeaksALanguage and is read back as XML whatever stands in it.
func TestTheFeedOfCallsSpeaksALanguage(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.retitled(t)
	b := h.Browser(t, h.Tenant)
	for i, l := range h.Tenant.Locales {
		query := "?lang=" + string(l)
		page := b.Get("/feeds/calls.atom" + query)
		var feed struct {
			Lang    string `xml:"lang,attr"`
			Entries []struct {
				ID    string `xml:"id"`
				Title string `xml:"title"`
				Link  struct {
					Href string `xml:"href,attr"`
				} `xml:"link"`
			} `xml:"entry"`
		}
		must(t, xml.Unmarshal([]byte(page.Body), &feed))
		if i == 0 {
			query = ""
		}
		got := []string{page.Header.Get("Content-Type"), feed.Lang, feed.Entries[0].ID, feed.Entries[0].Title, feed.Entries[0].Link.Href}
		want := []string{"application/atom+xml; charset=utf-8", string(l), "urn:uuid:" + call.ID.String(), hostile + string(l), b.Address("/calls/" + call.ID.String() + query)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestTheMapOfTheSite has every call in every language, each with all the others.
func TestTheMapOfTheSite(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.published(t)
	b := h.Browser(t, h.Tenant)
	var found struct {
		URLs []struct {
			Location string `xml:"loc"`
			Changed  string `xml:"lastmod"`
			Others   []struct {
				Language string `xml:"hreflang,attr"`
				Href     string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"url"`
	}
	must(t, xml.Unmarshal([]byte(b.Get("/sitemap.xml").Body), &found))
	var locations []string
	for _, u := range found.URLs {
		if len(u.Others) != len(h.Tenant.Locales)+1 || u.Changed == "" {
			t.Errorf("%+v", u)
		}
		locations = append(locations, u.Location)
	}
	for i, l := range h.Tenant.Locales {
		address := b.Address("/calls/" + call.ID.String())
		if i > 0 {
			address += "?lang=" + string(l)
		}
		if !slices.Contains(locations, address) {
			t.Errorf("%s is not in %v", address, locations)
		}
	}
}
