package programs

import "time"

// Pick is for the tests of the list's order.
var Pick = Query.pick

// Next and Deadline are for the tests of a call that is begun again.
func (c *Call) Next(now time.Time) time.Time { return c.next(now) }

// Deadline is deadline.
func (c *Call) Deadline(opens time.Time) time.Time { return c.deadline(opens) }
