package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"kervan/migrations"
	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/jobs"
)

// migrating is how many tenants are migrated at once.
const migrating = 4

// Migrate brings the shared tables, the queue and every tenant up to date. It may be stopped and started again at any
// point, and by several nodes at once: what is done is skipped, and what somebody else is doing is waited for. A
// tenant that fails does not keep the others back; all failures are returned.
func Migrate(ctx context.Context, config Config) error {
	if err := migrateShared(ctx, config.MigratorURL); err != nil {
		return err
	}
	t, err := Open(ctx, config)
	if err != nil {
		return err
	}
	defer t.Close()
	return t.MigrateAll(ctx)
}

func migrateShared(ctx context.Context, url string) error {
	err := up(ctx, url, "platform", "platform")
	if err != nil {
		return err
	}
	poolConfig, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("tenants: parse the migrator's address: %w", err)
	}
	poolConfig.MaxConns = 2
	poolConfig.ConnConfig.RuntimeParams["role"] = roleOwner
	pool, err := pgxpool.NewWithConfig(ctx, poolConfig)
	if err != nil {
		return fmt.Errorf("tenants: connect as migrator: %w", err)
	}
	defer pool.Close()
	if err := jobs.Migrate(ctx, pool); err != nil {
		return err
	}
	_, err = pool.Exec(ctx, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform TO "+rolePlatform)
	if err == nil {
		_, err = pool.Exec(ctx, "REVOKE ALL ON platform.goose_db_version FROM "+rolePlatform)
	}
	if err == nil { // what has been published stays as it was
		_, err = pool.Exec(ctx, "REVOKE UPDATE, DELETE ON platform.blueprint_versions FROM "+rolePlatform)
	}
	if err != nil {
		return fmt.Errorf("tenants: grant shared tables: %w", err)
	}
	return nil
}

// up runs a folder's migrations in a schema as the owner. goose numbers them in a table of that schema and takes a
// lock of that schema, so that tenants do not wait for one another.
func up(ctx context.Context, url, folder, schema string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("tenants: parse the migrator's address: %w", err)
	}
	config.RuntimeParams["role"] = roleOwner
	config.RuntimeParams["search_path"] = schema
	config.RuntimeParams["lock_timeout"] = "2s"
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	files, err := fs.Sub(migrations.Files, folder)
	if err != nil {
		return fmt.Errorf("tenants: find migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithAllowOutofOrder(true),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("tenants: read migrations: %w", err)
	}
	if err := alone(ctx, db, schema, func() error { _, err := provider.Up(ctx); return err }); err != nil {
		return fmt.Errorf("tenants: migrate %s: %w", schema, err)
	}
	return nil
}

// alone holds the schema's lock while fn runs. The pool has one connection, on which the lock and the migration live.
func alone(ctx context.Context, db *sql.DB, schema string, fn func() error) error {
	const lock = "hashtextextended($1, 7236003)"
	if _, err := db.ExecContext(ctx, "SET lock_timeout = '60s'"); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "SELECT pg_advisory_lock("+lock+")", schema); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "SET lock_timeout = '2s'"); err != nil {
		return err
	}
	err := fn()
	_, unlock := db.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+lock+")", schema)
	return errors.Join(err, unlock)
}

// Latest is the version of the newest migration of a tenant's schema.
func Latest() (int64, error) {
	scripts, err := database.Scripts(migrations.Files, "tenant")
	if err != nil {
		return 0, err
	}
	return scripts[len(scripts)-1].Version, nil
}

// oldest is the oldest schema that the program works with: it is written for the newest and for the one before it, so
// that nodes of two versions can serve while tenants are migrated.
var oldest = sync.OnceValues(func() (int64, error) {
	scripts, err := database.Scripts(migrations.Files, "tenant")
	if err != nil {
		return 0, err
	}
	return scripts[max(len(scripts)-2, 0)].Version, nil
})

// Serves reports whether the program works with the tenant's schema as it is. One that is still being made, or that is
// older than the version before the newest, is not served rather than served by halves.
func (t Tenant) Serves() (bool, error) {
	from, err := oldest()
	return t.SchemaVersion >= from, err
}

// Behind lists the provisioned tenants whose schema is older than the program, the core first: it is the canary.
func (t *Tenants) Behind(ctx context.Context) ([]Tenant, error) {
	latest, err := Latest()
	if err != nil {
		return nil, err
	}
	var rows []tenantRow
	err = t.platform.NewSelect().Model(&rows).Where("schema_version < ?", latest).Where("schema_version > 0").
		Where("status <> ?", StatusErased).Order("kind", "created_at").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("tenants: find those behind: %w", err)
	}
	behind := make([]Tenant, 0, len(rows))
	for _, r := range rows {
		tenant, err := r.tenant(nil)
		if err != nil {
			return nil, err
		}
		behind = append(behind, tenant)
	}
	return behind, nil
}

// MigrateAll migrates every tenant that is behind: the first alone, so that a bad migration stops there, then the
// others several at once.
func (t *Tenants) MigrateAll(ctx context.Context) error {
	behind, err := t.Behind(ctx)
	if err != nil || len(behind) == 0 {
		return err
	}
	if err := t.migrate(ctx, behind[0]); err != nil {
		return fmt.Errorf("tenants: the first one failed, the others were left alone: %w", err)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed []error
	turns := make(chan struct{}, migrating)
	for _, tenant := range behind[1:] {
		turns <- struct{}{}
		wait.Go(func() {
			defer func() { <-turns }()
			if err := t.migrate(ctx, tenant); err != nil {
				slog.Error("tenant not migrated", "tenant", tenant.Slug, "error", err)
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

func (t *Tenants) migrate(ctx context.Context, tenant Tenant) error {
	if err := up(ctx, t.config.MigratorURL, "tenant", tenant.Schema); err != nil {
		return err
	}
	conn, err := t.migrator(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := database.ExecScript(ctx, conn, "SET ROLE "+roleOwner+"; "+grants(tenant.Schema)); err != nil {
		return fmt.Errorf("tenants: grant %s: %w", tenant.Slug, err)
	}
	latest, err := Latest()
	if err != nil {
		return err
	}
	return t.recordVersions(ctx, map[ids.Tenant]int64{tenant.ID: latest})
}

func (t *Tenants) recordVersions(ctx context.Context, versions map[ids.Tenant]int64) error {
	return t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		for id, version := range versions {
			_, err := tx.NewUpdate().Table("tenants").Set("schema_version = ?", version).Where("id = ?", id).Exec(ctx)
			if err != nil {
				return fmt.Errorf("tenants: record version: %w", err)
			}
		}
		return touch(ctx, tx)
	})
}
