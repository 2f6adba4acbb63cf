package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/accounts"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/openings"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// served is the variable that turns this test program into the program itself, for tests that kill it.
const served = "KERVAN_TEST_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(served) != "" {
		os.Args = []string{"kervan", "serve"}
		main()
		return
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(io.MultiWriter(os.Stderr, &logged), nil)))
	tenanttest.Main(worded{m}, uitest.Close, objectstest.Close)
}

// worded are tests that fail, too, when anybody was shown a key because there is no text.
type worded struct{ *testing.M }

func (w worded) Run() int {
	code := w.M.Run()
	if line, ok := logged.line(`msg="message missing"`); ok && code == 0 {
		_, _ = os.Stderr.WriteString("FAIL: somebody was shown a key: " + line)
		code = 1
	}
	return code
}

// logged is what the program has said to its log in this process.
var logged journal

type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

// line is the first one that contains a text.
func (j *journal) line(text string) (string, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(j.text.String()) {
		if strings.Contains(line, text) {
			return line, true
		}
	}
	return "", false
}

// running is the whole program, served on a port of its own over the test process's database.
type running struct {
	app  *App
	host string // of this run, below which its networks are
	port string

	admin    string // how the database's administrator signs in
	config   Config
	listener net.Listener
}

// run serves the program on a database and a bucket of its own.
func run(t testing.TB) *running {
	t.Helper()
	return runOn(t, objectstest.Config(t))
}

func runOn(t testing.TB, bucket objects.Config, adjust ...func(*Config)) *running {
	t.Helper()
	return runWith(t, tenanttest.Own(t), bucket, func(c *Config) {
		for _, change := range adjust {
			change(c)
		}
	})
}

func runWith(t testing.TB, cluster *tenanttest.Cluster, bucket objects.Config, change func(c *Config)) *running {
	t.Helper()
	r := house(t, cluster, bucket, change)
	r.open(t)
	return r
}

// house prepares the program, with a port of its own, and does not serve it yet.
func house(t testing.TB, cluster *tenanttest.Cluster, bucket objects.Config, change func(c *Config)) *running {
	t.Helper()
	r := &running{admin: cluster.AdminURL, host: "h" + ids.New[ids.Tenant]().String()[24:] + ".localhost"}
	config := Config{
		Address: "127.0.0.1:0", PublicURL: "http://" + r.host, Secret: hex.EncodeToString(make([]byte, 32)), Isolation: string(cluster.Config.Isolation),
		DatabaseURL: cluster.Config.AppURL, MigratorURL: cluster.Config.MigratorURL, WorkerURL: cluster.Postgres.URL("app_worker"),
		S3Endpoint: bucket.Endpoint, S3Region: bucket.Region, S3Bucket: bucket.Bucket, S3AccessKey: bucket.AccessKey, S3SecretKey: bucket.SecretKey,
	}
	r.listen(t, config.Address)
	config.Address = r.listener.Addr().String()
	config.PublicURL += ":" + r.port
	change(&config)
	if err := config.complete(); err != nil {
		t.Fatal(err)
	}
	objectstest.Prepared(t, bucket, config.origins())
	r.config = config
	return r
}

func (r *running) listen(t testing.TB, address string) {
	t.Helper()
	var err error
	if r.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", address); err != nil {
		t.Fatal(err)
	}
	if _, r.port, err = net.SplitHostPort(r.listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
}

// open serves the program until the test ends.
func (r *running) open(t testing.TB) {
	t.Helper()
	var err error
	if r.app, err = newApp(t.Context(), r.config); err != nil {
		t.Fatal(err)
	}
	if err := r.app.worker.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	go func() { _ = r.app.server.Listener(r.listener) }()
	t.Cleanup(func() {
		_ = r.app.server.Shutdown()
		_ = stopWorker(r.app)
		r.app.close()
	})
}

func (r *running) address(slug, path string) string {
	return "http://" + slug + "." + r.host + ":" + r.port + path
}

// core makes the core site with one member of its team.
func (r *running) core(t *testing.T, email string) tenants.Tenant {
	t.Helper()
	core, err := r.app.tenants.Create(t.Context(), tenants.New{
		Slug: "core", Name: "Exchange Commons", Kind: tenants.KindCore, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: r.app.config.hosts("core"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.app.tenants.Provision(t.Context(), core.ID); err != nil {
		t.Fatal(err)
	}
	r.member(t, core, "Defne Aksoylu", email, i18n.EN, tenants.Grant{Role: tenants.RoleCoreTeam})
	return core
}

// publish lets a coordinator sign a call, the core team too where it is the network's first, and opens it.
func (r *running) publish(t testing.TB, network tenants.Tenant, id ids.Call) {
	t.Helper()
	sc := r.anybody(network, tenants.RoleCoordinator)
	l, err := r.app.openings.Checklist(t.Context(), sc, id)
	must(t, err)
	must(t, r.app.openings.Sign(t.Context(), sc, id, l.Case.Content, true, "A test."))
	if l.Case.First {
		r.countersign(t, network, id)
	}
	c, err := r.app.programs.Call(t.Context(), sc, id)
	must(t, err)
	must(t, r.app.programs.Publish(t.Context(), sc, id, c.Version))
}

// anybody is somebody with a role of that kind, whom no table knows.
func (r *running) anybody(network tenants.Tenant, role tenants.Role) tenants.Scope {
	return r.app.tenants.Bind(network, tenants.Actor{Person: ids.New[ids.Person](), Name: "Somebody", Grants: []tenants.Grant{{Role: role}}})
}

// countersign waits until the core team is asked to sign the call, and signs.
func (r *running) countersign(t testing.TB, network tenants.Tenant, id ids.Call) {
	t.Helper()
	core := r.anybody(network, tenants.RoleCoreTeam)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, network.ID.String()))
		waiting, err := r.app.openings.Requests(t.Context(), core)
		must(t, err)
		for _, q := range waiting {
			if q.Call == id && q.State == openings.Waiting {
				must(t, r.app.openings.Countersign(t.Context(), core, q.ID, ""))
				return
			}
		}
	}
	t.Fatal("the core team is not asked")
}

// play lets a network's demonstration happen, and the core's before it, whose team signs first calls.
func (r *running) play(t testing.TB, c cast, hash func() (string, error)) {
	t.Helper()
	must(t, seedCore(t.Context(), r.app, hash, io.Discard))
	must(t, seedCast(t.Context(), r.app, c, hash, io.Discard))
}

const password = "slow caravan, green lantern"

func (r *running) member(t testing.TB, tenant tenants.Tenant, name, email string, locale i18n.Locale, grants ...tenants.Grant) {
	t.Helper()
	hash, err := accounts.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.app.accounts.Ensure(t.Context(), r.app.tenants.Bind(tenant, tenants.SystemActor("test")), name, email, hash, locale, grants...); err != nil {
		t.Fatal(err)
	}
}

// arrives puts a document into a sheet past the page and the store: it is there, and says that it is good.
func arrives(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, question string, organization ids.Organization) (json.RawMessage, error) {
	id := ids.New[ids.Document]()
	_, err := tx.NewRaw(`INSERT INTO documents (id, sheet_id, question, organization_id, name, kind, size, state, sha256, quarantine_key, key, granted_at)
		VALUES (?, ?, ?, ?, 'tuzuk.pdf', 'pdf', 284113, 'clean', sha256('x'), ?, ?, now())`,
		id, sheet, question, organization, "q/"+id.String(), "k/"+id.String()).Exec(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal([]ids.Document{id})
}
