package correspondence

import (
	"fmt"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Status is where a message stands: held → released → sent | failed; a held one may be cancelled.
type Status string

// The states of a message.
const (
	StatusHeld      Status = "held"
	StatusReleased  Status = "released"
	StatusSent      Status = "sent"
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
)

// Statuses lists all states in the order of a message's life.
var Statuses = []Status{StatusHeld, StatusReleased, StatusSent, StatusFailed, StatusCancelled}

// ParseStatus accepts exactly the states above.
func ParseStatus(s string) (Status, error) {
	if slices.Contains(Statuses, Status(s)) {
		return Status(s), nil
	}
	return "", fmt.Errorf("correspondence: %q is no status", s)
}

// Release is allowed of a message that is held or that failed.
func (s Status) Release() (Status, bool) {
	return StatusReleased, s == StatusHeld || s == StatusFailed
}

// Cancel is allowed of a message that has not left.
func (s Status) Cancel() (Status, bool) {
	return StatusCancelled, s == StatusHeld || s == StatusFailed
}

// Sent is what becomes of a released message that the mail server has taken.
func (s Status) Sent() (Status, bool) { return StatusSent, s == StatusReleased }

// Failed is what becomes of a released message that the mail server has refused too often.
func (s Status) Failed() (Status, bool) { return StatusFailed, s == StatusReleased }

// Recipient is whom a message goes to.
type Recipient struct {
	Person  ids.Person
	Name    string
	Address string
	Locale  i18n.Locale
}
