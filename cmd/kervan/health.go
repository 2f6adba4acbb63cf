package main

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// health answers whoever watches over the nodes: alive, and ready to serve. Tenants' hosts are for people; there it does
// not exist.
func (a *App) health() {
	a.server.Get("/healthz", a.watched(func(c *fiber.Ctx) error { return c.SendString("ok") }))
	a.server.Get("/readyz", a.watched(func(c *fiber.Ctx) error {
		if err := a.ready(c.UserContext()); err != nil {
			slog.Warn("not ready", "error", err)
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready")
		}
		return c.SendString("ok")
	}))
}

// watched refuses tenants' hosts. When the catalogue cannot be read nobody knows whose host it is, and the answer is the
// one to be given then.
func (a *App) watched(answer fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if _, found, err := a.tenants.ByHost(c.UserContext(), web.Host(c)); err == nil && found {
			return fault.NotFound()
		}
		return answer(c)
	}
}

// ready reports whether the database answers, every tenant's schema is current, and documents can be kept.
func (a *App) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	behind, err := a.tenants.Behind(ctx)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		return errBehind
	}
	return a.objects.Health(ctx)
}

// ask answers the server in front whether to get a certificate for a host: yes for those under which a network is served, no
// for everything else, and when nobody knows. It is asked before anybody has shown who they are, so it only looks into memory.
func (a *App) ask() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, ok := web.ParseHost(r.URL.Query().Get("domain"))
		tenant, found, err := a.tenants.ByHost(r.Context(), host)
		switch {
		case err != nil:
			w.WriteHeader(http.StatusServiceUnavailable)
		case !ok || !found || !tenant.Status.Readable():
			w.WriteHeader(http.StatusNotFound)
		}
	})
}

// welcome tells the store of objects from which sites browsers may post documents: all below the platform's domain, and
// networks' own domains.
func (a *App) welcome(ctx context.Context) error {
	own, err := a.domains.Hosts(ctx)
	if err != nil {
		return err
	}
	origins := []string{a.config.origins()}
	for _, host := range own {
		origins = append(origins, a.config.origin(tenants.Tenant{Host: host}))
	}
	return a.objects.Welcome(ctx, origins...)
}

// metrics are what operators see; they are served on an address of their own, never on a public host.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kervan_request_seconds", Help: "Time to answer a request.", Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 10),
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.duration, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.duration.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) serve(ctx context.Context, address string, ask http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("GET /ask", ask)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); err != nil && err != http.ErrServerClosed {
		return err
	}
	return nil
}
