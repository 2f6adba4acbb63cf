package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Queue is the queue as those see it who keep it running: how much waits, and what was set aside. What a job was about
// stays out of sight.
type Queue struct {
	pool *pgxpool.Pool
}

// NewQueue looks at the queue through a pool that signs in as a role with rights on the queue.
func NewQueue(pool *pgxpool.Pool) *Queue { return &Queue{pool: pool} }

// Counts is how many jobs stand where.
type Counts struct {
	Waiting  int // available, scheduled or to be tried again
	Running  int
	SetAside int // after the last try
}

// Counts counts the jobs of the queue.
func (q *Queue) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := q.pool.QueryRow(ctx, `SELECT count(*) FILTER (WHERE state IN ('available', 'scheduled', 'retryable', 'pending')),
		count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state IN ('discarded', 'cancelled')) FROM river.river_job`).
		Scan(&c.Waiting, &c.Running, &c.SetAside)
	if err != nil {
		return Counts{}, fmt.Errorf("jobs: count: %w", err)
	}
	return c, nil
}

// Forget removes every job of a room that is gone, done or not: nobody would do them.
func (q *Queue) Forget(ctx context.Context, room string) error {
	if _, err := q.pool.Exec(ctx, `DELETE FROM river.river_job WHERE kind = 'kervan' AND args->>'room' = $1`, room); err != nil {
		return fmt.Errorf("jobs: forget %s: %w", room, err)
	}
	return nil
}

// Failure is a job that was set aside.
type Failure struct {
	ID    int64
	Name  string
	Room  string
	Tries int
	At    time.Time
}

// Failures lists the jobs that were set aside, newest first.
func (q *Queue) Failures(ctx context.Context, limit int) ([]Failure, error) {
	rows, err := q.pool.Query(ctx, `SELECT id, coalesce(args->>'name', ''), coalesce(args->>'room', ''), attempt, coalesce(finalized_at, created_at)
		FROM river.river_job WHERE state IN ('discarded', 'cancelled') ORDER BY finalized_at DESC, id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("jobs: list failures: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Failure])
}

// Retry lets a job that was set aside be tried three times more, and reports whether there was such a job.
func (q *Queue) Retry(ctx context.Context, id int64) (bool, error) {
	tag, err := q.pool.Exec(ctx, `UPDATE river.river_job SET state = 'available', scheduled_at = now(), finalized_at = NULL,
		max_attempts = greatest(max_attempts, attempt + 3) WHERE id = $1 AND state IN ('discarded', 'cancelled')`, id)
	if err != nil {
		return false, fmt.Errorf("jobs: retry: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}
