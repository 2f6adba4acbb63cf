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
	Path string
	N    int
}

// ask reads rows of a path and a number.
func ask(t *testing.T, sc tenants.Scope, query string, args ...any) (got []answered, err error) {
	t.Helper()
	err = sc.Ask(t.Context(), tenants.Question{Query: query, Args: args, Row: func(r *tenants.Row) error {
		var one answered
		err := r.Scan(&one.Path, &one.N)
		got = append(got, one)
		return err
	}})
	return got, err
}

const asked = "SELECT current_setting('search_path'), count(*) FROM memberships WHERE role = $1"

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
		got, err := ask(t, scopes[i%2], asked, "funder")
		if err != nil {
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
			if _, err := ask(t, scopes[0], "SELECT '', 1/$1::int", "0"); err == nil {
				t.Fatal("a division by zero went through")
			}
		}
	}
	if _, err := ask(t, scopes[0], "DELETE FROM memberships WHERE role = $1 RETURNING '', 1", "funder"); err == nil || !strings.Contains(err.Error(), "25006") {
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
			var got []string
			add := func(r *tenants.Row) error {
				got = append(got, "")
				return r.Scan(&got[len(got)-1])
			}
			err := sc.Ask(t.Context(),
				tenants.Question{Query: "SELECT count(*) FROM memberships WHERE role = $1", Args: []any{"funder"}, Row: add},
				tenants.Question{}, tenants.Question{Query: "SELECT n FROM things WHERE n::text = $1", Args: []any{"7"}, Row: add})
			if err != nil || len(got) != 2 || got[0] != "0" || got[1] != "7" {
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
	for i := range 1300 {
		if got, err := ask(t, sc, fmt.Sprintf("SELECT '', $1::int + %d", i), "1"); err != nil || len(got) != 1 || got[0].N != i+1 {
			t.Fatalf("%d: %+v %v", i, got, err)
		}
	}
	if kept, err := ask(t, sc, "SELECT $1, count(*) FROM pg_prepared_statements", ""); err != nil || len(kept) != 1 || kept[0].N < 100 || kept[0].N > 1030 {
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
			if got, err := ask(t, sc, asked, "funder"); err != nil || len(got) != 1 {
				t.Fatalf("%d: %+v %v", i, got, err)
			}
		}
		if _, err := sc.Read().ExecContext(t.Context(), "DEALLOCATE ALL"); err != nil {
			t.Fatal(err)
		}
	}
}
