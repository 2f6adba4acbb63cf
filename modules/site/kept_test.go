package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kervan/modules/site"
)

// TestWhatWasTypedOutlivesItsSession holds that a form whose session has ended comes back with what was typed, and can be
// sent once more after signing in again, from this very site and by the new session's token only.
func TestWhatWasTypedOutlivesItsSession(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	const typed = "First line, with <script> and \"quotes\".\r\nSecond line of what nobody would type twice."
	form := url.Values{"_csrf": {b.Get("/probe").Value("_csrf")}, "about": {typed}, "tick": {"a", "b"}}
	b.SetCookie(site.SessionCookie, "")
	b.Page = b.Post("/change?language=en", form)
	b.Want(http.StatusUnauthorized, "Nothing is lost", "Sign in in a new tab", "I have signed in: go on", "Second line")
	if got := b.Page.Value("about"); got != strings.ReplaceAll(typed, "\r\n", "\n") { // as every browser reads lines; it sends them as they were
		t.Errorf("kept %q", got)
	}
	b.SetCookie(site.SessionCookie, p.coordinator(t).Cookie(site.SessionCookie))
	b.Submit("/change?language=en")
	b.Want(http.StatusUnprocessableEntity, "Nothing is lost", "Send now")
	if p.changed.Load() > 0 {
		t.Error("changed without the new session's token")
	}
	b.Submit("/change?language=en")
	b.Want(http.StatusOK, "changed")
	if n := p.changed.Load(); n != 1 {
		t.Errorf("changed %d times", n)
	}
}

// TestNobodyPutsWordsIntoAForm holds that only forms of this very site come back, and never with a password.
func TestNobodyPutsWordsIntoAForm(t *testing.T) {
	t.Parallel()
	p := open(t)
	visitor, coordinator := p.Browser(t, p.Tenant), p.coordinator(t)
	for what, one := range map[string]struct {
		headers map[string]string
		values  url.Values
	}{
		"another site":       {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://elsewhere.example"}, url.Values{"about": {"planted"}}},
		"a sibling":          {map[string]string{"Sec-Fetch-Site": "same-site"}, url.Values{"about": {"planted"}}},
		"nobody says":        {map[string]string{"Sec-Fetch-Site": ""}, url.Values{"about": {"planted"}}},
		"a password":         {nil, url.Values{"about": {"planted"}, "password": {"secret"}}},
		"the present one":    {nil, url.Values{"about": {"planted"}, "present": {"secret"}}},
		"a part of the page": {map[string]string{"HX-Request": "true"}, url.Values{"about": {"planted"}}},
		"nothing was typed":  {nil, url.Values{}},
		"for a program":      {map[string]string{"Accept": "application/json"}, url.Values{"about": {"planted"}}},
	} {
		visitor.Headers, coordinator.Headers = one.headers, one.headers
		for who, got := range map[string]string{"a visitor": visitor.Post("/change", one.values).Body, "somebody": coordinator.Post("/change", one.values).Body} {
			if strings.Contains(got, "planted") || strings.Contains(got, "secret") || strings.Contains(got, "Nothing is lost") {
				t.Errorf("%s, %s: the form came back", what, who)
			}
		}
	}
	if p.changed.Load() > 0 {
		t.Error("something changed")
	}
}
