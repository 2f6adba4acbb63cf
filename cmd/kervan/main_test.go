package main

import (
	"context"
	"encoding/hex"
	"net"
	"testing"

	"kervan/modules/accounts"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) {
	tenanttest.Main(m, uitest.Close, objectstest.Close)
}

// running is the whole program, served on a port of its own over the test process's database.
type running struct {
	app  *App
	host string // of this run, below which its networks are
	port string

	admin string // how the database's administrator signs in
}

// run serves the program on a database and a bucket of its own.
func run(t testing.TB) *running {
	t.Helper()
	return runOn(t, objectstest.Config(t))
}

func runOn(t testing.TB, bucket objects.Config, adjust ...func(*Config)) *running {
	t.Helper()
	cluster := tenanttest.Own(t)
	r := &running{admin: cluster.AdminURL, host: "h" + ids.New[ids.Tenant]().String()[24:] + ".localhost"}
	config := Config{
		Address: "127.0.0.1:0", PublicURL: "http://" + r.host, Secret: hex.EncodeToString(make([]byte, 32)), Isolation: string(cluster.Config.Isolation),
		DatabaseURL: cluster.Config.AppURL, MigratorURL: cluster.Config.MigratorURL, WorkerURL: cluster.Postgres.URL("app_worker"),
		S3Endpoint: bucket.Endpoint, S3Region: bucket.Region, S3Bucket: bucket.Bucket, S3AccessKey: bucket.AccessKey, S3SecretKey: bucket.SecretKey,
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", config.Address)
	if err != nil {
		t.Fatal(err)
	}
	_, r.port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	config.PublicURL += ":" + r.port
	for _, change := range adjust {
		change(&config)
	}
	if err := config.complete(); err != nil {
		t.Fatal(err)
	}
	objectstest.Prepared(t, bucket, config.origins())
	if r.app, err = newApp(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if err := r.app.worker.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	go func() { _ = r.app.server.Listener(listener) }()
	t.Cleanup(func() {
		_ = r.app.server.Shutdown()
		_ = stopWorker(r.app)
		r.app.close()
	})
	return r
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
