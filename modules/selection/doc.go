// Package selection owns what happens between the check of applications and the partnerships that come of them: who
// reviews what, conflicts of interest, reviews, the ranking, the decision list, and the answers to offered places.
//
// Who can review at all is the room below, reviewers: profiles, invitations, loans from other networks, trainings. It knows nothing of
// applications and asks for what it needs of them by interfaces that this package satisfies. What totals come to is the room figures,
// which computes and knows nothing else.
//
// Words: a Run proposes reviewers for all applications of a call, by their affinity; a Review is one reviewer's judgment of one application, a Mark what it says of one criterion; a Conflict keeps
// somebody from an application; a Band holds applications whose means the reviews cannot tell apart; the List of a call
// holds one Decision per application; a Place is one of those that the call has to give; a Meeting of the panel goes through the
// applications one by one, each an Item that lies on the table for a while; a Lot orders those that the reviews cannot tell apart.
// A Wish is what one would like to review before anybody is assigned, a Statement the one text for each criterion that all reviewers agree to.
// In a Calibration all reviewers of a call score the same sample, a Scoring each; the coordinators' is the reference.
// A Kept agreement is how far reviewers agreed at one moment, with all ratings that it is computed from.
// An Opinion is a second one on an application, for which a reviewer asks or which an officer wants; granted, it is one more review.
// A Condition must be met before an accepted place is the applicants'; a Paper is a document that is Handed in for one.
// A Departure is that an organization drops out of a place which others keep; a Replacement asks another one to take its seat, and those
// that stay whether they agree, each by its Consent. In an anonymous call an application is Veiled for its reviewers,
// who declare their Impartiality to everybody who applies and may add to it later; until then their reviews are Waiting. Who sees by
// another role who applies reviews nothing there.
//
// What ties somebody to an application is looked for as soon as it is handed in and until it is answered, of all who see or decide:
// their membership, partnerships, invitations and the people they share; of who reviews, the domain of their address, too.
//
// Invariants: nobody sees more than the organizations' names of an application before declaring that there is no conflict
// of interest, in an anonymous call not even these, and nothing at all once there is one; nobody sees another's review of an application while the own one is
// owed; an agreement is about exactly the words that were agreed to; a decision leaves this package only when its list is
// released, and the list only when a second person has signed it; a place is held by one application at a time, and one with
// conditions is confirmed when all are met and lost only when somebody gives it back or takes it back; a seat of a place changes
// hands only when the one that comes and all that stay have agreed, while what was applied with, scored and decided stays as it was; what is too late is
// decided by the database's clock in the transaction that writes; whoever has a conflict of interest in the application on the table has left the room and learns
// nothing of it, neither then nor from the minutes; what somebody is asked or refused while a list is closed and signed is about the
// applications that they may know of, and only its release looks at the whole; a sample is no application and what is said of it counts nowhere; minutes that two have signed do not change.
//
// Applications themselves, their check and their text are not here, nor are partnerships and partner finding.
package selection
