package database_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"kervan/migrations"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

func TestAPoolIsOpenedAsDesigned(t *testing.T) {
	t.Parallel()
	pool, err := database.Open(t.Context(), databasetest.URL(t, "app_login"), 3)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	config := pool.Config()
	if config.MaxConns != 3 || config.MinIdleConns > 3 || config.MaxConnLifetime < 10*time.Minute || config.MaxConnLifetime+config.MaxConnLifetimeJitter > 15*time.Minute {
		t.Errorf("pool of %d, living %s and %s more", config.MaxConns, config.MaxConnLifetime, config.MaxConnLifetimeJitter)
	}
	for setting, want := range map[string]string{"application_name": "kervan", "statement_timeout": "20s", "idle_in_transaction_session_timeout": "30s"} {
		var got string
		if err := pool.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", setting, got, err, want)
		}
	}
	for range 3 { // a plan that is kept meets a migration one day
		if _, err := pool.Exec(t.Context(), "SELECT $1::text", "x"); err != nil {
			t.Fatal(err)
		}
		var kept int
		if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''").Scan(&kept); err != nil || kept != 0 {
			t.Errorf("%d statements are prepared, %v", kept, err)
		}
	}
}

func TestTheAddressMaySayOtherwise(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(databasetest.URL(t, "app_login"))
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	q.Set("statement_timeout", "1500ms")
	q.Set("application_name", "bench")
	address.RawQuery = q.Encode()
	pool, err := database.Open(t.Context(), address.String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var timeout, name string
	if err := pool.QueryRow(t.Context(), "SELECT current_setting('statement_timeout'), current_setting('application_name')").Scan(&timeout, &name); err != nil || timeout != "1500ms" || name != "bench" {
		t.Errorf("got %s and %q, %v", timeout, name, err)
	}
}

func TestWhatCannotBeOpenedIsSaidWithoutThePassword(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"no address":   "postgres://u:s3cret@[::1/x",
		"no port":      "postgres://u:s3cret@localhost:port/x",
		"nobody there": "postgres://u:s3cret@127.0.0.1:1/x?connect_timeout=1",
		"no such role": strings.Replace(databasetest.URL(t, "nobody"), "nobody@", "nobody:s3cret@", 1),
	} {
		pool, err := database.Open(t.Context(), address, 1)
		if err == nil {
			pool.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") || !strings.HasPrefix(err.Error(), "database: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheClusterIsPreparedOnceOrMoreThanOnce(t *testing.T) {
	t.Parallel()
	admin := databasetest.URL(t, "postgres")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := database.Bootstrap(t.Context(), admin, migrations.Files, "cluster"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	login := databasetest.Pool(t, "app_login")
	for what, statement := range map[string]string{
		"a table":             "CREATE TABLE public.x (n int)",
		"a temporary table":   "CREATE TEMP TABLE x (n int)",
		"a schema":            "CREATE SCHEMA x",
		"a role":              "CREATE ROLE x",
		"a query as text":     "SELECT query_to_xml('SELECT 1', true, true, '')",
		"a program":           "DO $$ BEGIN END $$",
		"the owner's rights":  "SET ROLE app_owner",
		"the cluster's files": "SELECT pg_read_file('PG_VERSION')",
	} {
		if _, err := login.Exec(t.Context(), statement); !database.Refused(err) {
			t.Errorf("%s: %v, want a refusal", what, err)
		}
	}
	for _, role := range []string{"app_platform", "app_river", "app_tenants"} {
		err := pgx.BeginFunc(t.Context(), login, func(tx pgx.Tx) error { _, err := tx.Exec(t.Context(), "SET LOCAL ROLE "+role); return err })
		if err != nil {
			t.Errorf("%s cannot be taken: %v", role, err)
		}
	}
}

func TestAFailingScriptLeavesNothing(t *testing.T) {
	t.Parallel()
	admin := databasetest.URL(t, "postgres")
	files := fstest.MapFS{
		"x/00001_first.sql":  {Data: []byte("CREATE SCHEMA left_behind; CREATE TABLE left_behind.x (n int);")},
		"x/00002_second.sql": {Data: []byte("SELECT 1; SELECT 1/0; SELECT 2;")},
	}
	err := database.Bootstrap(t.Context(), admin, files, "x")
	if err == nil || !strings.Contains(err.Error(), "00002_second.sql") {
		t.Errorf("got %v", err)
	}
	var there bool
	if err := databasetest.Pool(t, "postgres").QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'left_behind')").Scan(&there); err != nil || there {
		t.Errorf("half of it is there: %v, %v", there, err)
	}
	if err := database.Bootstrap(t.Context(), "postgres://127.0.0.1:1/x?connect_timeout=1", files, "x"); err == nil {
		t.Error("a server that is not there was prepared")
	}
}

func TestScriptsAreReadInOrder(t *testing.T) {
	t.Parallel()
	scripts, err := database.Scripts(fstest.MapFS{
		"m/00020_later.sql": {Data: []byte("-- +goose Up\nCREATE TABLE b ();\n-- +goose Down\nDROP TABLE b;\n")},
		"m/00003_first.sql": {Data: []byte("CREATE TABLE a ();")},
		"m/notes.txt":       {Data: []byte("no script")},
		"other/00001_x.sql": {Data: []byte("SELECT 1")},
	}, "m")
	if err != nil || len(scripts) != 2 {
		t.Fatalf("got %+v, %v", scripts, err)
	}
	if scripts[0].Version != 3 || scripts[0].SQL != "CREATE TABLE a ();" || scripts[1].Version != 20 || strings.TrimSpace(scripts[1].SQL) != "CREATE TABLE b ();" {
		t.Errorf("got %+v", scripts)
	}
	if _, err := database.Scripts(fstest.MapFS{"m/first.sql": {Data: []byte("SELECT 1")}}, "m"); err == nil {
		t.Error("a script without a number was taken")
	}
	for _, folder := range []string{"cluster", "platform", "tenant"} {
		own, err := database.Scripts(migrations.Files, folder)
		if err != nil || len(own) == 0 {
			t.Errorf("%s: %d scripts, %v", folder, len(own), err)
		}
		seen := map[int64]string{}
		for _, s := range own {
			if seen[s.Version] != "" || strings.TrimSpace(s.SQL) == "" || strings.Contains(s.SQL, "+goose Down") {
				t.Errorf("%s: %s has the number of %q, or nothing to do", folder, s.Name, seen[s.Version])
			}
			seen[s.Version] = s.Name
		}
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	t.Parallel()
	wrap := func(e *pgconn.PgError) error { return fmt.Errorf("store: save: %w", e) }
	unique := wrap(&pgconn.PgError{Code: "23505", ConstraintName: "organizations_name"})
	check := wrap(&pgconn.PgError{Code: "23514", ConstraintName: "calls_dates"})
	rights := wrap(&pgconn.PgError{Code: "42501"})
	for name, tt := range map[string]struct{ got, want bool }{
		"unique, by name":             {database.Violates(unique, "organizations_name"), true},
		"unique, by another name":     {database.Violates(unique, "organizations_slug"), false},
		"unique, any":                 {database.Violates(unique, ""), true},
		"check, by name":              {database.Violates(check, "calls_dates"), true},
		"check is not unique":         {database.Violates(check, ""), false},
		"rights are no constraint":    {database.Violates(rights, ""), false},
		"nothing":                     {database.Violates(nil, ""), false},
		"another error":               {database.Violates(errors.New("23505"), ""), false},
		"rights":                      {database.Refused(rights), true},
		"unique is not about rights":  {database.Refused(unique), false},
		"nothing is not about rights": {database.Refused(nil), false},
		"cancelled":                   {database.Refused(context.Canceled), false},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v", name, tt.got)
		}
	}
}
