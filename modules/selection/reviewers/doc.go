// Package reviewers owns the pool of those who review for a network: how they come into it, what is known of them, what they must have
// read, and how they leave it. What they review, and what they say of it, is the selection's.
//
// Words: a Profile is what somebody says of themselves as a reviewer (expertise, absence, how much they take), and Known is that beside
// their Work. An Invitation asks somebody to review for a call who may be nobody here yet; a Regret is why they do not want to, and
// may name a substitute. Somebody is Lent by another network for one call: their Loan ends by them, by that network or with the call,
// and their Home is what their organizations there are recognized by. A Training is what the reviewers of a call read first. Eligible
// is who may be given reviews of a call, Reach how far somebody sees who is a reviewer only because they are lent.
//
// Invariants: opening a link answers nothing, and whoever answers proves the address that was invited; somebody who is asked for a call
// is not asked for it twice; the address of whoever is lent is not shown before they accept; a role that came with a loan goes with
// the last one; of whoever does not review nothing is known any more KeptInvited months after it was over, but that there was an
// invitation; a profile never reaches applicants.
//
// This room stands below the selection, which imports it; what it asks of that is the interface Selection, and what surrounds its pages
// is Frame. Its tables are those of invitations, received loans, profiles and trainings; one statement looks into the decision lists,
// as a loan is over when its call is decided. Actions of the trail, kinds of mails, names of jobs and keys of words begin with
// "reviewer." or "selection.", as they did before this was a room of its own: databases hold them.
package reviewers
