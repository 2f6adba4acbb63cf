package devserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresOptions say where a private PostgreSQL keeps its data and how safely.
type PostgresOptions struct {
	Dir string // made when absent
	// Durable waits for the disk at every commit. Only throw-away clusters of tests do without.
	Durable bool
	// Database is made when absent.
	Database string
	Log      *os.File // nil: Dir/postgres.log
}

// Postgres is a running private PostgreSQL that listens on a unix socket in a folder that only this user can open.
type Postgres struct {
	child    *child
	socket   string
	database string
}

// StartPostgres starts a PostgreSQL of version 15 or newer from the machine's binaries and returns when it answers,
// which takes a fraction of a second once the cluster exists.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("devserver: %w", err)
	}
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("devserver: make folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := initialize(ctx, bin, data); err != nil {
			return nil, err
		}
	}
	if err := awaitPredecessor(ctx, data); err != nil {
		return nil, err
	}
	socket, err := socketFolder(dir)
	if err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil {
		if log, err = os.OpenFile(filepath.Join(dir, "postgres.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
			return nil, fmt.Errorf("devserver: open log: %w", err)
		}
		defer func() { _ = log.Close() }()
	}
	for tries := 0; ; tries++ {
		p, err := servePostgres(ctx, bin, data, socket, o, log)
		// After a kill the old server's own children leave within moments; until then a new one refuses and exits.
		if err == nil || !errors.Is(err, errExited) || !orphaned(data) || tries == 100 {
			return p, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func servePostgres(ctx context.Context, bin, data, socket string, o PostgresOptions, log *os.File) (*Postgres, error) {
	// The server outlives the context in which it is started; Stop ends it.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(bin, "postgres"), settings(data, socket, o.Durable)...) // #nosec G204 -- the machine's own server
	cmd.SysProcAttr = unprivileged()
	cmd.Stdout, cmd.Stderr = log, log
	c, err := start(cmd)
	if err != nil {
		return nil, err
	}
	p := &Postgres{child: c, socket: socket, database: o.Database}
	if err := p.await(ctx); err != nil {
		_ = p.Stop()
		return nil, err
	}
	return p, nil
}

// orphaned reports whether an earlier server has left without tidying up.
func orphaned(data string) bool {
	_, err := os.Stat(filepath.Join(data, "postmaster.pid"))
	return err == nil
}

// settings are the server's: as many locks as making and dropping a tenant takes, and the speed of a throw-away cluster
// where durability is not wanted.
func settings(data, socket string, durable bool) []string {
	args := []string{
		"-D", data, "-k", socket, "-c", "listen_addresses=", "-c", "max_connections=120", "-c", "max_locks_per_transaction=512",
		"-c", "shared_buffers=128MB", "-c", "unix_socket_permissions=0700", "-c", "log_min_messages=warning",
	}
	if !durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
			"-c", "autovacuum=off", "-c", "jit=off", "-c", "TimeZone=Asia/Kathmandu")
	}
	return args
}

func initialize(ctx context.Context, bin, data string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", // #nosec G204 -- the machine's own server
		"--locale=C.UTF-8", "--no-instructions", "--no-sync")
	cmd.SysProcAttr = unprivileged()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		_ = os.RemoveAll(data)
		return fmt.Errorf("devserver: initdb: %w: %s", err, strings.TrimSpace(out.String()))
	}
	return nil
}

func postgresBinaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if path, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			found = append(found, target)
		}
	}
	major := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return major(b) - major(a) })
	if len(found) == 0 {
		return "", errors.New("devserver: no PostgreSQL on this machine; deploy/setup/setup.sh installs it")
	}
	return filepath.Dir(found[0]), nil
}

// awaitPredecessor waits for a server of an earlier run that is still ending on the same data, and ends it when it does
// not end by itself. The file postmaster.pid itself is left to PostgreSQL, which knows how to recover.
func awaitPredecessor(ctx context.Context, data string) error {
	content, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return nil
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return nil
	}
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for tries := 0; serves(pid, data); tries++ {
		switch tries {
		case 100:
			_ = syscall.Kill(pid, syscall.SIGINT)
		case 400:
			_ = syscall.Kill(pid, syscall.SIGQUIT)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("devserver: another server (process %d) uses %s: %w", pid, data, ctx.Err())
		case <-ticker.C:
		}
	}
	return nil
}

func serves(pid int, data string) bool {
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	return err == nil && bytes.Contains(line, []byte("postgres")) && bytes.Contains(line, []byte(data))
}

// socketFolder is the data's folder, or a short one for it where the path would not fit into a socket's address.
func socketFolder(dir string) (string, error) {
	if len(dir) < 80 {
		return dir, nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(dir))
	short := filepath.Join(os.TempDir(), fmt.Sprintf("kervan-%d-%x", os.Geteuid(), h.Sum64()))
	if err := os.MkdirAll(short, 0o700); err != nil {
		return "", fmt.Errorf("devserver: make socket folder: %w", err)
	}
	return short, nil
}

func (p *Postgres) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return p.child.until(ctx, func() error {
		conn, err := pgx.Connect(ctx, p.url("postgres", "postgres"))
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(ctx) }()
		if p.database == "" {
			return nil
		}
		var exists bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", p.database).Scan(&exists); err != nil || exists {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{p.database}.Sanitize())
		return err
	})
}

// URL is the address for signing in as the user.
func (p *Postgres) URL(user string) string { return p.url(user, p.database) }

func (p *Postgres) url(user, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database}
	u.RawQuery = url.Values{"host": {p.socket}}.Encode()
	return u.String()
}

// Pid is the server's process.
func (p *Postgres) Pid() int { return p.child.cmd.Process.Pid }

// Kill ends the server as a power failure would, for tests of recovery.
func (p *Postgres) Kill() {
	_ = p.child.cmd.Process.Kill()
	<-p.child.done
}

// Stop ends the server in order: open transactions are rolled back, the rest is on disk.
func (p *Postgres) Stop() error { return p.child.stop(syscall.SIGINT, 20*time.Second) }
