package tenanttest

import (
	"context"
	"sync/atomic"

	"github.com/uptrace/bun"

	"kervan/tenants"
)

// Queries counts what a world asks its database.
type Queries struct{ asked atomic.Int64 }

// Counted is an option of Open.
func (q *Queries) Counted(c *tenants.Config) { c.Hooks = append(c.Hooks, q) }

// Least is how many queries the turn takes: the least of several, because sessions, jobs and the catalogue ask now and
// then as well.
func (q *Queries) Least(turn func()) int64 {
	least := int64(1 << 62)
	for range 5 {
		before := q.asked.Load()
		turn()
		least = min(least, q.asked.Load()-before)
	}
	return least
}

// BeforeQuery changes nothing.
func (*Queries) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery counts one.
func (q *Queries) AfterQuery(context.Context, *bun.QueryEvent) { q.asked.Add(1) }
