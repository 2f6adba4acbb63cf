// Package blueprints owns the templates that programs start from: what a call asks, by which criteria it is judged, which
// seats a partnership has, which stages a cycle runs through, and the words of its letters. A blueprint is data, in the
// files below content/; no rule of it is code.
//
// Words: a Blueprint is versioned; a Composition says which Seats a partnership has; a Letter is a text per outcome with
// merge fields in braces.
//
// Invariants, held by tests: every text of the default blueprint exists in all languages that ship; its form can be
// published; weights add up to 100; letters use only the fields that they list, the same ones in each language.
package blueprints
