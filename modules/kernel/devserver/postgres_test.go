package devserver_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"kervan/modules/kernel/devserver"
)

func TestPostgresKeepsWhatItAcknowledgedThroughAKill(t *testing.T) {
	t.Parallel()
	o := devserver.PostgresOptions{Dir: t.TempDir(), Durable: true, Database: "probe"}
	p, err := devserver.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, p, "CREATE TABLE kept (n int PRIMARY KEY)", "INSERT INTO kept VALUES (42)")
	p.Kill()
	p, err = devserver.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}()
	conn := connect(t, p)
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 42 {
		t.Fatalf("got %d, %v", n, err)
	}
}

func connect(t *testing.T, p *devserver.Postgres) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func exec(t *testing.T, p *devserver.Postgres, statements ...string) {
	t.Helper()
	conn := connect(t, p)
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}
