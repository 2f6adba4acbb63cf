package jobs

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Hasty is NewWorker with little patience.
func Hasty(pool *pgxpool.Pool, parallel int, do Do, timeout, rescue, farewell time.Duration) (*Worker, error) {
	return newWorker(pool, parallel, do, limits{timeout: timeout, rescue: rescue, farewell: farewell})
}
