package brands_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kervan/modules/kernel/files/filestest"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

var trial = regexp.MustCompile(`(?:src|href)="(/settings/brand/preview/[a-z]+\?[^"]*)"`)

// samples are the addresses of the samples that the open page shows.
func samples(p sitetest.Page) []string {
	var all []string
	for _, found := range trial.FindAllStringSubmatch(p.Body, -1) {
		all = append(all, html.UnescapeString(found[1]))
	}
	return all
}

func TestABrandIsSeenOnPageMailAndPaperBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	before := h.brand(t)
	b.SubmitFile(page, "logo", "logo.png", filestest.PNG(t, 300, 200), "preview", "yes", "name", "Ihlamur & Çınar", "sender", "Ihlamur’dan", "primary", "#8a3b6f", "accent", "#ffdd00", "typeface", "bitter")
	b.Want(http.StatusOK, "Nothing is saved yet", "Sender: Ihlamur’dan", "small highlights use")
	set, tried := b.Page.Value("logo_set"), samples(b.Page)
	if len(tried) != 4 {
		t.Fatalf("samples: %v", tried)
	}
	for _, address := range tried {
		got := b.Get(address)
		wants := []string{"Ihlamur &amp; Çınar"}
		switch {
		case strings.Contains(address, "/paper?"):
			wants = []string{"%PDF", "/Subtype /Image"}
		case strings.Contains(address, "/mail?"):
			wants = append(wants, "data:image/png;base64,", "border-top:6px solid #8a3b6f", "background:#8a3b6f")
		default:
			wants = append(wants, "/brand/pictures/"+set+"-logo.png", "primary=%238a3b6f", "typeface=bitter", `data-bs-theme="`)
		}
		for _, want := range wants {
			if got.Status != http.StatusOK || !strings.Contains(got.Body, want) {
				t.Errorf("%s: %d without %s", address, got.Status, want)
			}
		}
	}
	if now := h.brand(t); now.Logo.Set != "" || now.Primary != before.Primary || must(t, h).Name != h.Tenant.Name {
		t.Errorf("saved: %+v", now)
	}
	// Nobody else sees what is only tried.
	visitor, officer := h.Browser(t, h.Tenant), h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	for _, address := range tried {
		if got := visitor.Get(address); got.Status == http.StatusOK && strings.Contains(got.Body, set) {
			t.Errorf("a visitor sees %s", address)
		}
		if got := officer.Get(address); got.Status != http.StatusNotFound {
			t.Errorf("an officer sees %s: %d", address, got.Status)
		}
	}
}

var styled = regexp.MustCompile(`style="[^"]*red;[^"]*"`)

func TestASampleRunsNothingOfItsAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	for _, payload := range []string{`%22%3E%3Cscript%3Ealert(1)%3C/script%3E`, `red%3B%7Dbody%7Bdisplay:none`, `javascript:alert(1)`, `%00`, `..%2F..%2Fetc`, `%3Cimg%20src=%22cid:logo%22%20onerror=alert(1)%3E`} {
		for _, of := range []string{"page", "mail", "paper"} {
			q := ""
			for _, field := range []string{"name", "sender", "primary", "accent", "typeface", "logo", "header", "theme"} {
				q += field + "=" + payload + "&"
			}
			got := b.Get("/settings/brand/preview/" + of + "?" + q)
			if got.Status != http.StatusOK {
				t.Errorf("%s of %s: %d", of, payload, got.Status)
			}
			if styled.MatchString(got.Body) {
				t.Errorf("%s of %s has the style %s", of, payload, styled.FindString(got.Body))
			}
			for _, bad := range []string{"<script>alert", `<img src="cid:logo" onerror`, `href="javascript:`} {
				if strings.Contains(got.Body, bad) {
					t.Errorf("%s of %s says %s", of, payload, bad)
				}
			}
		}
	}
}
