package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// figure prints one line of make bench: name, value, unit, goal and whether the goal is met.
func figure(b *testing.B, name string, value float64, unit string, goal float64) {
	b.Helper()
	verdict := "ok"
	if value > goal {
		verdict = "short"
	}
	fmt.Printf("%-44s %10.2f %-4s goal %8.2f %s\n", name, value, unit, goal, verdict) //nolint:forbidigo // the bench's table
}

// cpu is the processor time of this process and of the private PostgreSQL, so far.
func cpu(b *testing.B, c *tenanttest.Cluster) time.Duration {
	b.Helper()
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		b.Fatal(err)
	}
	return time.Duration(own.Utime.Nano()+own.Stime.Nano()) + childrenCPU(b, c.Postgres.Pid())
}

// childrenCPU adds up the processor time of a server and of all processes that it started, those that have ended too.
func childrenCPU(b *testing.B, pid int) time.Duration {
	b.Helper()
	const tick = time.Second / 100
	var total time.Duration
	entries, err := os.ReadDir("/proc")
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		_, after, ok := strings.Cut(string(stat), ") ")
		f := strings.Fields(after)
		if !ok || len(f) < 15 || e.Name() != strconv.Itoa(pid) && f[1] != strconv.Itoa(pid) {
			continue
		}
		which := f[11:13]
		if e.Name() == strconv.Itoa(pid) {
			which = f[11:15] // with those that it has waited for
		}
		for _, field := range which {
			n, err := strconv.Atoi(field)
			if err != nil {
				b.Fatal(err)
			}
			total += time.Duration(n) * tick
		}
	}
	return total
}

func milliseconds(d time.Duration, n int) float64 {
	return float64(d) / float64(n) / float64(time.Millisecond)
}

// BenchmarkHouse prints the table of make bench. Each figure is processor time of the server and the database together,
// divided by the number of requests, on whatever machine it runs; the goals are those of the project.
func BenchmarkHouse(b *testing.B) {
	r := run(b)
	cluster := tenanttest.Shared(b)

	const networks = 200
	before := cpu(b, cluster)
	made := make([]tenants.Tenant, networks)
	for i := range made {
		made[i] = r.network(b, fmt.Sprintf("bench-%03d", i))
	}
	figure(b, "provision a network", milliseconds(cpu(b, cluster)-before, networks), "ms", 1000)

	before = cpu(b, cluster)
	if err := r.app.tenants.MigrateAll(b.Context()); err != nil {
		b.Fatal(err)
	}
	figure(b, "migrate 200 networks with nothing to do", milliseconds(cpu(b, cluster)-before, 1), "ms", 1000)

	network := made[0]
	system := r.app.tenants.Bind(network, tenants.SystemActor("bench"))
	for i := range 400 {
		o := organizations.Organization{
			Name: fmt.Sprintf("Çınaraltı Dayanışma Derneği %03d", i), NameEnglish: "Solidarity Association", Form: organizations.Association, Country: geo.Country("TR"),
			City: "İstanbul", About: strings.Repeat("Mahalle ölçeğinde çalışıyoruz. ", 20), Fields: []string{"gender", "youth"}, Languages: []string{"tr", "en"}, Staff: "1-5", Budget: "0-10k",
		}
		if _, err := r.app.organizations.Register(b.Context(), system, o, true); err != nil {
			b.Fatal(err)
		}
	}
	r.member(b, network, "Officer", "officer@bench.example", i18n.TR, tenants.Grant{Role: tenants.RoleOfficer})
	officer := sitetest.NewBrowser(b, network.Host, r.port)
	officer.Get("/sign-in")
	officer.Submit("/sign-in", "email", "officer@bench.example", "password", password)

	for name, path := range map[string]string{"list of 400 organizations, 50 a page, as HTML": "/organizations", "desk of an officer": "/desk", "public home": "/"} {
		goal := map[string]float64{"/organizations": 6, "/desk": 3, "/": 1.5}[path]
		cookie := officer.Cookie("session")
		if path == "/" {
			cookie = ""
		}
		figure(b, name, r.load(b, cluster, network, path, cookie), "ms", goal)
	}
	walls(b, cluster, made)
}

// load sends 600 requests, one after the other, and returns the processor time of one. The client runs in the same
// process, so its part is in the figure too: the server is faster than it says.
func (r *running) load(b *testing.B, c *tenanttest.Cluster, network tenants.Tenant, path, cookie string) float64 {
	b.Helper()
	const requests = 600
	ask := func() {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://127.0.0.1:"+r.port+path, nil)
		if err != nil {
			b.Fatal(err)
		}
		request.Host = network.Host + ":" + r.port
		if cookie != "" {
			request.AddCookie(&http.Cookie{Name: "__Host-session", Value: cookie}) // #nosec G124 -- a request's cookie has no attributes
		}
		response, err := http.DefaultClient.Do(request) // #nosec G704 -- this very process
		if err != nil {
			b.Fatal(err)
		}
		if response.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d", path, response.StatusCode)
		}
		_ = response.Body.Close()
	}
	for range 50 {
		ask()
	}
	before := cpu(b, c)
	for range requests {
		ask()
	}
	return milliseconds(cpu(b, c)-before, requests)
}

// walls compares a bound read of one tenant, and of a hundred in turn, with the same statement on a bare connection.
func walls(b *testing.B, c *tenanttest.Cluster, all []tenants.Tenant) {
	b.Helper()
	t, err := tenants.Open(b.Context(), c.Config)
	if err != nil {
		b.Fatal(err)
	}
	defer t.Close()
	const n = 3000
	bare := func() time.Duration {
		started := time.Now()
		for range n {
			var seen int
			if err := c.Worker.QueryRow(b.Context(), "SELECT count(*) FROM river.river_job WHERE id = -1").Scan(&seen); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(started)
	}
	bound := func(of []tenants.Tenant) time.Duration {
		started := time.Now()
		for i := range n {
			sc := t.Bind(of[i%len(of)], tenants.SystemActor("bench"))
			var seen int
			if err := sc.Read().NewRaw("SELECT count(*) FROM audit_entries WHERE seq = -1").Scan(context.WithoutCancel(b.Context()), &seen); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(started)
	}
	bare()
	bound(all[:1])
	base := bare()
	figure(b, "bound read of one network, times a bare read", float64(bound(all[:1]))/float64(base), "x", 2)
	figure(b, "bound reads of 100 networks in turn", float64(bound(all[:100]))/float64(base), "x", 2.85)
}
