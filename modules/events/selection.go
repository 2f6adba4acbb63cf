package events

import (
	"time"

	"kervan/modules/ids"
)

// Outcome is what was decided of an application.
type Outcome string

// The outcomes of a decision.
const (
	OutcomeSelected Outcome = "selected"
	OutcomeWaiting  Outcome = "waiting"
	OutcomeRejected Outcome = "rejected"
)

// ReviewBegan tells that an application has its first reviewer.
type ReviewBegan struct {
	Application ids.Application
}

// EventKind names the event in the queue.
func (ReviewBegan) EventKind() string { return "review_began" }

// ReviewsCompleted tells that every review that the rules ask for is in.
type ReviewsCompleted struct {
	Application ids.Application
}

// EventKind names the event in the queue.
func (ReviewsCompleted) EventKind() string { return "reviews_completed" }

// DecisionReleased tells what was decided of an application, at the moment from which its applicants may know; before,
// a decision leaves the selection module by no way.
type DecisionReleased struct {
	Application ids.Application
	Call        ids.Call
	Outcome     Outcome
	ReplyBy     time.Time // of a selected application
	Waiting     int       // place on the waiting list, from 1
}

// EventKind names the event in the queue.
func (DecisionReleased) EventKind() string { return "decision_released" }

// PlaceOffered tells that an application from the waiting list has been offered a place that became free.
type PlaceOffered struct {
	Application ids.Application
	Call        ids.Call
	ReplyBy     time.Time
}

// EventKind names the event in the queue.
func (PlaceOffered) EventKind() string { return "place_offered" }

// ReplyExtended tells that an application may answer for an offered place until later.
type ReplyExtended struct {
	Application ids.Application
	Call        ids.Call
	ReplyBy     time.Time
}

// EventKind names the event in the queue.
func (ReplyExtended) EventKind() string { return "reply_extended" }

// PlacesMatched tells that the organizations of several applications, each of which has accepted its place alone, want to take
// them together.
type PlacesMatched struct {
	Match        ids.Match
	Call         ids.Call
	Applications []ids.Application
}

// EventKind names the event in the queue.
func (PlacesMatched) EventKind() string { return "places_matched" }

// MatchOvertaken tells that no partnership comes of a match, since those of its applications belong to another one by now.
type MatchOvertaken struct {
	Match        ids.Match
	Applications []ids.Application
}

// EventKind names the event in the queue.
func (MatchOvertaken) EventKind() string { return "match_overtaken" }

// PlaceAccepted tells that the applicants took their place: from it the partnership stands, unless it is held on conditions.
type PlaceAccepted struct {
	Application ids.Application
	Call        ids.Call
	Conditional bool `json:",omitempty"` // PlaceConfirmed follows when the conditions are met, else PlaceLapsed or PlaceDeclined

	Left []ids.Organization `json:",omitempty"` // it was applied with, and has given its seat to another since
}

// EventKind names the event in the queue.
func (PlaceAccepted) EventKind() string { return "place_accepted" }

// PlaceConfirmed tells that the conditions are met on which a place was accepted: from it the partnership stands.
type PlaceConfirmed struct {
	Application ids.Application
	Call        ids.Call
}

// EventKind names the event in the queue.
func (PlaceConfirmed) EventKind() string { return "place_confirmed" }

// PlaceDeclined tells that the applicants gave their place back.
type PlaceDeclined struct {
	Application ids.Application
	Call        ids.Call
	Conditional bool `json:",omitempty"` // it had been accepted, and was held on conditions
}

// EventKind names the event in the queue.
func (PlaceDeclined) EventKind() string { return "place_declined" }

// PlaceLapsed tells that nobody answered in time, or that conditions were not met, and the place is free.
type PlaceLapsed struct {
	Application ids.Application
	Call        ids.Call
	Conditional bool `json:",omitempty"` // it had been accepted, and was held on conditions
}

// EventKind names the event in the queue.
func (PlaceLapsed) EventKind() string { return "place_lapsed" }

// DecisionsReleased tells that the decision list of a call was released; the letters of the batch may go, but not those about
// applications to which the same release offers a place that was left: another letter says so.
type DecisionsReleased struct {
	Call    ids.Call
	Batch   string
	Without []ids.Application `json:",omitempty"`
}

// EventKind names the event in the queue.
func (DecisionsReleased) EventKind() string { return "decisions_released" }

// DecisionsReopened tells that a signed decision list was opened again; the letters of the batch must not go.
type DecisionsReopened struct {
	Call  ids.Call
	Batch string
}

// EventKind names the event in the queue.
func (DecisionsReopened) EventKind() string { return "decisions_reopened" }
