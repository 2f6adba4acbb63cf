// Package pdf puts papers on A4: receipts, dossiers, forms to fill by hand, agreements. A Paper is made of blocks in
// reading order; the package sets them with the letterhead of a network, wraps and breaks them over pages, and counts the
// pages. It knows no product noun; all words come from its callers but those of the foot line.
//
// Equal papers give equal bytes, so a paper that was kept can be compared with one that is made anew. The file names no
// person and no program in its properties. Text stays text: it can be searched, copied and read aloud, in Latin, Greek and
// Cyrillic script; a letter of another script is shown as a replacement sign.
package pdf
