package assignment

import "context"

// How many percent of a fair assignment are computed, at the end of each of its steps. Those before the last are counted as they go
// on; the last ones are searches, of whose effort is told how much is spent, so that they may end long before.
const (
	whole         = 100
	widestPercent = 20
	weighPercent  = 45
	liftPercent   = 55
)

// Follow is Solve that tells how many percent are computed, each time when it is more: of an assignment of the highest total, of how many
// applications the reviewers are found; of a fair one, how much it has done of what it may have to do at most.
func Follow(ctx context.Context, in Instance, told func(percent int)) (Answer, error) {
	return in.solve(ctx, &course{told: told})
}

// course is how far an assignment is computed.
type course struct {
	told func(percent int) // nil: to nobody
	at   int
}

// tell tells that so much is done of all that leads from one percentage to another.
func (c *course) tell(from, to, done, all int) {
	if c.told == nil || all <= 0 {
		return
	}
	if percent := from + (to-from)*min(done, all)/all; percent > c.at {
		c.at = percent
		c.told(percent)
	}
}
