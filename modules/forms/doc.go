// Package forms is the form engine: what a form asks (a Definition of sections and questions), what somebody answered
// (Answers), whether the answers will do (Validate), and how both look on a page and on paper.
//
// Words: a Form has immutable published versions; a version holds one Definition. A Sheet is one filled, or half-filled,
// form and points at the version that it was given to. A question's Ref is its key, or in a section that repeats, its key
// and the number of the item ("visit_place.2"). A part section is filled by each organization for itself, a joint one by
// all together; each sheet has one of the two scopes.
//
// Invariants: a published version never changes; an answer is kept in one canonical JSON shape per question type, whatever
// notation it was typed in; what cannot be read as its type is kept as typed, so that no text is lost, but never counts
// as an answer; an answer that a condition hides is kept, but neither required, submitted, exported nor shown. What only
// accepted applicants are asked is not in the definition that others read; nothing that others are asked stands upon it.
//
// The engine has no policy of its own and opens no transaction: the features whose forms these are authorize, and call
// it with their scope or inside their own write.
package forms
