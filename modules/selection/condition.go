package selection

import (
	"slices"
	"time"

	"kervan/modules/ids"
)

// How many conditions a place has at most, how many characters one has, an answer to it and the reason why that is not enough,
// and how many days after the acceptance it is due at most.
const (
	MostConditions   = 5
	MaxCondition     = 1000
	MaxConditionSaid = 4000
	MostConditionDay = 365
)

// Condition is something that applicants must do or show before a place that they have accepted is theirs.
type Condition struct {
	ID          ids.Condition
	Application ids.Application
	Call        ids.Call
	Words       string
	Days        int // from the acceptance to the day on which it is due
	SetAt       time.Time
	SetBy       ids.Person
	DueAt       time.Time // zero until the place was accepted
	Answer      string    // empty: none yet
	AnsweredAt  time.Time
	AnsweredBy  ids.Person
	Returned    string // what is missing, or was missing when the place was taken back; empty: nobody has said so
	ReturnedAt  time.Time
	ReturnedBy  ids.Person // never shown to applicants
	MetAt       time.Time
	MetBy       ids.Person // never shown to applicants
}

// ConditionState is where a condition stands.
type ConditionState string

// The states of a condition.
const (
	ConditionOpen     ConditionState = "open"
	ConditionAnswered ConditionState = "answered" // and to be looked at
	ConditionReturned ConditionState = "returned" // with what is missing
	ConditionMet      ConditionState = "met"
)

// ConditionStates lists all of them.
var ConditionStates = []ConditionState{ConditionOpen, ConditionAnswered, ConditionReturned, ConditionMet}

// State is where the condition stands.
func (c *Condition) State() ConditionState {
	switch {
	case !c.MetAt.IsZero():
		return ConditionMet
	case !c.ReturnedAt.IsZero() && !c.AnsweredAt.After(c.ReturnedAt):
		return ConditionReturned
	case !c.AnsweredAt.IsZero():
		return ConditionAnswered
	default:
		return ConditionOpen
	}
}

// Overdue reports whether the condition should have been met by now.
func (c *Condition) Overdue(now time.Time) bool {
	return c.State() != ConditionMet && !c.DueAt.IsZero() && !now.Before(c.DueAt)
}

// unmet are those of the conditions that are not met.
func unmet(all []Condition) []Condition {
	return slices.DeleteFunc(slices.Clone(all), func(c Condition) bool { return c.State() == ConditionMet })
}

// overdue reports whether one of the conditions should have been met by now.
func overdue(all []Condition, now time.Time) bool {
	return slices.ContainsFunc(all, func(c Condition) bool { return c.Overdue(now) })
}

// firstDue is when the first of the conditions that are not met is due; zero: none is.
func firstDue(all []Condition) time.Time {
	var first time.Time
	for _, c := range unmet(all) {
		if first.IsZero() || c.DueAt.Before(first) {
			first = c.DueAt
		}
	}
	return first
}

// whyRevoked is the reason for which a place was taken back: what was said last of a condition that was not met.
func whyRevoked(all []Condition) string {
	var last Condition
	for _, c := range unmet(all) {
		if c.ReturnedAt.After(last.ReturnedAt) {
			last = c
		}
	}
	return last.Returned
}
