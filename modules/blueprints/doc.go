// Package blueprints owns the library of templates that programs start from: what a call asks, by which criteria it is
// judged, which seats a partnership has, which stages a cycle runs through, and the words of its letters; how versions of
// them differ, and how they grow by what networks propose. A blueprint is data, in the files below content/ or published by
// the core; no rule of it is code.
//
// Words: a Blueprint has immutable Versions; a Composition says which Seats a partnership has; a Letter is a text per outcome
// with merge fields in braces. A Piece is a part of a program that can be compared, taken over and proposed by itself. A
// Proposal is a piece that a network sends to the core, with its reason; accepted ones gather for the next version.
//
// Invariants, held by tests and by the rights of the database's roles: a version never changes; every text of the built-in
// blueprints exists in all languages that ship; their forms can be published; weights add up to 100; letters use only the
// fields that they list, the same ones in each language; of a network the library holds only what it has proposed.
package blueprints
