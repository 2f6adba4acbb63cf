package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kervan/modules/site/sitetest"
)

// TestHealthIsForWhoeverWatches holds that the nodes' health is told on addresses that are no tenant's, and metrics on
// one of their own only.
func TestHealthIsForWhoeverWatches(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "health")
	for _, host := range []string{"127.0.0.1", "node-1.internal"} {
		watcher := sitetest.NewBrowser(t, host, r.port)
		for _, path := range []string{"/healthz", "/readyz"} {
			if page := watcher.Get(path); page.Status != http.StatusOK || page.Body != "ok" {
				t.Errorf("%s on %s: %d %q", path, host, page.Status, page.Body)
			}
		}
		if page := watcher.Get("/metrics"); page.Status == http.StatusOK || strings.Contains(page.Body, "kervan_request") {
			t.Errorf("metrics are served on %s", host)
		}
	}
	visitor := sitetest.NewBrowser(t, network.Host, r.port)
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/debug/pprof/"} {
		if page := visitor.Get(path); page.Status != http.StatusNotFound || strings.Contains(page.Body, "kervan_request") {
			t.Errorf("%s on a network's host: %d", path, page.Status)
		}
	}
}

func TestANodeIsNotReadyForAnOldSchema(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app)) // which would make the network once more, and its version current again
	network := r.network(t, "behind")
	admin, err := pgx.Connect(t.Context(), r.admin)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(t.Context())) }()
	if _, err := admin.Exec(t.Context(), "UPDATE platform.tenants SET schema_version = 1 WHERE id = $1", network.ID.String()); err != nil {
		t.Fatal(err)
	}
	watcher := sitetest.NewBrowser(t, "127.0.0.1", r.port)
	if page := watcher.Get("/readyz"); page.Status != http.StatusServiceUnavailable || page.Body != "not ready" {
		t.Errorf("ready with an old schema: %d %q", page.Status, page.Body)
	}
	if page := watcher.Get("/healthz"); page.Status != http.StatusOK {
		t.Errorf("not alive with an old schema: %d", page.Status)
	}
}

func TestMetricsHaveAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	m := newMetrics()
	m.observe(http.MethodGet, "/desk", http.StatusOK, time.Millisecond)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.serve(ctx, address, http.NotFoundHandler()) }()
	var body string
	for deadline := time.Now().Add(5 * time.Second); body == "" && time.Now().Before(deadline); {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		read, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		body = string(read)
	}
	if !strings.Contains(body, `kervan_request_seconds_count{method="GET",route="/desk",status="200"} 1`) {
		t.Errorf("metrics say %.300s", body)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
