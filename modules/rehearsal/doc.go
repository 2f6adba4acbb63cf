// Package rehearsal lets a network try a call before it opens: with invented organizations and applications, in a room of
// its own.
//
// The room is a tenant of the kind "rehearsal": a database schema beside the network's, under an address that nobody can
// guess. Whatever is done there stays there. Its mails go no further than its outbox, it has no public page, no list can be
// taken away from it and no API answers; no count of the core contains it. It is wiped as a whole, by hand or when the call
// opens. So no query of any other module needs to know that rehearsals exist.
//
// What is invented, invent.go decides over any form; the job that writes it acts through the same use-cases as people do.
package rehearsal
