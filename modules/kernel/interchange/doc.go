// Package interchange takes things out as JSON files that people and other programs can read, brings them in again, and
// publishes what such a file looks like. Everything follows from the Go type that a file becomes: which names there are,
// which values they take, the JSON Schema. So none of the three can say anything else than the others, and a field that the
// type gets is known to all of them at once.
//
// Words: a Shape is a type with the Rules that its own declaration cannot say; a Flaw is one thing that is wrong with a
// file, where it stands and what is meant; a Node is where one value of the file begins.
//
// Invariants: a file with flaws becomes nothing; what is written is read again as the same; however large or deep a file is,
// reading it takes bounded time and memory.
package interchange
