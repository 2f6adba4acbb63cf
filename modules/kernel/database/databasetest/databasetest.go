// Package databasetest gives the tests of what stands below the tenants a real PostgreSQL: one private cluster per test
// process, with the house's roles and revokes, and a schema of its own for each test.
package databasetest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"

	"kervan/migrations"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/devserver"
)

type cluster struct {
	postgres *devserver.Postgres
	dir      string
}

var shared = sync.OnceValues(start)

var started atomic.Bool

// Main runs a package's tests and then stops and removes the cluster that they used.
func Main(m *testing.M) {
	code := m.Run()
	if started.Load() {
		if c, err := shared(); err == nil {
			_ = c.postgres.Stop()
			_ = os.RemoveAll(c.dir)
		}
	}
	os.Exit(code)
}

func start() (*cluster, error) {
	started.Store(true)
	dir, err := os.MkdirTemp("", "kervan-test-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir}
	ctx := context.Background()
	if c.postgres, err = devserver.StartPostgres(ctx, devserver.PostgresOptions{Dir: dir, Database: "kervan"}); err != nil {
		return nil, err
	}
	return c, database.Bootstrap(ctx, c.postgres.URL("postgres"), migrations.Files, "cluster")
}

// URL is how the role signs in to the cluster.
func URL(t testing.TB, role string) string {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	return c.postgres.URL(role)
}

// Pool signs in as the role.
func Pool(t testing.TB, role string) *pgxpool.Pool {
	t.Helper()
	pool, err := database.Open(t.Context(), URL(t, role), 10)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

var made atomic.Int64

// Database is a fresh database of the cluster, prepared like the first; the answer is how each role signs in to it.
func Database(t testing.TB) (url func(role string) string) {
	t.Helper()
	name := fmt.Sprintf("test_%d", made.Add(1))
	if _, err := Pool(t, "postgres").Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	url = func(role string) string { return strings.Replace(URL(t, role), "/kervan?", "/"+name+"?", 1) }
	if err := database.Bootstrap(t.Context(), url("postgres"), migrations.Files, "cluster"); err != nil {
		t.Fatal(err)
	}
	return url
}

// Schema is a fresh schema with the tables that the scripts make, entered as an administrator of the database.
func Schema(t testing.TB, scripts ...string) *bun.DB {
	t.Helper()
	config, err := pgxpool.ParseConfig(URL(t, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", made.Add(1))
	config.ConnConfig.RuntimeParams["search_path"] = name
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	for _, script := range append([]string{"CREATE SCHEMA " + name}, scripts...) {
		if _, err := pool.Exec(t.Context(), script); err != nil {
			t.Fatal(err)
		}
	}
	return bun.NewDB(stdlib.OpenDBFromPool(pool), database.NewDialect())
}
