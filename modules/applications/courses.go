package applications

import "time"

// Course is an application with when it first came to each state.
type Course struct {
	Application

	Came Came
}

// Came is when an application first came to each state.
type Came map[State]time.Time

// First is when it came to the first of some states; zero: to none.
func (c Came) First(states ...State) time.Time {
	var first time.Time
	for _, s := range states {
		if at := c[s]; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}
