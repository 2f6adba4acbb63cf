// Package partnerships owns what organizations do together once their application has won a place: who sits on which
// seat, the grant, and the state of the work.
//
// Words: a Partnership has Seats, one organization on each; a Verb moves it from State to State; a Change is a line of
// its history; a Replacement asks an organization to take the seat of one that leaves, and those that stay whether they agree. A
// Facilitator accompanies partnerships, a Facilitation is the time in which one does, and a Profile what is known of one.
//
// Invariants: there is at most one partnership per application, however often its place is reported accepted; a seat changes
// hands only when the organization that comes and all that stay have agreed, and nobody gets a second one in a call by that; every
// change of state stands in the history, with a reason where the network made it; a paused partnership remembers the
// state it comes back to. One person at a time accompanies a partnership, reads it by that and only as long, and never had a
// conflict of interest in it when they were chosen; why somebody does so no more is told to them, in a mail that the network's team can
// read, and to the coordinators, never to organizations. Who loses the role accompanies nothing more, and a conflict of interest that
// comes later is told to the coordinators. A coordinator who has one learns nothing of who suits a partnership, and chooses nobody.
//
// Agreements, learning plans, visits, claims and reports are not here.
package partnerships
