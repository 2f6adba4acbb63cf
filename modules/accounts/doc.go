// Package accounts knows who people are: their login, their sessions, and how they come to a role.
//
// Words: an Identity is a login (address and password), one for all networks; a Person is that identity in one network,
// with a name and a language; a Session is a browser that signed in on one host; a Link is what an e-mail proves; an
// Invitation offers a role to an address.
//
// Invariants: nothing exists for an address that nobody has proved to hold; the answer to a form, its status and its
// time do not tell whether an address is known; tokens are stored as hashes, serve one purpose in one network, once,
// for a short time; a session found in one network's schema is found in no other.
package accounts
