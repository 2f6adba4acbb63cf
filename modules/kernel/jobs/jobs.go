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
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

const schema = "river"

// Limits of a job that does not say otherwise. A job whose process was killed is taken up again after Rescue.
const (
	Timeout = 30 * time.Second
	Rescue  = 5 * time.Minute
)

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
	// Tries is how often the job is tried before it is set aside; zero is 12 (about six hours).
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

// Do runs one job. An error lets it be tried again later; ErrGiveUp sets it aside at once.
type Do func(ctx context.Context, e Envelope) error

// ErrGiveUp ends a job that no further try could save.
var ErrGiveUp = errors.New("jobs: give up")

// Worker takes jobs from the queue.
type Worker struct {
	client *river.Client[pgx.Tx]
	do     Do
}

type work struct {
	river.WorkerDefaults[Envelope]

	do Do
}

// Work runs the job.
func (w work) Work(ctx context.Context, job *river.Job[Envelope]) error {
	err := w.do(ctx, job.Args)
	if errors.Is(err, ErrGiveUp) {
		return river.JobCancel(err)
	}
	return err
}

// Daily is a job without a room that is put into the queue every day at that hour of UTC, by one of the nodes that run.
// A day on which none runs is left out, so nothing may depend on it but tidiness.
type Daily struct {
	Name string
	Hour int
}

// Next is the next time of the job. It satisfies river.PeriodicSchedule.
func (d Daily) Next(now time.Time) time.Time {
	now = now.UTC()
	next := time.Date(now.Year(), now.Month(), now.Day(), d.Hour, 0, 0, 0, time.UTC)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

func (d Daily) periodic() *river.PeriodicJob {
	return river.NewPeriodicJob(d, func() (river.JobArgs, *river.InsertOpts) {
		return Envelope{Name: d.Name, Payload: json.RawMessage("{}")}, &river.InsertOpts{MaxAttempts: tries}
	}, nil)
}

// NewWorker makes a worker on a pool that signs in as a role with rights on the queue only.
func NewWorker(pool *pgxpool.Pool, parallel int, do Do, daily ...Daily) (*Worker, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, work{do: do})
	periodic := make([]*river.PeriodicJob, len(daily))
	for i, d := range daily {
		periodic[i] = d.periodic()
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: schema, Workers: workers, Logger: quiet(), PeriodicJobs: periodic,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: parallel}},
		JobTimeout:                  Timeout,
		RescueStuckJobsAfter:        Rescue,
		FetchCooldown:               50 * time.Millisecond,
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 90 * 24 * time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: make worker: %w", err)
	}
	return &Worker{client: client, do: do}, nil
}

// Start begins to take jobs until Stop.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.client.Start(ctx); err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	return nil
}

// Stop lets running jobs finish, but no longer than the context.
func (w *Worker) Stop(ctx context.Context) error {
	if err := w.client.Stop(ctx); err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
}

// Migrate brings the queue's own tables up to date. The connection owns the schema.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
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

// Drain runs every job that is due, and those that these make due, until none is left: what a worker would do, at once
// and in this goroutine. It is for tests and for commands that must not return before their work is done. With rooms
// given, only their jobs are run. The first error ends it.
func Drain(ctx context.Context, pool *pgxpool.Pool, do Do, rooms ...string) error {
	if rooms == nil {
		rooms = []string{}
	}
	for {
		var id int64
		var e Envelope
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			row := tx.QueryRow(ctx, `UPDATE river.river_job SET state = 'running', attempted_at = now(), attempt = attempt + 1 WHERE id = (
				SELECT id FROM river.river_job WHERE state IN ('available', 'retryable', 'scheduled') AND scheduled_at <= now() AND kind = 'kervan'
				AND (cardinality($1::text[]) = 0 OR args->>'room' = ANY($1))
				ORDER BY priority, scheduled_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, args`, rooms)
			return row.Scan(&id, &e)
		})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("jobs: take: %w", err)
		}
		failed := do(ctx, e)
		state := rivertype.JobStateCompleted
		if failed != nil {
			state = rivertype.JobStateDiscarded
		}
		if _, err := pool.Exec(ctx, `UPDATE river.river_job SET state = $2, finalized_at = now() WHERE id = $1`, id, string(state)); err != nil {
			return fmt.Errorf("jobs: end: %w", err)
		}
		if failed != nil && !errors.Is(failed, ErrGiveUp) {
			return fmt.Errorf("jobs: run %s: %w", e.Name, failed)
		}
	}
}

func quiet() *slog.Logger {
	return slog.New(levelled{slog.Default().Handler()})
}

// levelled keeps the queue's own chatter out of the log; what it warns of stays.
type levelled struct{ slog.Handler }

// Enabled passes warnings and errors.
func (l levelled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}
