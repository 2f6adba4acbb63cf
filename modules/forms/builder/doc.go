// Package builder is how somebody designs a form without technical help: what can be done to a definition (add, copy, move,
// delete), what can be set about a question of each type, and the pages on which it is done.
//
// Words: a Place is what is being looked at: a section, a question, or a column of a table. A Setting is one thing that can
// be set about a question; the table of them (Settings) is all that the pages know of types. A Line is one comparison of a
// condition, as people put it together.
//
// Keys are made from the words that somebody typed and never change afterwards, as answers and conditions refer to them;
// people are never shown one. Nothing here reads or writes a database, and nothing that somebody typed is run.
package builder
