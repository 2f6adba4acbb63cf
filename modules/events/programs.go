package events

import "kervan/modules/ids"

// CallPublished tells that a call went out.
type CallPublished struct {
	Call ids.Call
}

// EventKind names the event in the queue.
func (CallPublished) EventKind() string { return "call_published" }
