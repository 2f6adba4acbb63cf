package events

import (
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// MailRequested asks for one message to one recipient, in the recipient's language. The correspondence module writes
// it; nobody else sends mail.
//
// The words are messages of the asking module: <Kind>.subject, <Kind>.body (paragraphs parted by empty lines) and, when
// Path is set, <Kind>.button. Args, Texts and Times are their named values. A letter that people composed brings Subject
// and Body instead, in which {name} stands for a value; a letter with a value missing is held.
type MailRequested struct {
	// ID is the message's; it is given when the event is announced, so that a reaction that runs twice writes once.
	ID      ids.Message
	Kind    string // the prefix of the message keys, such as "accounts.mail.register"
	Person  ids.Person
	Address string      // for somebody who is not a person of the tenant yet; ignored when Person is set
	Name    string      // the addressee's name, when only an address is known
	Locale  i18n.Locale // the language, when only an address is known
	Args    map[string]string
	Texts   map[string]i18n.Text   // values that exist in several languages, such as a call's title
	Times   map[string]time.Time   // instants, told in the addressee's way of writing them …
	Zone    string                 // … as they are in this time zone
	Path    string                 // where the button leads, on the tenant's own canonical host
	Subject i18n.Text              // a composed letter's subject …
	Body    i18n.Text              // … and text, in Markdown
	Lists   map[string][]i18n.Text // values of the body that are shown as lists
	// Secret marks a message with a token in it (confirmation, reset, invitation): it goes at once and its text is
	// wiped from the database when it has been sent.
	Secret bool
	// Veiled keeps the address from the network's team, which sees only the name.
	Veiled bool
	// Hold keeps the message in the outbox until somebody releases it.
	Hold bool
	// Batch names the messages that are released together, such as the letters of one decision list.
	Batch string
	// About says which thing the message is about, so that the thing's page can show it.
	AboutKind string
	AboutID   string
}

// EventKind names the event in the queue.
func (MailRequested) EventKind() string { return "mail_requested" }

// Confidential keeps the words of security mails out of the queue's sight.
func (e MailRequested) Confidential() bool { return e.Secret }

// Identified gives the message its identifier.
func (e MailRequested) Identified() any {
	if e.ID.IsZero() {
		e.ID = ids.New[ids.Message]()
	}
	return e
}

// NotificationRequested asks for a line under the person's bell: a message key with its arguments, and a page. Texts are
// arguments that are read in the reader's language.
type NotificationRequested struct {
	ID     ids.Notification // given when the event is announced
	Person ids.Person
	Key    string
	Args   map[string]string
	Texts  map[string]i18n.Text
	Path   string
}

// EventKind names the event in the queue.
func (NotificationRequested) EventKind() string { return "notification_requested" }

// Identified gives the notification its identifier.
func (e NotificationRequested) Identified() any {
	if e.ID.IsZero() {
		e.ID = ids.New[ids.Notification]()
	}
	return e
}

// MailReleased tells that somebody has let a held message go: from now on its addressee may know.
type MailReleased struct {
	Message   ids.Message
	Kind      string
	AboutKind string
	AboutID   string
}

// EventKind names the event in the queue.
func (MailReleased) EventKind() string { return "mail_released" }

// MatterErased tells that a thing was deleted for good: what was written about it and has not left goes with it, and so do the
// lines under bells that lead to its page.
type MatterErased struct {
	AboutKind string
	AboutID   string
	Path      string
	// Left takes addressee and words from mails that have left, too: nobody is to know any more whom they went to.
	Left bool
}

// EventKind names the event in the queue.
func (MatterErased) EventKind() string { return "matter_erased" }

// MailRevoked asks to cancel the held messages of a kind about a thing that were written before an instant: what they say
// is not so any more.
type MailRevoked struct {
	Kind      string
	AboutKind string
	AboutID   string
	Before    time.Time
}

// EventKind names the event in the queue.
func (MailRevoked) EventKind() string { return "mail_revoked" }
