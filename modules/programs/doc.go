// Package programs owns a network's program, its cycles and their calls: the texts, dates, seats, criteria, documents and
// letters with which a call goes out.
//
// Words: a Call is made from a blueprint and is then the network's own. It is a draft until it is published; from then on
// its Phase follows from the clock and its two instants: announced, open, closed. An Extension moves the deadline for
// all and is announced; a late permission moves it for one organization. A Change is a line of the public log. A Question
// is asked by anybody and answered for everybody. The Calendar are the stages of the cycle, each counted from the opening
// or from the deadline, with which it moves.
//
// Invariants: a published call has its two instants, its seats, and all texts in each language in which it is offered;
// seats and documents never change after publication, and the criteria in words only once a review was begun, or in their
// weights where the call says so; whether reviewers learn who applies stays once one of them has opened an application; what changes of an open call stands in its log; a deadline only moves away; it is decided by the database's clock inside the transaction that depends on it.
package programs
