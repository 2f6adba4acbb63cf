package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/rivertype"
)

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
		if err := end(ctx, pool, id, failed); err != nil {
			return err
		}
		if failed != nil && !errors.Is(failed, ErrGiveUp) && !errors.Is(failed, ErrNotNow) {
			return fmt.Errorf("jobs: run %s: %w", e.Name, failed)
		}
	}
}

func end(ctx context.Context, pool *pgxpool.Pool, id int64, failed error) error {
	query, args := `UPDATE river.river_job SET state = $2, finalized_at = now() WHERE id = $1`, []any{id, string(rivertype.JobStateCompleted)}
	switch {
	case errors.Is(failed, ErrNotNow):
		query, args = `UPDATE river.river_job SET state = 'scheduled', scheduled_at = now() + $2::interval, attempt = attempt - 1 WHERE id = $1`, []any{id, putOff}
	case failed != nil:
		args[1] = string(rivertype.JobStateDiscarded)
	}
	if _, err := pool.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("jobs: end: %w", err)
	}
	return nil
}
