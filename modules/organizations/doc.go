// Package organizations owns the civil society organizations and initiatives of a network: their profiles and who
// answers for them.
//
// Words: an Organization is a legal person or an initiative; an initiative has none and needs a fiscal host for money;
// a Lead answers for an organization, a Participant takes part for it.
//
// Invariants: an organization is in a network once (its registry number is unique, and whoever registers one is first
// shown those of similar names, however they are spelled); it always has a lead; registry numbers have the form, and
// where there is one the check digit, of their registry.
package organizations
