// Package papers owns what the network issues on paper: that a paper was issued, and the page on which anybody checks it.
//
// Words: a Paper is a receipt, an application as it was handed in, a letter, or the minutes of a meeting, as a file with a Code and a QR code on it.
// Its Standing says whether it counts still, was replaced by a newer one, or does not hold any more.
//
// Invariants: a code is of eighty random bits and of one network; the same paper has one code, and whoever fetches it again
// gets the same file, byte by byte; of a paper only hashes are kept. Whoever knows a code learns of which kind the paper is,
// of which call and number, and when it was issued: never who applies, nor what was decided. A paper goes with its application, minutes with their call.
//
// What a paper says and who may fetch it is its module's. What the network asks applicants for are documents.
package papers
