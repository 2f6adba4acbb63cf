package tenants

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
)

// A network that has not gone live is rehearsed in: a demonstration with a past has to act on days gone by. Rehearsing
// ends for good when the network goes live, and no request can begin it: a test holds the calls to the seed command.

var errLive = errors.New("tenants: only a network that was never live is rehearsed in")

func (n Tenant) rehearses() bool {
	return n.Kind == KindNetwork && (n.Status == StatusOnboarding || n.Status == StatusDryRun)
}

// AsOf is the same scope on another day: what its transactions write down as now is that instant. Only the system may,
// and only before the network goes live; whoever it acts as afterwards keeps the day.
func (sc Scope) AsOf(instant time.Time) (Scope, error) {
	if sc.actor.System == "" || !sc.tenant.rehearses() {
		return Scope{}, errLive
	}
	sc.at = instant.Truncate(time.Microsecond)
	return sc, nil
}

// DoAsOf is Do on another day, for the jobs that follow from what was done on it.
func (t *Tenants) DoAsOf(instant time.Time) jobs.Do {
	return func(ctx context.Context, e jobs.Envelope) error {
		return t.run(ctx, e, func(sc Scope) (Scope, error) { return sc.AsOf(instant) })
	}
}

// Moment is the transaction's clock for use inside a statement; it costs no question to the database.
func (tx *Tx) Moment() schema.QueryAppender {
	if tx.scope.at.IsZero() {
		return bun.SafeQuery("now()")
	}
	return bun.SafeQuery("?::timestamptz", tx.scope.at)
}

// Discard removes a network that was never live, with all that is in it: what a rehearsal that broke off leaves behind.
// The caller has authorized it. What it kept outside the database is the caller's to remove. Fault: Conflict once the
// network has been live, or was put to rest.
func (t *Tenants) Discard(ctx context.Context, id ids.Tenant) error {
	if err := t.reread(ctx); err != nil {
		return err
	}
	tenant, err := t.ByID(ctx, id)
	if err != nil {
		return err
	}
	if !tenant.rehearses() {
		return fault.Conflict("tenants.not_now")
	}
	conn, err := t.migrator(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	name := pgx.Identifier{tenant.Schema}.Sanitize()
	script := "DROP SCHEMA IF EXISTS " + name + " CASCADE; DROP ROLE IF EXISTS " + name
	if err := database.ExecScript(ctx, conn, script); err != nil {
		return fmt.Errorf("tenants: discard %s: %w", tenant.Slug, err)
	}
	err = t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, table := range []string{"rollups", "identity_tenants", "provisionings", "hosts"} {
			if _, err := tx.NewDelete().Table(table).Where("tenant_id = ?", id).Exec(ctx); err != nil {
				return fmt.Errorf("tenants: discard %s from %s: %w", tenant.Slug, table, err)
			}
		}
		if _, err := tx.NewDelete().Table("tenants").Where("id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("tenants: discard %s: %w", tenant.Slug, err)
		}
		return touch(ctx, tx)
	})
	if err != nil {
		return err
	}
	return t.reread(ctx)
}
