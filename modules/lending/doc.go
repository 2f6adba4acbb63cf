// Package lending owns how networks lend each other reviewers.
//
// Words: a network may be asked once its coordinators allow it, and is a Lender then; a Request asks it for a number of reviewers for
// a call; its coordinators agree by naming some who may be lent, or refuse. A Loan is one of them, lent for that call.
//
// Invariants: nobody is named who has not said that they may be; what stands in the shared tables both networks see, and a third one
// finds none of it; addresses and ties go over only sealed, with the invitation that is made of them; a network asks another once at
// a time for a call; the lending one learns whether somebody accepted and how many reviews they have submitted, never what of; each
// change is written in the network of whoever makes it, and what follows from it elsewhere comes by the queue, once or more often,
// with the same outcome; Kept months after a loan is over neither network knows any more who it was of.
//
// A network that is suspended lends nobody any more, and begins anew when it is open again.
//
// Invitations of those who are lent are the business of the pool of reviewers, reviews and conflicts of interest the selection's.
package lending
