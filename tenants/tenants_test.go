package tenants_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

func byRole(t *testing.T, w *tenanttest.World) bool {
	t.Helper()
	return w.Cluster.Config.Isolation == tenants.ByRole
}

func TestEveryTypeRoundTrips(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	type row struct {
		bun.BaseModel `bun:"table:audit_entries"`

		Bytes []byte         `bun:"bytes"`
		Texts []string       `bun:"texts,array"`
		JSON  map[string]any `bun:"json,type:jsonb"`
		At    time.Time      `bun:"at"`
		ID    ids.Person     `bun:"id"`
		None  ids.Person     `bun:"none"`
		Big   int64          `bun:"big"`
		Yes   bool           `bun:"yes"`
		Share float64        `bun:"share"`
	}
	person := ids.New[ids.Person]()
	at := time.Date(2026, 10, 12, 20, 59, 58, 123456000, time.UTC)
	query := func(db bun.IDB) row {
		var r row
		err := db.NewRaw(`SELECT ?::bytea AS bytes, ?::text[] AS texts, ?::jsonb AS json, ?::timestamptz AS at, ?::uuid AS id,
			NULL::uuid AS none, 9007199254740993::bigint AS big, true AS yes, 0.25::float8 AS share`,
			[]byte{0, 1, 0xff}, pgdialect.Array([]string{"İ", `a"b`, ""}), `{"k":[1,"ı"]}`, at, person).Scan(t.Context(), &r)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	check := func(r row) {
		t.Helper()
		if string(r.Bytes) != "\x00\x01\xff" || len(r.Texts) != 3 || r.Texts[0] != "İ" || r.Texts[1] != `a"b` ||
			!r.At.Equal(at) || r.ID != person || !r.None.IsZero() || r.Big != 9007199254740993 || !r.Yes || r.Share != 0.25 {
			t.Errorf("got %+v", r)
		}
	}
	check(query(w.System().Read()))
	err := w.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error { check(query(tx)); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func TestATenantsRoleReachesNothingElse(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	other := w.Another(t)
	attacks := map[string]string{
		"another tenant's table":          `SELECT count(*) FROM ` + other.Schema + `.memberships`,
		"the shared tables":               `SELECT count(*) FROM platform.tenants`,
		"the queue":                       `SELECT count(*) FROM river.river_job`,
		"changing the role in a query":    `SELECT set_config('role', '` + other.Schema + `', false)`,
		"changing the path in a query":    `SELECT set_config('search_path', '` + other.Schema + `', false)`,
		"a query as text":                 `SELECT query_to_xml('SELECT 1', true, '')`,
		"a table as text":                 `SELECT table_to_xml('` + other.Schema + `.memberships', true, '')`,
		"settings through the view":       `UPDATE pg_settings SET setting = '` + other.Schema + `' WHERE name = 'role'`,
		"a stacked statement":             `SELECT 1; SET ROLE app_platform`,
		"a temporary table":               `CREATE TEMP TABLE x (n int)`,
		"a table of its own":              `CREATE TABLE x (n int)`,
		"the history of migrations":       `SELECT count(*) FROM goose_db_version`,
		"changing the trail":              `UPDATE audit_entries SET action = 'x'`,
		"shortening the trail":            `DELETE FROM audit_entries`,
		"emptying the trail":              `TRUNCATE audit_entries`,
		"a trail of its own":              `ALTER TABLE audit_entries RENAME TO old_entries`,
		"a procedure of its own":          `DO $$ BEGIN PERFORM 1; END $$`,
		"files of the server":             `SELECT pg_read_file('PG_VERSION')`,
		"statements of others":            `SELECT lo_import('/etc/passwd')`,
		"copying from a program":          `COPY audit_entries FROM PROGRAM 'id'`,
		"the passwords of the cluster":    `SELECT rolpassword FROM pg_authid`,
		"another tenant's via statistics": `SELECT ts_stat('SELECT 1')`,
	}
	shared := map[string]bool{ // what one role for all tenants cannot refuse
		"another tenant's table": true, "the queue": true,
	}
	for name, attack := range attacks {
		if !byRole(t, w) && shared[name] {
			continue
		}
		for how, run := range map[string]func() error{
			"reading": func() error { var s []string; return w.System().Read().NewRaw(attack).Scan(t.Context(), &s) },
			"executing": func() error {
				return w.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
					_, err := tx.ExecContext(ctx, attack)
					return err
				})
			},
		} {
			if err := run(); err == nil {
				t.Errorf("%s by %s went through", name, how)
			} else if !strings.Contains(err.Error(), "SQLSTATE") {
				t.Errorf("%s by %s ended before the database: %v", name, how, err)
			}
		}
	}
}

func TestTheSignInRoleHasNoRightsOfItsOwn(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	pool, err := database.Open(t.Context(), w.Cluster.Config.AppURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for _, table := range []string{w.Tenant.Schema + ".memberships", w.Tenant.Schema + ".audit_entries", "platform.tenants", "river.river_job"} {
		if _, err := pool.Exec(t.Context(), "SELECT count(*) FROM "+table); !database.Refused(err) {
			t.Errorf("%s: got %v, want a refusal", table, err)
		}
	}
	err = w.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.ExecContext(ctx, "RESET ROLE"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "SELECT count(*) FROM "+w.Tenant.Schema+".memberships")
		return err
	})
	if !database.Refused(err) {
		t.Errorf("after RESET ROLE: got %v, want a refusal", err)
	}
}

func TestReadsCannotWrite(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	_, err := w.System().Read().ExecContext(t.Context(), "DELETE FROM memberships")
	if err == nil || !strings.Contains(err.Error(), "25006") {
		t.Fatalf("got %v, want a read-only refusal", err)
	}
}

func TestTheZeroScopeReachesNothing(t *testing.T) {
	t.Parallel()
	var sc tenants.Scope
	if _, err := sc.Read().ExecContext(t.Context(), "SELECT 1"); err == nil {
		t.Error("a scope without a tenant read")
	}
	if err := sc.Write(t.Context(), func(context.Context, *tenants.Tx) error { return nil }); err == nil {
		t.Error("a scope without a tenant wrote")
	}
}

// TestOneConnectionServesTwoTenants alternates over a single connection, with failures, panics and cancellations in
// between: no setting of one request may be seen by the next.
func TestOneConnectionServesTwoTenants(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t, func(c *tenants.Config) { c.PoolSize = 1 })
	scopes := []tenants.Scope{w.System(), w.Tenants.Bind(w.Another(t), tenants.SystemActor("test"))}
	for i := range 1000 {
		sc := scopes[i%2]
		var path string
		if err := sc.Read().NewRaw("SELECT current_setting('search_path')").Scan(t.Context(), &path); err != nil {
			t.Fatal(err)
		}
		if path != sc.Tenant().Schema {
			t.Fatalf("request %d of %s ran in %s", i, sc.Tenant().Schema, path)
		}
		switch i % 7 {
		case 0:
			fail(t, sc)
		case 2:
			panics(t, sc)
		case 4:
			cancelled(t, sc)
		}
	}
}

func fail(t *testing.T, sc tenants.Scope) {
	t.Helper()
	err := sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.ExecContext(ctx, "SELECT 1/0")
		return err
	})
	if err == nil {
		t.Fatal("a division by zero went through")
	}
}

func panics(t *testing.T, sc tenants.Scope) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("the panic was swallowed")
		}
	}()
	_ = sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if err := tx.GrantRole(ctx, ids.New[ids.Person](), tenants.Grant{Role: tenants.RoleFunder}, ids.Person{}); err != nil {
			t.Error(err)
		}
		panic("in the middle")
	})
}

func cancelled(t *testing.T, sc tenants.Scope) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		cancel()
		_, err := tx.ExecContext(ctx, "SELECT 1")
		return err
	})
	if err == nil {
		t.Fatal("a cancelled transaction went through")
	}
}

func TestAPanicLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	panics(t, w.System())
	holders, err := tenants.Holders(t.Context(), w.System().Read(), tenants.RoleFunder)
	if err != nil || len(holders) != 0 {
		t.Fatalf("got %v, %v", holders, err)
	}
}

func TestScopesAreSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	other := w.Tenants.Bind(w.Another(t), tenants.SystemActor("test"))
	var wait sync.WaitGroup
	for i := range 40 {
		sc := w.System()
		if i%2 == 1 {
			sc = other
		}
		wait.Go(func() {
			for range 10 {
				var path string
				if err := sc.Read().NewRaw("SELECT current_setting('search_path')").Scan(t.Context(), &path); err != nil || path != sc.Tenant().Schema {
					t.Errorf("got %q, %v", path, err)
				}
				err := sc.Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
					tx.Audit(audit.Entry{Action: "tried", SubjectKind: "test", SubjectID: "1"})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	broken, err := audit.Verify(t.Context(), w.System().Read())
	if err != nil || broken != nil {
		t.Fatalf("trail: %v, %v", broken, err)
	}
	rows, err := audit.List(t.Context(), w.System().Read(), audit.Filter{Limit: 1})
	if err != nil || len(rows) != 1 || rows[0].Seq != 200 {
		t.Fatalf("trail ends with %+v, %v", rows, err)
	}
}

type happened struct {
	N int `json:"n"`
}

func (happened) EventKind() string { return "happened" }

func TestAnnouncementsLeaveWithTheirTransaction(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	var mu sync.Mutex
	heard := map[string][]int{}
	for _, name := range []string{"one", "two"} {
		tenants.React(w.Tenants.Registry(), name, func(_ context.Context, sc tenants.Scope, e happened) error {
			mu.Lock()
			defer mu.Unlock()
			if sc.Tenant().ID != w.Tenant.ID || sc.Actor().System != name {
				t.Errorf("reaction of %s as %q", sc.Tenant().Slug, sc.Actor().System)
			}
			heard[name] = append(heard[name], e.N)
			return nil
		})
	}
	announce := func(n int, fails error) error {
		return w.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(happened{n})
			return fails
		})
	}
	undone := errors.New("undone")
	if err := announce(1, nil); err != nil {
		t.Fatal(err)
	}
	if err := announce(2, undone); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	w.Jobs(t)
	for _, name := range []string{"one", "two"} {
		if len(heard[name]) != 1 || heard[name][0] != 1 {
			t.Errorf("%s heard %v", name, heard[name])
		}
	}
}

func TestASuspendedNetworkDoesNoWork(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	ran := 0
	tenants.HandleJob(w.Tenants.Registry(), "work", func(context.Context, tenants.Scope, struct{}) error { ran++; return nil })
	err := w.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error { tx.Enqueue("work", struct{}{}); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Tenants.Suspend(t.Context(), w.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	for range 20 { // more often than a job is tried
		w.Jobs(t)
		if _, err := w.Cluster.Worker.Exec(t.Context(), "UPDATE river.river_job SET scheduled_at = now() WHERE args->>'room' = $1", w.Tenant.ID.String()); err != nil {
			t.Fatal(err)
		}
	}
	if ran != 0 {
		t.Fatalf("the job ran %d times in a suspended network", ran)
	}
	node, err := tenants.Open(t.Context(), w.Cluster.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	seen, found, err := node.ByHost(t.Context(), w.Tenant.Host)
	if err != nil || !found || seen.Status != tenants.StatusSuspended {
		t.Fatalf("another node sees %s, %v, %v", seen.Status, found, err)
	}
	if err := w.Tenants.Reopen(t.Context(), w.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	again, err := w.Tenants.ByID(t.Context(), w.Tenant.ID)
	if err != nil || again.Status != tenants.StatusOnboarding {
		t.Fatalf("reopened to %s, %v", again.Status, err)
	}
	w.Jobs(t)
	if ran != 1 {
		t.Errorf("the job ran %d times after reopening", ran)
	}
}

// TestWorkForEveryNetworkPassesOverThoseWithoutTables holds that a network which is just being made keeps no other from its
// nightly work.
func TestWorkForEveryNetworkPassesOverThoseWithoutTables(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	ran := map[ids.Tenant]int{}
	w.Tenants.HandleEverywhere("nightly", func(_ context.Context, sc tenants.Scope) error { ran[sc.Tenant().ID]++; return nil })
	bare, err := w.Tenants.Create(t.Context(), tenants.New{
		Slug: "bare-" + w.Tenant.Slug[:12], Name: "A bare one", Kind: tenants.KindNetwork, Locales: w.Tenant.Locales, Zone: "Europe/Berlin",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Tenants.Do(t.Context(), jobs.Envelope{Name: "nightly", Payload: json.RawMessage("{}")}); err != nil {
		t.Fatal(err)
	}
	if err := jobs.Drain(t.Context(), w.Cluster.Worker, w.Tenants.Do, w.Tenant.ID.String(), bare.ID.String()); err != nil {
		t.Fatal(err)
	}
	if ran[w.Tenant.ID] != 1 || ran[bare.ID] != 0 {
		t.Errorf("it ran %d times where it should, and %d times where there is nothing yet", ran[w.Tenant.ID], ran[bare.ID])
	}
}

func TestProvisioningIsRepeatable(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	seeds := 0
	for range 2 {
		if err := w.Tenants.Provision(t.Context(), w.Tenant.ID, func(context.Context, tenants.Scope, tenants.Contact) error { seeds++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	progress, err := w.Tenants.Progress(t.Context(), w.Tenant.ID)
	if err != nil || !progress[w.Tenant.ID].Done || seeds != 2 {
		t.Fatalf("got %+v, %d seeds, %v", progress, seeds, err)
	}
}

func TestProvisioningTwiceAtOnceIsProvisioningOnce(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	fresh, err := w.Tenants.Create(t.Context(), tenants.New{
		Slug: "twice-" + w.Tenant.Slug[:8], Name: "Twice", Kind: tenants.KindNetwork, Locales: w.Tenant.Locales, Zone: "Europe/Berlin",
	})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := w.Tenants.Provision(t.Context(), fresh.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	fresh, err = w.Tenants.ByID(t.Context(), fresh.ID)
	if err != nil || fresh.SchemaVersion == 0 {
		t.Fatalf("schema at version %d, %v", fresh.SchemaVersion, err)
	}
}

func TestASlugIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	_, err := w.Tenants.Create(t.Context(), tenants.New{
		Slug: w.Tenant.Slug, Name: "Again", Kind: tenants.KindNetwork, Locales: w.Tenant.Locales, Zone: "Europe/Berlin",
	})
	if !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Name != "slug" {
		t.Fatalf("got %v", err)
	}
}

func TestIsolationLevelsAreHonoured(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	tx, err := w.System().Read().BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var level, readOnly string
	if err := tx.QueryRowContext(t.Context(), "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')").Scan(&level, &readOnly); err != nil {
		t.Fatal(err)
	}
	if level != "repeatable read" || readOnly != "on" {
		t.Errorf("got %s, read only %s", level, readOnly)
	}
}
