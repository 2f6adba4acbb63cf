// Package jobs is the queue: work that outlives a request. Jobs are inserted in the transaction that makes them
// necessary and run at least once, so a job is safe to repeat. The queue's tables live in the schema "river".
//
// Every job of the program is one envelope with a name; what the name means is registered by those who do the work. The
// package knows no tenant.
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const schema = "river"

// Limits of a job. One whose process was killed is taken up again after Rescue.
const (
	Timeout = 30 * time.Second
	Rescue  = 5 * time.Minute
)

// Kept is for how long a job that was set aside can be looked at and tried again; then it is forgotten, as what it
// carries may be about people.
const Kept = 90 * 24 * time.Hour

// Envelope is one job: the name of the work, the room it belongs to (opaque here), and its arguments as JSON.
type Envelope struct {
	Name    string          `json:"name"`
	Room    string          `json:"room,omitempty"`
	Payload json.RawMessage `json:"payload"`
}

// Kind names the envelope to the queue.
func (Envelope) Kind() string { return "kervan" }

// Job is one envelope with when it runs and how often it is tried.
type Job struct {
	Envelope

	// At is the earliest time; zero is at once.
	At time.Time
	// Tries is how often the job is tried before it is set aside; zero is 12 (over about eleven hours).
	Tries int
}

const tries = 12

func (j Job) params() river.InsertManyParams {
	opts := &river.InsertOpts{ScheduledAt: j.At, MaxAttempts: tries}
	if j.Tries > 0 {
		opts.MaxAttempts = j.Tries
	}
	return river.InsertManyParams{Args: j.Envelope, InsertOpts: opts}
}

// Inserter puts jobs into the queue inside a transaction of database/sql.
type Inserter struct {
	client *river.Client[*sql.Tx]
}

// NewInserter makes an Inserter; it needs no connection of its own.
func NewInserter() (*Inserter, error) {
	client, err := river.NewClient(riverdatabasesql.New(nil), &river.Config{Schema: schema, Logger: quiet()})
	if err != nil {
		return nil, fmt.Errorf("jobs: make inserter: %w", err)
	}
	return &Inserter{client: client}, nil
}

// Insert adds the jobs; they exist when the transaction commits.
func (i *Inserter) Insert(ctx context.Context, tx *sql.Tx, all []Job) error {
	params := make([]river.InsertManyParams, len(all))
	for k, j := range all {
		params[k] = j.params()
	}
	if _, err := i.client.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("jobs: insert: %w", err)
	}
	return nil
}

// Migrate brings the queue's own tables up to date. The pool's role owns the schema. Nodes that do it at once wait for one
// another.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	const lock = "7236004"
	return pool.AcquireFunc(ctx, func(alone *pgxpool.Conn) error {
		if _, err := alone.Exec(ctx, "SELECT pg_advisory_lock("+lock+")"); err != nil {
			return fmt.Errorf("jobs: wait for the other migration: %w", err)
		}
		err := migrate(ctx, pool)
		_, unlock := alone.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+lock+")")
		return errors.Join(err, unlock)
	})
}

func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: quiet()})
	if err != nil {
		return fmt.Errorf("jobs: make migrator: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("jobs: migrate queue: %w", err)
	}
	_, err = pool.Exec(ctx, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA river TO app_river`)
	if err == nil {
		_, err = pool.Exec(ctx, `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA river TO app_river`)
	}
	if err != nil {
		return fmt.Errorf("jobs: grant queue: %w", err)
	}
	return nil
}
