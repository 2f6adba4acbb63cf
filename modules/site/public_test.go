package site_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/kernel/i18n"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestThePageSaysItsAddresses: its own, and that of each language.
func TestThePageSaysItsAddresses(t *testing.T) {
	t.Parallel()
	p := open(t)
	offered := p.Tenant.Locales
	b := p.Browser(t, p.Tenant)
	page := b.Get("/probe")
	for _, want := range []string{
		`rel="canonical" href="` + b.Address("/probe") + `"`, `hreflang="x-default" href="` + b.Address("/probe") + `"`,
		`hreflang="` + string(offered[1]) + `" href="` + b.Address("/probe?lang="+string(offered[1])) + `"`, `property="og:url"`, `name="twitter:card"`,
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("no %s", want)
		}
	}
	if page = b.Get("/probe?lang=" + string(offered[1]) + "&q=x"); !strings.Contains(page.Body, `rel="canonical" href="`+b.Address("/probe?lang="+string(offered[1]))+`"`) {
		t.Errorf("the page in another language has another address: %s", page.Body)
	}
	signed := p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	if body := signed.Get("/probe").Body; strings.Contains(body, "canonical") || !strings.Contains(body, `content="noindex"`) {
		t.Error("a page of somebody who has signed in is for search engines")
	}
}

// TestTheAddressChoosesTheLanguage, and the visitor goes on in it; the switch wins over the address that it returns to.
func TestTheAddressChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	p := open(t)
	second := p.Tenant.Locales[1]
	b := p.Browser(t, p.Tenant)
	speaks := func(page sitetest.Page, l i18n.Locale) {
		t.Helper()
		if !strings.Contains(page.Body, `<html lang="`+string(l)+`"`) {
			t.Errorf("%s does not speak %s", page.Path, l)
		}
	}
	speaks(b.Get("/probe"), p.Tenant.Locales[0])
	speaks(b.Get("/probe?lang=xx"), p.Tenant.Locales[0])
	speaks(b.Get("/probe?q=x&lang="+string(second)), second)
	if back := b.Page.Value("return"); back != "/probe?q=x" {
		t.Errorf("the switch returns to %s", back)
	}
	speaks(b.Get("/probe"), second)
}

// TestAVisitorsPageIsAskedForAnew and only sent when it has changed; what somebody sees who has signed in is never kept.
func TestAVisitorsPageIsAskedForAnew(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.Browser(t, p.Tenant)
	page := b.Get("/probe")
	tag := page.Header.Get("ETag")
	if tag == "" || page.Header.Get("Cache-Control") != "private, no-cache" || !strings.Contains(page.Header.Get("Vary"), "Cookie") {
		t.Fatalf("%v", page.Header)
	}
	b.Headers["If-None-Match"] = `"other", ` + tag
	if page = b.Send(http.MethodGet, "/probe"); page.Status != http.StatusNotModified || page.Body != "" {
		t.Errorf("%d %q", page.Status, page.Body)
	}
	b.Headers["Accept-Language"] = string(p.Tenant.Locales[1])
	if page = b.Send(http.MethodGet, "/probe"); page.Status != http.StatusOK {
		t.Errorf("another language is another page: %d", page.Status)
	}
	signed := p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	if header := signed.Get("/probe").Header; header.Get("ETag") != "" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", header)
	}
}

// TestRobotsFindTheMap of this very host.
func TestRobotsFindTheMap(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.Browser(t, p.Tenant)
	if body := b.Get("/robots.txt").Body; !strings.Contains(body, "Sitemap: "+b.Address("/sitemap.xml")+"\n") || !strings.Contains(body, "Disallow: /desk\n") {
		t.Error(body)
	}
	if page := b.Get("/sitemap.xml"); page.Status != http.StatusOK || !strings.HasPrefix(page.Body, "<?xml") {
		t.Errorf("%d %s", page.Status, page.Body)
	}
}
