package events

import "kervan/modules/ids"

// CallPublished tells that a call went out.
type CallPublished struct {
	Call ids.Call
}

// FormChanged tells that a published call asks something else from now on: what the versions of its form ask.
type FormChanged struct {
	Call     ids.Call
	From, To ids.FormVersion
}

// EventKind names the event in the queue.
func (FormChanged) EventKind() string { return "form_changed" }

// EventKind names the event in the queue.
func (CallPublished) EventKind() string { return "call_published" }

// CallBegunAgain tells that a call was made from an earlier one, and by how many days of its zone it was moved.
type CallBegunAgain struct {
	From, Call ids.Call
	Days       int
	Zone       string
}

// EventKind names the event in the queue.
func (CallBegunAgain) EventKind() string { return "call_begun_again" }

// LineageMoved tells that a call was begun from a version of a blueprint, or came to stand on another one.
type LineageMoved struct {
	Call ids.Call
}

// EventKind names the event in the queue.
func (LineageMoved) EventKind() string { return "lineage_moved" }
