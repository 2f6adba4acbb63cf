package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"kervan/modules/applications"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// holding lists the tables of the whole database with a row that says one of the words, in any column.
func holding(ctx context.Context, t *testing.T, r *running, words ...string) []string {
	t.Helper()
	pool, err := pgxpool.New(ctx, r.admin)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	rows, err := pool.Query(ctx, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 50 {
		t.Fatalf("only %d tables: the walk is broken", len(tables))
	}
	var found []string
	for _, table := range tables {
		for _, word := range words {
			var n int
			if err := pool.QueryRow(ctx, `SELECT count(*) FROM `+table+` AS r WHERE position($1 IN r::text) > 0`, word).Scan(&n); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
			if n > 0 {
				found = append(found, fmt.Sprintf("%s: %d rows with %s", table, n, word))
			}
		}
	}
	return found
}

func (r *running) keptOf(ctx context.Context, t *testing.T, room tenants.Tenant) int {
	t.Helper()
	n := 0
	for o, err := range r.app.objects.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(o.Key, room.ID.String()) || strings.Contains(o.Key, room.Schema) {
			n++
		}
	}
	return n
}

// coordinated is a network with a coordinator who signs in by the address.
func (r *running) coordinated(t *testing.T, slug, coordinator string) tenants.Tenant {
	t.Helper()
	network, err := r.app.tenants.Create(t.Context(), tenants.New{
		Slug: slug, Name: "Çınaraltı Ağı", Kind: tenants.KindNetwork, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: r.app.config.hosts(slug),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.app.tenants.Provision(t.Context(), network.ID); err != nil {
		t.Fatal(err)
	}
	r.member(t, network, "İpek Ağırbaş", coordinator, i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})
	return network
}

// filled waits until the room of the network's only rehearsal is filled.
func (r *running) filled(t *testing.T) tenants.Tenant {
	t.Helper()
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(6 * time.Minute); time.Now().Before(end); <-look.C {
		all, err := r.app.tenants.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.Kind != tenants.KindRehearsal {
				continue
			}
			progress, err := r.app.tenants.Progress(t.Context(), one.ID)
			if err != nil || progress[one.ID].Failed {
				t.Fatalf("the room was not filled: %v %+v\n%s", err, progress[one.ID], strings.Join(holding(t.Context(), t, r, "rehearsal.doing.failed"), "\n"))
			}
			if progress[one.ID].Doing == "rehearsal.doing.done" {
				return one
			}
		}
	}
	t.Fatal("the room was never filled")
	return tenants.Tenant{}
}

// TestARehearsalIsPlayedAndLeavesNothing goes the way of a coordinator: forty invented applications, a look at them, a
// decision about one, and the end of the test. Then every table and the store are searched for what was there.
func TestARehearsalIsPlayedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.coordinated(t, "cinaralti", "ipek@cinaralti.example")
	v := uitest.Visit(t, uitest.Look{Language: "en"})
	v.Go(r.address("cinaralti", "/program/calls"))
	v.Fill("email", "ipek@cinaralti.example")
	v.Fill("password", password)
	v.Press("Sign in")
	v.Fill("cycle", "2027")
	v.Press("Begin")
	v.Sees("The draft is ready")
	v.Press("Try it out")
	v.Sees("A test room")
	v.Accessible("rehearsal-begin")
	home := v.Address()
	v.Fill("count", "40")
	v.Press("Make the test room")
	room := r.filled(t)
	v.Go(home)
	v.Sees("Play a role", "First test reviewer", "Wipe the test room")
	v.Accessible("rehearsal-play")

	v.Press("Test program officer")
	v.Sees("everything here is invented", "Test program officer")
	v.Go(r.address(room.Slug, "/applications"))
	v.Sees("everything here is invented", "36")
	v.Accessible("rehearsal-applications")
	inside := r.app.tenants.Bind(room, tenants.SystemActor("test"))
	var first string
	var all, handedIn int
	if err := inside.Read().NewRaw(`SELECT count(*), count(*) FILTER (WHERE state = 'submitted'), max(id::text) FILTER (WHERE state = 'submitted') FROM applications`).Scan(t.Context(), &all, &handedIn, &first); err != nil {
		t.Fatal(err)
	}
	if all != 40 || handedIn != 36 {
		t.Errorf("%d applications, %d handed in", all, handedIn)
	}
	v.Go(r.address(room.Slug, "/applications/"+first+"/dossier"))
	v.Tick("result", "eligible")
	v.Press("Save the result")
	var state applications.State
	if err := inside.Read().NewRaw(`SELECT state FROM applications WHERE id = ?`, first).Scan(t.Context(), &state); err != nil || state != applications.Eligible {
		t.Errorf("the application is %s: %v", state, err)
	}
	// nothing of it is on the network's side
	words := []string{room.ID.String(), room.Slug, room.InventedDomain()}
	if found := holding(t.Context(), t, r, words...); len(found) < 10 || r.keptOf(t.Context(), t, room) < 40 {
		t.Errorf("the search finds too little to be believed: %v", found)
	}
	for _, found := range holding(t.Context(), t, r, words...) {
		if strings.HasPrefix(found, network.Schema+".") {
			t.Errorf("the network's own schema: %s", found)
		}
	}
	stranger := uitest.Visit(t, uitest.Look{Language: "en"})
	for _, path := range []string{"/", "/calls", "/sign-in", "/register", "/api/v1/calls", "/dev/mail"} {
		stranger.Go(r.address(room.Slug, path))
		if text := stranger.Text(); strings.Contains(text, "Open call") || strings.Contains(text, "Sign in with") {
			t.Errorf("%s shows a stranger:\n%s", path, text)
		}
	}

	v.Go(home)
	v.Press("Wipe the test room")
	v.Sees("The test room is gone.", "Make the test room")
	for _, found := range holding(t.Context(), t, r, words...) {
		t.Errorf("left behind: %s", found)
	}
	if n := r.keptOf(t.Context(), t, room); n > 0 {
		t.Errorf("%d documents are left", n)
	}
	if found := holding(t.Context(), t, r, room.Schema); len(found) > 0 {
		t.Errorf("left behind: %v", found)
	}
}
