package programs

import (
	"context"
	"time"

	"kervan/tenants"
)

// Pick is for the tests of the list's order.
var Pick = Query.pick

// Next and Deadline are for the tests of a call that is begun again.
func (c *Call) Next(now time.Time) time.Time { return c.next(now) }

// Deadline is deadline.
func (c *Call) Deadline(opens time.Time) time.Time { return c.deadline(opens) }

// Answered are the questions on the call's public page.
func (s *Service) Answered(ctx context.Context, sc tenants.Scope, c Call) ([]Question, error) {
	shown, err := s.read(ctx, sc, c.ID)
	return shown.answered, err
}
