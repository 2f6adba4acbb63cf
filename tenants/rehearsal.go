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
// ends for good when the network goes live. A network that is live tries a call in a rehearsal, a tenant of its own with
// invented organizations, whose applications were handed in before a deadline gone by. No request can choose the day: a
// test holds the calls to the seed command and to the job that fills rehearsals.

var errLive = errors.New("tenants: only a network that was never live is rehearsed in")

func (n Tenant) rehearses() bool {
	return n.Kind == KindRehearsal || n.Kind == KindNetwork && (n.Status == StatusOnboarding || n.Status == StatusDryRun)
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

// Moment is the instant on which the scope acts: that of AsOf, else this node's clock. What is written takes the
// transaction's (Tx.Now).
func (sc Scope) Moment() time.Time {
	if sc.at.IsZero() {
		return time.Now()
	}
	return sc.at
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
		if err := forgetInvented(ctx, tx, tenant); err != nil {
			return err
		}
		for _, table := range []string{"rollups", "public_partnerships", "trail_heads", "identity_tenants", "provisionings", "senders", "domains", "hosts"} {
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

// InventedDomain is where everybody invented for a rehearsal has an address: no mail can ever arrive there (RFC 2606), and
// nobody can have registered with it.
func (n Tenant) InventedDomain() string { return n.Slug + ".invalid" }

// forgetInvented removes the logins of those who were invented for a rehearsal; a login of anybody else stays.
func forgetInvented(ctx context.Context, tx *Tx, tenant Tenant) error {
	if tenant.Kind != KindRehearsal {
		return nil
	}
	var invented []ids.Identity
	err := tx.NewRaw(`DELETE FROM identity_tenants AS it USING identities AS i WHERE it.tenant_id = ? AND i.id = it.identity_id AND i.email_key LIKE ? RETURNING i.id`,
		tenant.ID, "%@"+tenant.InventedDomain()).Scan(ctx, &invented)
	if err == nil && len(invented) > 0 {
		_, err = tx.NewDelete().Table("identities").Where("id IN (?)", bun.List(invented)).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("tenants: forget who was invented for %s: %w", tenant.Slug, err)
	}
	return nil
}

// Rehearsal finds the room in which the network tries the call; there may be none.
func (t *Tenants) Rehearsal(ctx context.Context, network ids.Tenant, call ids.Call) (Tenant, bool, error) {
	all, err := t.All(ctx)
	if err != nil {
		return Tenant{}, false, err
	}
	for _, one := range all {
		if one.Kind == KindRehearsal && one.Network == network && one.Call == call {
			return one, true, nil
		}
	}
	return Tenant{}, false, nil
}

// Doing is how far the filling of a rehearsal has come.
type Doing struct {
	Step, Steps int
	What        string // a message key
	Failed      string // for the log
	Done        bool
}

// Report says how far the filling of a rehearsal has come, for its page. Nothing depends on it: a failure to write it must
// not fail the work.
func (t *Tenants) Report(ctx context.Context, rehearsal ids.Tenant, d Doing) {
	ended := "NULL"
	if d.Done {
		ended = "now()"
	}
	t.report(ctx, rehearsal, "step = ?, steps = ?, doing = ?, error = nullif(?, ''), ended_at = "+ended, d.Step, d.Steps, d.What, d.Failed)
}
