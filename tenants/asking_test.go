package tenants_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

type answered struct {
	Path string `bun:"path"`
	N    int    `bun:"n"`
}

const asked = "SELECT current_setting('search_path') AS path, count(*) AS n FROM memberships WHERE role = $1"

// TestPreparedStatementsStayInTheirRoom asks the same over one connection for two tenants in turn: each sees its own rows,
// whatever the other has just prepared.
func TestPreparedStatementsStayInTheirRoom(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t, func(c *tenants.Config) { c.PoolSize = 1 })
	scopes := []tenants.Scope{w.System(), w.Tenants.Bind(w.Another(t), tenants.SystemActor("test"))}
	for range 3 {
		grant(t, scopes[1])
	}
	for i := range 200 {
		var got []answered
		if err := scopes[i%2].Ask(t.Context(), &got, asked, "funder"); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0].Path != scopes[i%2].Tenant().Schema || got[0].N != i%2*3 {
			t.Fatalf("request %d: %+v", i, got)
		}
		switch i % 7 {
		case 1:
			fail(t, scopes[0])
		case 3:
			cancelled(t, scopes[1])
		case 5:
			if err := scopes[0].Ask(t.Context(), &got, "SELECT 1/$1::int AS n", "0"); err == nil {
				t.Fatal("a division by zero went through")
			}
		}
	}
	if err := scopes[0].Ask(t.Context(), &[]answered{}, "DELETE FROM memberships WHERE role = $1 RETURNING 1 AS n", "funder"); err == nil || !strings.Contains(err.Error(), "25006") {
		t.Errorf("asking deletes: %v", err)
	}
}

func grant(t *testing.T, sc tenants.Scope) {
	t.Helper()
	err := sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		return tx.GrantRole(ctx, ids.New[ids.Person](), tenants.Grant{Role: tenants.RoleFunder}, ids.Person{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAStalePlanIsMadeAnew changes the type of a column under a prepared statement, as a migration does.
func TestAStalePlanIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t, func(c *tenants.Config) { c.PoolSize = 1 })
	sc := w.System()
	migrate := func(statement string) {
		t.Helper()
		config := strings.ReplaceAll(w.Cluster.AdminURL, "?", "?search_path="+w.Tenant.Schema+"&")
		pool, err := database.Open(t.Context(), config, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	schema := w.Tenant.Schema
	migrate("CREATE TABLE " + schema + ".things (n integer); INSERT INTO " + schema + ".things VALUES (7); GRANT SELECT ON " + schema + ".things TO PUBLIC")
	for _, change := range []string{"", "ALTER TABLE " + schema + ".things ALTER n TYPE text", "ALTER TABLE " + schema + ".things ALTER n TYPE bigint USING n::bigint"} {
		if change != "" {
			migrate(change)
		}
		for range 8 {
			var got []struct{ N string }
			if err := sc.Ask(t.Context(), &got, "SELECT n FROM things WHERE n::text = $1", "7"); err != nil || len(got) != 1 || got[0].N != "7" {
				t.Fatalf("after %q: %+v %v", change, got, err)
			}
		}
	}
}

// TestAConnectionKeepsSomeStatements asks more different things than a connection keeps.
func TestAConnectionKeepsSomeStatements(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t, func(c *tenants.Config) { c.PoolSize = 1 })
	sc := w.System()
	for i := range 700 {
		var got []answered
		if err := sc.Ask(t.Context(), &got, fmt.Sprintf("SELECT $1::int + %d AS n", i), "1"); err != nil || len(got) != 1 || got[0].N != i+1 {
			t.Fatalf("%d: %+v %v", i, got, err)
		}
	}
	var kept []answered
	if err := sc.Ask(t.Context(), &kept, "SELECT count(*) AS n, $1 AS path FROM pg_prepared_statements", ""); err != nil || len(kept) != 1 || kept[0].N < 100 || kept[0].N > 520 {
		t.Errorf("%+v %v", kept, err)
	}
}

// TestLostStatementsArePreparedAnew takes a connection's statements away, as a pooler might.
func TestLostStatementsArePreparedAnew(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t, func(c *tenants.Config) { c.PoolSize = 1 })
	sc := w.System()
	for i := range 5 {
		for range 3 {
			var got []answered
			if err := sc.Ask(t.Context(), &got, asked, "funder"); err != nil || len(got) != 1 {
				t.Fatalf("%d: %+v %v", i, got, err)
			}
		}
		if _, err := sc.Read().ExecContext(t.Context(), "DEALLOCATE ALL"); err != nil {
			t.Fatal(err)
		}
	}
}
