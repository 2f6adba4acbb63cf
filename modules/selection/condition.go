package selection

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
)

// How many conditions a place has at most, how many characters one has, an answer to it and the reason why that is not enough,
// how many days after the acceptance it is due at most, how much a document for it has, and how many versions of that are handed in.
const (
	MostConditions   = 5
	MaxCondition     = 1000
	MaxConditionSaid = 4000
	MostConditionDay = 365
	MaxConditionName = 120 // of the document that is due
	MostPaperBytes   = 10_000_000
	MostVersions     = 10
)

// Condition is something that applicants must do or show before a place that they have accepted is theirs.
type Condition struct {
	ID          ids.Condition
	Application ids.Application
	Call        ids.Call
	Words       string
	Days        int      // from the acceptance to the day on which it is due
	Document    string   // what the document is called that is due; empty: none is
	Kinds       []string // of the document that are accepted
	SetAt       time.Time
	SetBy       ids.Person
	DueAt       time.Time // zero until the place was accepted
	Answer      string    // may be empty where a document is due
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
func whyRevoked(all []Condition) string { return lastReturned(all).Returned }

func lastReturned(all []Condition) (last Condition) {
	for _, c := range unmet(all) {
		if c.ReturnedAt.After(last.ReturnedAt) {
			last = c
		}
	}
	return last
}

// Wanted is what a condition is to ask for.
type Wanted struct {
	Words    string
	Days     int
	Document string // what it is called; empty: none is due
	Kinds    []string
}

// check trims the words and finds what is wrong with them.
func (w *Wanted) check() []fault.Field {
	var bad []fault.Field
	if w.Words = strings.TrimSpace(w.Words); w.Words == "" {
		bad = append(bad, fault.At("words", "fault.required"))
	}
	if w.Days < 1 || w.Days > MostConditionDay {
		bad = append(bad, fault.AtWith("days", "selection.condition.days_wrong", fault.Args{"Most": MostConditionDay}))
	}
	if w.Document = strings.TrimSpace(w.Document); w.Document == "" {
		w.Kinds = nil
	} else if len(w.Kinds) == 0 || slices.ContainsFunc(w.Kinds, func(kind string) bool { return !slices.Contains(forms.FileKinds, kind) }) {
		bad = append(bad, fault.At("kinds", "fault.choose"))
	}
	return bad
}
