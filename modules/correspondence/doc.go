// Package correspondence owns every message to a person: mails, which wait in the outbox until they are released, and
// the notifications under a person's bell. Other modules ask for them by announcing events.MailRequested and
// events.NotificationRequested; nobody else sends mail.
//
// Invariants: a message is written in the recipient's language; one that was asked for once is written once, whatever
// the queue repeats; security mails go at once and their text is wiped when they have been sent; everything else that
// is marked to be held leaves only by somebody's hand; what has not left says nothing of a thing that was deleted for good; a
// line under a bell leads where its reader may ever go.
package correspondence
