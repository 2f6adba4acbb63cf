// Package database opens PostgreSQL the way this program needs it and prepares a cluster: roles, revokes, shared tables
// and the queue. It knows no tenant.
package database

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Open makes a pool of at most size connections. Statements run in pgx's exec mode: nothing is prepared or cached, so
// that a migration never meets a stale plan and a pooler in transaction mode may stand between. The few that tenants
// prepares, it prepares itself, and knows what to do about either.
func Open(ctx context.Context, url string, size int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database: parse address: %w", err)
	}
	config.MaxConns = size
	config.MinIdleConns = min(size, 2)
	config.MaxConnLifetime = 10 * time.Minute
	config.MaxConnLifetimeJitter = time.Duration(rand.Int64N(int64(5 * time.Minute))) // #nosec G404 -- spreads load, guards nothing
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.ConnConfig.StatementCacheCapacity = 0
	config.ConnConfig.DescriptionCacheCapacity = 0
	setDefault(config.ConnConfig.RuntimeParams, "application_name", "kervan")
	setDefault(config.ConnConfig.RuntimeParams, "statement_timeout", "20s")
	setDefault(config.ConnConfig.RuntimeParams, "idle_in_transaction_session_timeout", "30s")
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database: open pool: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("database: reach server: %w", err)
	}
	return pool, nil
}

func setDefault(params map[string]string, name, value string) {
	if _, ok := params[name]; !ok {
		params[name] = value
	}
}

// Bootstrap prepares the cluster as an administrator: it runs every file of the folder in the order of their names.
// The files are safe to repeat, and every node may start with them at once: a lock lets one run after the other.
func Bootstrap(ctx context.Context, adminURL string, files fs.FS, folder string) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("database: connect as administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	scripts, err := Scripts(files, folder)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(7236001)"); err != nil {
			return fmt.Errorf("database: lock bootstrap: %w", err)
		}
		for _, s := range scripts {
			if err := ExecScript(ctx, tx.Conn(), s.SQL); err != nil {
				return fmt.Errorf("database: run %s: %w", s.Name, err)
			}
		}
		return nil
	})
}

// Script is one SQL file; for a migration, its way up.
type Script struct {
	Name    string
	Version int64
	SQL     string
}

// Scripts reads the folder's SQL files in the order of their names. Of a migration it takes what stands between
// "-- +goose Up" and "-- +goose Down".
func Scripts(files fs.FS, folder string) ([]Script, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("database: list %s: %w", folder, err)
	}
	slices.Sort(names)
	scripts := make([]Script, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("database: read %s: %w", name, err)
		}
		s := Script{Name: name, SQL: string(text)}
		if _, err := fmt.Sscanf(path.Base(name), "%d_", &s.Version); err != nil {
			return nil, fmt.Errorf("database: %s has no number: %w", name, err)
		}
		if _, up, ok := strings.Cut(s.SQL, "-- +goose Up"); ok {
			s.SQL, _, _ = strings.Cut(up, "-- +goose Down")
		}
		scripts = append(scripts, s)
	}
	return scripts, nil
}

// ExecScript runs a script of several statements, which only the program's own files ever are.
func ExecScript(ctx context.Context, conn *pgx.Conn, sql string) error {
	_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// Violates reports whether err is a violation of the named constraint or unique index; with an empty name, of any
// unique constraint.
func Violates(err error, constraint string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	if constraint == "" {
		return e.Code == "23505"
	}
	return e.ConstraintName == constraint
}

// Refused reports whether the database refused for lack of rights (42501), as it does across tenants.
func Refused(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "42501"
}
