package tenants

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/jobs"
)

// Event is a fact that a module announces. Its kind names it in the queue; its fields are JSON.
type Event interface {
	EventKind() string
}

// Tx is one transaction in one tenant (or on the shared tables). Besides the statements it carries what must leave with
// it: audit entries, announcements and jobs, which are written just before the commit.
type Tx struct {
	bun.Tx

	scope   Scope
	tenants *Tenants
	entries []audit.Entry
	jobs    []jobs.Job
	failed  error
	now     time.Time
}

func write(ctx context.Context, db *bun.DB, tx *Tx, fn func(ctx context.Context, tx *Tx) error) error {
	return db.RunInTx(ctx, &sql.TxOptions{}, func(ctx context.Context, inner bun.Tx) error {
		tx.Tx = inner
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.finish(ctx)
	})
}

// Scope is the scope that the transaction belongs to; the zero Scope for the shared tables.
func (tx *Tx) Scope() Scope { return tx.scope }

// Now is the database's clock at the start of the transaction. Deadlines are decided by it and by nothing else.
func (tx *Tx) Now(ctx context.Context) (time.Time, error) {
	if !tx.scope.at.IsZero() {
		return tx.scope.at, nil
	}
	if !tx.now.IsZero() {
		return tx.now, nil
	}
	if err := tx.QueryRowContext(ctx, "SELECT now()").Scan(&tx.now); err != nil {
		return time.Time{}, fmt.Errorf("tenants: read clock: %w", err)
	}
	return tx.now, nil
}

// Audit adds an entry to the tenant's trail when the transaction commits.
func (tx *Tx) Audit(e audit.Entry) { tx.entries = append(tx.entries, e) }

// Announce tells every reaction that is registered for the event, after the commit and at least once. An event that can
// tell itself apart from others like it (Identified) is given its identity here.
func (tx *Tx) Announce(e Event) {
	var payload any = e
	if unnamed, ok := e.(interface{ Identified() any }); ok {
		payload = unnamed.Identified()
	}
	for _, reaction := range tx.tenants.registry.reactionsTo(e.EventKind()) {
		tx.Enqueue(reaction, payload)
	}
}

// Enqueue adds a job for this tenant by the name under which it is registered; it runs after the commit.
func (tx *Tx) Enqueue(name string, args any) { tx.EnqueueAt(name, args, time.Time{}) }

// EnqueueAt is Enqueue for a job that runs no earlier than that.
func (tx *Tx) EnqueueAt(name string, args any, at time.Time) {
	room := ""
	if tx.scope.db != nil {
		room = tx.scope.tenant.ID.String()
	}
	tx.enqueue(room, name, args, at)
}

// EnqueueIn adds a job for a tenant to a transaction over the shared tables: what goes from one tenant to another goes by a row
// that both may see, and by a job that comes with it. A tenant's own transaction cannot.
func (tx *Tx) EnqueueIn(tenant ids.Tenant, name string, args any) {
	if tx.scope.db != nil {
		tx.failed = fmt.Errorf("tenants: job %s for another tenant", name)
		return
	}
	tx.enqueue(tenant.String(), name, args, time.Time{})
}

func (tx *Tx) enqueue(room, name string, args any, at time.Time) {
	payload, err := json.Marshal(args)
	if err != nil {
		tx.failed = fmt.Errorf("tenants: write job %s: %w", name, err)
		return
	}
	if c, ok := args.(interface{ Confidential() bool }); ok && c.Confidential() {
		if payload, err = tx.tenants.seal(name, room, payload); err != nil {
			tx.failed = fmt.Errorf("tenants: seal job %s: %w", name, err)
			return
		}
	}
	tx.jobs = append(tx.jobs, jobs.Job{Envelope: jobs.Envelope{Name: name, Room: room, Payload: payload}, At: at})
}

// finish writes what leaves with the transaction. The audit trail's lock is taken last but one, and the queue last of
// all: after the change to the queue's role nothing of the tenant can be touched any more.
func (tx *Tx) finish(ctx context.Context) error {
	if tx.failed != nil {
		return tx.failed
	}
	if len(tx.entries) > 0 {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		actor := tx.scope.actor
		if err := audit.Append(ctx, tx.Tx, tx.scope.tenant.Schema, actor.Person, actor.System, now, tx.entries); err != nil {
			return err
		}
	}
	if len(tx.jobs) == 0 {
		return nil
	}
	if tx.scope.db == nil || tx.tenants.config.Isolation == ByRole {
		if _, err := tx.ExecContext(ctx, "SET LOCAL ROLE "+roleRiver); err != nil {
			return fmt.Errorf("tenants: take the queue's role: %w", err)
		}
	}
	return tx.tenants.inserter.Insert(ctx, tx.Tx.Tx, tx.jobs)
}
