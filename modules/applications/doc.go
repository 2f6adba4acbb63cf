// Package applications owns applications to a call: their parts, the invitation of partner organizations, confirmation,
// handing in, withdrawal, and the officers' check of eligibility.
//
// Words: an Application has one Part per seat of the call's composition; the organization that began it is its lead. A
// part is filled and confirmed by its own organization, the joint part by all together. A Submission is what was handed
// in: copies of all sheets at that moment. Missing papers reopen an application for a short time. Once it was accepted, its
// people answer what only they are asked; a Sending is the copy of one sheet that they sent.
//
// Invariants: an organization has at most one application in a call, and at most one seat in an application; an
// application is handed in only while the database's clock, in the same transaction, is before the deadline (or the
// organization's own later one) and every part is confirmed; its number is given once; what is handed in does not
// change when its authors go on writing. Decisions become part of an application only when they are released.
package applications
