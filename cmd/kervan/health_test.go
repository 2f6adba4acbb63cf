package main

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/site/sitetest"
)

func TestANodeIsReadyOnlyWithItsDocuments(t *testing.T) {
	t.Parallel()
	outage := objectstest.Own(t)
	r := runOn(t, outage.Config())
	b := sitetest.NewBrowser(t, r.network(t, "ready").Host, r.port)
	ready := func(want int) {
		t.Helper()
		if got := b.Get("/readyz").Status; got != want {
			t.Errorf("/readyz: %d, want %d", got, want)
		}
		if got := b.Get("/healthz").Status; got != http.StatusOK {
			t.Errorf("/healthz: %d: it is alive all the time", got)
		}
		if got := b.Get("/sign-in").Status; got != http.StatusOK {
			t.Errorf("/sign-in: %d: pages do not need documents", got)
		}
	}
	ready(http.StatusOK)
	outage.Begin()
	ready(http.StatusServiceUnavailable)
	outage.End()
	ready(http.StatusOK)
}

func TestPagesMayReachTheirOwnOriginAndTheStoreOnly(t *testing.T) {
	t.Parallel()
	bucket := objectstest.Config(t)
	r := runOn(t, bucket)
	page := sitetest.NewBrowser(t, r.network(t, "reach").Host, r.port).Get("/sign-in")
	directives := strings.SplitSeq(page.Header.Get("Content-Security-Policy"), "; ")
	for directive := range directives {
		if strings.HasPrefix(directive, "connect-src ") && directive != "connect-src 'self' "+bucket.Endpoint {
			t.Errorf("scripts may reach %s", directive)
		}
		if strings.Contains(directive, bucket.Endpoint) && !strings.HasPrefix(directive, "connect-src ") {
			t.Errorf("the store may be used for %s", directive)
		}
	}
}
