package events

import "kervan/modules/ids"

// ApplicationSubmitted tells that an application was handed in for the first time, or again after a change.
type ApplicationSubmitted struct {
	Application ids.Application
	Call        ids.Call
}

// EventKind names the event in the queue.
func (ApplicationSubmitted) EventKind() string { return "application_submitted" }

// SeatsMoved tells that somebody was invited to a seat of an application which was handed in, or took one.
type SeatsMoved struct {
	Application ids.Application
}

// EventKind names the event in the queue.
func (SeatsMoved) EventKind() string { return "seats_moved" }

// ApplicationChecked tells that an officer has found an application eligible or ineligible.
type ApplicationChecked struct {
	Application ids.Application
	Call        ids.Call
	Eligible    bool
}

// EventKind names the event in the queue.
func (ApplicationChecked) EventKind() string { return "application_checked" }

// AnswersErased tells that answers of an application were erased because their time was over; copies of it go as well.
type AnswersErased struct {
	Application ids.Application
}

// EventKind names the event in the queue.
func (AnswersErased) EventKind() string { return "answers_erased" }

// ApplicationWithdrawn tells that the applicants took their application back; from now on it is nobody's to review,
// and a place that it held is free.
type ApplicationWithdrawn struct {
	Application ids.Application
	Call        ids.Call
}

// EventKind names the event in the queue.
func (ApplicationWithdrawn) EventKind() string { return "application_withdrawn" }
