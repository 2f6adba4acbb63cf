package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// nameServer answers with the proofs of all domains that have been claimed.
type nameServer struct {
	mu     sync.Mutex
	proofs map[string][]string
}

func (n *nameServer) Records(_ context.Context, name string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.proofs[name], nil
}

func TestANetworkOnItsOwnDomain(t *testing.T) {
	t.Parallel()
	dns := &nameServer{proofs: map[string][]string{}}
	r := runOn(t, objectstest.Config(t), func(c *Config) { c.dns = dns })
	network := r.network(t, "nehir")
	ask := func(host string) int {
		t.Helper()
		w := httptest.NewRecorder()
		r.app.ask().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ask?domain="+host, http.NoBody))
		return w.Code
	}
	const own = "degisim.nehir-agi.org"
	sc := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	d, err := r.app.domains.Claim(t.Context(), sc, own)
	must(t, err)
	if ask(own) != http.StatusNotFound {
		t.Error("a certificate for a domain that is only claimed")
	}
	dns.mu.Lock()
	dns.proofs[d.Record()] = []string{d.Proof}
	dns.mu.Unlock()
	must(t, r.app.domains.Check(t.Context(), sc))
	for host, want := range map[string]int{
		own: http.StatusOK, network.Host: http.StatusOK, "DEGISIM.nehir-agi.org.": http.StatusOK, "www." + own: http.StatusNotFound, "": http.StatusNotFound, "127.0.0.1": http.StatusNotFound, "a%00b": http.StatusNotFound,
	} {
		if got := ask(host); got != want {
			t.Errorf("%q: %d, want %d", host, got, want)
		}
	}
	visitor := sitetest.NewBrowser(t, own, r.port)
	visitor.Get("/")
	visitor.Want(http.StatusOK, network.Name)
	origins, err := r.app.domains.Hosts(t.Context())
	must(t, err)
	if len(origins) != 1 || origins[0] != own {
		t.Errorf("documents may be posted from %v", origins)
	}
	must(t, r.app.domains.MakeMain(t.Context(), sc, true))
	now, err := r.app.tenants.ByID(t.Context(), network.ID)
	must(t, err)
	if got, want := r.app.config.origin(now), "http://"+own+":"+r.port; got != want {
		t.Errorf("links lead to %s, want %s", got, want)
	}
}
