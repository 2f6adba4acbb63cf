package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/valyala/fasthttp"

	"kervan/modules/accounts"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// bench is the house whose speed is measured: the real program on a database that waits for the disk, with the
// demonstration, a crowded network and two hundred small ones in it.
type bench struct {
	*running

	cluster *tenanttest.Cluster
	small   []tenants.Tenant
	crowd   tenants.Tenant
	asked   []target
	hash    string // of everybody's password
}

// BenchmarkHouse prints the table of make bench, a line a figure: name, value, unit, goal, and whether it is met. Where a
// figure is processor time it is that of the program and of PostgreSQL together, so that it hardly depends on what else
// the machine does; the client runs in the program's process, so its part is in the figure, too.
//
// For those who work on one figure, KERVAN_BENCH_ONLY names what is measured (idle, pages, panel, saving, api, difference, flow, pools or lighthouse),
// with KERVAN_BENCH_SMALL=yes there is less of everything, and profiles are written into the folder KERVAN_BENCH_PROFILES.
func BenchmarkHouse(b *testing.B) {
	h := &bench{cluster: tenanttest.Durable(b)}
	h.running = house(b, h.cluster, objectstest.Config(b), func(*Config) {})
	if wanted("idle") {
		h.idle(b)
	}
	h.furnish(b)
	h.open(b)
	h.settles(b)
	for _, one := range []struct {
		name    string
		measure func(*testing.B)
	}{{"pages", h.pages}, {"panel", h.meeting}, {"saving", h.saving}, {"api", h.api}, {"difference", h.difference}, {"flow", h.flow}, {"pools", h.pools}, {"lighthouse", h.lighthouse}} {
		if wanted(one.name) {
			one.measure(b)
		}
	}
}

func wanted(figure string) bool {
	only := os.Getenv("KERVAN_BENCH_ONLY")
	return only == "" || only == figure
}

// few is the number, or the smaller one for those who work on one figure.
func few(all, some int) int {
	if os.Getenv("KERVAN_BENCH_SMALL") != "" {
		return some
	}
	return all
}

func must(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// most prints the line of a figure that should not be above its goal, least that of one that should not be below it.
func most(name string, value float64, unit string, goal float64) {
	row(name, value, unit, fmt.Sprintf("<=%.2f", goal), value <= goal)
}

func least(name string, value float64, unit string, goal float64) {
	row(name, value, unit, fmt.Sprintf(">=%.2f", goal), value >= goal)
}

func row(name string, value float64, unit, goal string, met bool) {
	verdict := "short"
	if met {
		verdict = "ok"
	}
	fmt.Printf("\n%-50s %9.2f %-3s %9s %s\n", name, value, unit, goal, verdict) //nolint:forbidigo // the bench's table
}

// remark prints a line that is no figure, for those who look for what a figure is made of.
func remark(format string, args ...any) {
	fmt.Printf("# "+format+"\n", args...) //nolint:forbidigo // beside the bench's table
}

// furnish fills the house through the use-cases of a program that does not wait for the disk, and measures what it does on
// the way.
func (h *bench) furnish(b *testing.B) {
	b.Helper()
	config, err := hurried(h.config)
	must(b, err)
	app, err := newApp(b.Context(), config)
	must(b, err)
	defer app.close()
	h.app = app
	h.hash, err = accounts.HashPassword(demoPassword)
	must(b, err)

	const networks = 200
	h.small = make([]tenants.Tenant, few(networks, 100))
	making := h.cpu(b)
	var makers sync.WaitGroup
	for k := range 4 {
		makers.Go(func() {
			for i := k; i < len(h.small); i += 4 {
				h.small[i] = h.network(b, fmt.Sprintf("small-%03d", i))
			}
		})
	}
	if makers.Wait(); b.Failed() {
		b.FailNow()
	}
	most("provision-a-network", milliseconds(h.cpu(b)-making, len(h.small)), "ms", 1000)
	before, started := h.cpu(b), time.Now()
	must(b, migrate(b.Context(), h.config))
	most("migrate-200-networks-with-nothing-to-do", milliseconds(h.cpu(b)-before, 1), "ms", 1000)
	remark("migrate: %v from beginning to end", time.Since(started))

	var together sync.WaitGroup
	together.Go(func() {
		if !wanted("pages") && !wanted("panel") && !wanted("saving") && !wanted("lighthouse") {
			return
		}
		c, hash := crowded(few(395, 60), few(100, 20), few(200, 20)), func() (string, error) { return h.hash, nil }
		must(b, seedCore(b.Context(), app, hash, os.Stderr))
		must(b, seedCast(b.Context(), app, c, hash, os.Stderr))
		var found bool
		h.crowd, found, err = app.tenants.ByHost(b.Context(), app.config.hosts(c.Slug)[0])
		if must(b, err); !found {
			b.Error("the crowded network is not there")
		}
	})
	together.Go(func() {
		if wanted("api") {
			h.targets(b)
		}
	})
	if together.Wait(); b.Failed() {
		b.FailNow()
	}
}

// settles waits until the jobs that follow from what was made are done, and lets the database look at its tables, as it
// does by itself in the end.
func (h *bench) settles(b *testing.B) {
	b.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(2 * time.Minute); ; <-tick.C {
		var left int
		must(b, h.app.workerPool.QueryRow(b.Context(), "SELECT count(*) FROM river.river_job WHERE state IN ('available', 'running', 'retryable', 'pending')").Scan(&left))
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d jobs are left", left)
		}
	}
	admin, err := pgx.Connect(b.Context(), h.admin)
	must(b, err)
	_, err = admin.Exec(b.Context(), "VACUUM ANALYZE")
	must(b, errors.Join(err, admin.Close(context.WithoutCancel(b.Context()))))
}

// session signs somebody in and gives the cookie that the browser would keep.
func (h *bench) session(b *testing.B, in tenants.Tenant, email string, n int) string {
	b.Helper()
	visitor := h.app.tenants.Bind(in, tenants.Visitor())
	cookie, err := h.app.accounts.SignIn(b.Context(), visitor, accounts.SignIn{Email: email, Password: demoPassword, Address: fmt.Sprintf("127.8.%d.%d", n/250, n%250)})
	must(b, err)
	return cookie.Token
}

// visitor is somebody who asks for one address again and again.
type visitor struct {
	host, cookie, path string
}

func (v visitor) ask(request *fasthttp.Request, port string) {
	request.SetRequestURI("http://127.0.0.1:" + port + v.path)
	request.UseHostHeader = true
	request.Header.SetHost(v.host + ":" + port)
	if v.cookie != "" {
		request.Header.SetCookie("__Host-session", v.cookie)
	}
}

// load asks for a page again and again, one request after the other, and returns the processor time that one takes: the
// least of three rounds, as everything else on the machine can only add to it.
func (h *bench) load(b *testing.B, v visitor) float64 {
	b.Helper()
	const requests = 300
	client := &fasthttp.HostClient{Addr: "127.0.0.1:" + h.port}
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	v.ask(request, h.port)
	ask := func(n int) {
		for range n {
			must(b, client.Do(request, response))
			if response.StatusCode() != fasthttp.StatusOK {
				b.Fatalf("%s: %d", v.path, response.StatusCode())
			}
		}
	}
	ask(60)
	best, split := 1e9, ""
	defer h.profiled(b, path.Base(v.path))()
	for range 3 {
		own, database := h.cpus(b)
		ask(requests)
		ownAfter, databaseAfter := h.cpus(b)
		own, database = ownAfter-own, databaseAfter-database
		if all := milliseconds(own+database, requests); all < best {
			best, split = all, fmt.Sprintf("%.2f ms the program, %.2f ms the database", milliseconds(own, requests), milliseconds(database, requests))
		}
	}
	remark("%s: %s", v.path, split)
	return best
}

// profiled writes what the program does until the end of the figure, where that is asked for.
func (h *bench) profiled(b *testing.B, name string) (end func()) {
	b.Helper()
	dir := os.Getenv("KERVAN_BENCH_PROFILES")
	if dir == "" {
		return func() {}
	}
	file, err := os.Create(filepath.Join(dir, name+".prof"))
	must(b, err)
	must(b, pprof.StartCPUProfile(file))
	return func() {
		pprof.StopCPUProfile()
		must(b, file.Close())
	}
}

func milliseconds(d time.Duration, n int) float64 {
	return float64(d) / float64(n) / float64(time.Millisecond)
}

// cpu is the processor time of this process and of PostgreSQL, so far.
func (h *bench) cpu(b *testing.B) time.Duration {
	b.Helper()
	own, database := h.cpus(b)
	return own + database
}

func (h *bench) cpus(b *testing.B) (own, database time.Duration) {
	b.Helper()
	var used syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), familyCPU(b, h.cluster.Postgres.Pid())
}

// familyCPU adds up the processor time of a server and of all processes that it started, those that have ended too.
func familyCPU(b *testing.B, pid int) time.Duration {
	b.Helper()
	const tick = time.Second / 100
	var total time.Duration
	entries, err := os.ReadDir("/proc")
	must(b, err)
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
			must(b, err)
			total += time.Duration(n) * tick
		}
	}
	return total
}
