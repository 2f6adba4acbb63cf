package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Do runs one job. An error lets it be tried again, each time after a longer wait; ErrNotNow puts it off, and ErrGiveUp
// sets it aside at once.
type Do func(ctx context.Context, e Envelope) error

var (
	// ErrGiveUp ends a job that no further try could save.
	ErrGiveUp = errors.New("jobs: give up")
	// ErrNotNow puts a job off, as often as need be, without counting it as a try: nothing is wrong with it.
	ErrNotNow = errors.New("jobs: not now")
)

// putOff is how long a job that cannot be done now waits.
const putOff = 5 * time.Minute

// Worker takes jobs from the queue.
type Worker struct {
	client *river.Client[pgx.Tx]
}

type work struct {
	river.WorkerDefaults[Envelope]

	do Do
}

// Work runs the job.
func (w work) Work(ctx context.Context, job *river.Job[Envelope]) error {
	err := w.do(ctx, job.Args)
	switch {
	case errors.Is(err, ErrNotNow):
		return river.JobSnooze(putOff)
	case errors.Is(err, ErrGiveUp):
		report(ctx, job.JobRow, true, err)
		return river.JobCancel(err)
	default:
		return err
	}
}

// failures tells the log of every job that fails.
type failures struct{}

// HandleError tells of an error, also of one that the job's own code never saw, such as arguments that do not read.
func (failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	report(ctx, job, job.Attempt >= job.MaxAttempts, err)
	return nil
}

// HandlePanic tells of a defect. The job is tried again like after any other error.
func (failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, what any, trace string) *river.ErrorHandlerResult {
	report(ctx, job, job.Attempt >= job.MaxAttempts, fmt.Errorf("panic: %v\n%s", what, trace))
	return nil
}

// report never tells what the job was about: its arguments may hold a token, or something about people.
func report(ctx context.Context, job *rivertype.JobRow, last bool, err error) {
	var e Envelope
	_ = json.Unmarshal(job.EncodedArgs, &e) // what does not read has no name
	about := []any{"id", job.ID, "job", e.Name, "room", e.Room, "try", job.Attempt, "error", err}
	if last {
		slog.ErrorContext(ctx, "job set aside", about...)
	} else {
		slog.WarnContext(ctx, "job failed and will be tried again", about...)
	}
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

// limits are how long a job may take, when one that nobody works on any more is taken up again, and how long jobs may
// take to end when the worker stops.
type limits struct{ timeout, rescue, farewell time.Duration }

var usual = limits{timeout: Timeout, rescue: Rescue, farewell: Timeout - 10*time.Second}

// NewWorker makes a worker on a pool that signs in as a role with rights on the queue only.
func NewWorker(pool *pgxpool.Pool, parallel int, do Do, daily ...Daily) (*Worker, error) {
	return newWorker(pool, parallel, do, usual, daily...)
}

func newWorker(pool *pgxpool.Pool, parallel int, do Do, l limits, daily ...Daily) (*Worker, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, work{do: do})
	periodic := make([]*river.PeriodicJob, len(daily))
	for i, d := range daily {
		periodic[i] = d.periodic()
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: schema, Workers: workers, Logger: quiet(), PeriodicJobs: periodic, ErrorHandler: failures{},
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: parallel}},
		JobTimeout:                  l.timeout,
		RescueStuckJobsAfter:        l.rescue,
		SoftStopTimeout:             l.farewell,
		FetchCooldown:               50 * time.Millisecond,
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: Kept,
		DiscardedJobRetentionPeriod: Kept,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: make worker: %w", err)
	}
	return &Worker{client: client}, nil
}

// Start begins to take jobs until Stop.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.client.Start(ctx); err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	return nil
}

// Stop takes no more jobs and lets those finish that run. After 20 seconds they are told to end, and tried again later; by
// the end of the context those that do not are left to whoever rescues them.
func (w *Worker) Stop(ctx context.Context) error {
	if err := w.client.Stop(ctx); err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
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
