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

// LineageMoved tells that a call was begun from a version of a blueprint, or came to stand on another one.
type LineageMoved struct {
	Call ids.Call
}

// EventKind names the event in the queue.
func (LineageMoved) EventKind() string { return "lineage_moved" }
