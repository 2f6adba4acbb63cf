// Package tenanttest gives a test a tenant of its own on a real PostgreSQL: one private cluster per test process, one
// freshly provisioned tenant per call of Open.
package tenanttest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"kervan/migrations"
	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/devserver"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/tenants"
)

// Cluster is a private PostgreSQL with the shared tables in it.
type Cluster struct {
	Postgres *devserver.Postgres
	AdminURL string
	Config   tenants.Config
	Worker   *pgxpool.Pool
	server   devserver.PostgresOptions
}

var cluster = sync.OnceValues(startCluster)

// Main runs a package's tests and then stops and removes the cluster that they used. Every package that calls Open has
// func TestMain(m *testing.M) { tenanttest.Main(m) }; what else the package started is ended by also.
func Main(m interface{ Run() int }, also ...func()) {
	code := m.Run()
	for _, end := range also {
		end()
	}
	if used {
		if c, err := cluster(); err == nil {
			c.end()
		}
	}
	os.Exit(code)
}

var used bool

// Own is a cluster that no other test uses, for a program that runs its own worker: a queue has one program only.
func Own(t testing.TB) *Cluster {
	t.Helper()
	return own(t, false)
}

// Durable is Own with a server that waits for the disk at every commit, as real ones do: one to be crashed.
func Durable(t testing.TB) *Cluster {
	t.Helper()
	return own(t, true)
}

func own(t testing.TB, durable bool) *Cluster {
	t.Helper()
	c, err := newCluster(durable)
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	t.Cleanup(c.end)
	return c
}

// Crash ends the server as a power failure would, and starts it again on the same data.
func (c *Cluster) Crash(t testing.TB) {
	t.Helper()
	c.Postgres.Kill()
	var err error
	if c.Postgres, err = devserver.StartPostgres(context.WithoutCancel(t.Context()), c.server); err != nil {
		t.Fatal(err)
	}
}

func (c *Cluster) end() {
	c.Worker.Close()
	_ = c.Postgres.Stop()
	_ = os.RemoveAll(c.server.Dir)
}

func startCluster() (*Cluster, error) {
	used = true
	return newCluster(false)
}

func newCluster(durable bool) (*Cluster, error) {
	ctx := context.Background()
	isolation, err := tenants.ParseIsolation(os.Getenv("KERVAN_TENANT_ISOLATION"))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kervan-test-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{server: devserver.PostgresOptions{Dir: dir, Durable: durable, Database: "kervan"}}
	c.Postgres, err = devserver.StartPostgres(ctx, c.server)
	if err != nil {
		return nil, err
	}
	c.AdminURL = c.Postgres.URL("postgres")
	c.Config = tenants.Config{
		AppURL: c.Postgres.URL("app_login"), MigratorURL: c.Postgres.URL("app_migrator"), Isolation: isolation, PoolSize: 10,
	}
	if err := database.Bootstrap(ctx, c.AdminURL, migrations.Files, "cluster"); err != nil {
		return nil, err
	}
	if err := tenants.Migrate(ctx, c.Config); err != nil {
		return nil, err
	}
	c.Worker, err = database.Open(ctx, c.Postgres.URL("app_worker"), 4)
	return c, err
}

// Shared is the cluster of this test process, for tests that need more than a tenant.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	c, err := cluster()
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	return c
}

// World is one test's program: its own hold on the tenants, and one tenant.
type World struct {
	Cluster *Cluster
	Tenants *tenants.Tenants
	Tenant  tenants.Tenant
}

// Open provisions a network that nobody else uses. An option may change the configuration first.
func Open(t testing.TB, options ...func(*tenants.Config)) *World {
	t.Helper()
	c := Shared(t)
	config := c.Config
	for _, option := range options {
		option(&config)
	}
	all, err := tenants.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(all.Close)
	w := &World{Cluster: c, Tenants: all}
	w.Tenant = w.Another(t)
	return w
}

// Another provisions one more network in the same program.
func (w *World) Another(t testing.TB) tenants.Tenant {
	t.Helper()
	slug := "n" + ids.New[ids.Tenant]().String()[9:28]
	tenant, err := w.Tenants.Create(t.Context(), tenants.New{
		Slug: slug, Name: "Network " + slug, Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE},
		Zone: "Europe/Istanbul", Hosts: []string{slug + ".localhost"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Tenants.Provision(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	tenant, err = w.Tenants.ByID(t.Context(), tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

// System is the tenant's scope with an actor of the system, which may do everything.
func (w *World) System() tenants.Scope {
	return w.Tenants.Bind(w.Tenant, tenants.SystemActor("test"))
}

// Visitor is the tenant's scope of somebody who has not signed in.
func (w *World) Visitor() tenants.Scope { return w.Tenants.Bind(w.Tenant, tenants.Visitor()) }

// As is the tenant's scope of a new person who holds the grants; the memberships are in the database too.
func (w *World) As(t testing.TB, grants ...tenants.Grant) tenants.Scope {
	t.Helper()
	person := ids.New[ids.Person]()
	err := w.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		for _, g := range grants {
			if err := tx.GrantRole(ctx, person, g, ids.Person{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.Tenants.Bind(w.Tenant, tenants.Actor{
		Person: person, Name: "Person " + person.String()[30:], Email: fmt.Sprintf("%s@example.org", person), Locale: i18n.EN, Grants: grants,
	})
}

// Role is a grant of a role of the network's own team.
func Role(role tenants.Role) tenants.Grant { return tenants.Grant{Role: role} }

// Jobs runs every job of this world's tenants that is due, and those that these make due. Jobs of other tests stay.
func (w *World) Jobs(t testing.TB) {
	t.Helper()
	if err := jobs.Drain(t.Context(), w.Cluster.Worker, w.Tenants.Do, w.Tenant.ID.String()); err != nil {
		t.Fatal(err)
	}
}

// Admin signs in as the database's administrator, who may do what no part of the program can.
func (c *Cluster) Admin(t testing.TB) *pgxpool.Pool {
	t.Helper()
	admin, err := database.Open(t.Context(), c.AdminURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	return admin
}
