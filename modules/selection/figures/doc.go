// Package figures owns what the totals of a call's reviews come to: the mean of each application, how far totals lie apart, the ranking in
// bands, and what remains of totals when it is taken off who gave them. It computes and nothing else: it knows no request, no
// database, no page and no review, and needs nobody's permission.
//
// Words: Points are a total; Scores are the totals of one application and a Rating is one of them with who gave it. A Rank is where an
// application stands, its Band holds those that reviews cannot tell apart, and a Ranking is all of them. A Habit is how a reviewer
// gives totals, an Adjustment what is left of totals without it.
//
// Invariants: an adjustment is the same to the last bit in whatever order ratings come; who is left out of a ranking changes nothing
// about the order of the others; no band is wider than the standard error of a mean; a constant that one reviewer adds to all
// their totals turns no adjusted order around, where nobody has reviews enough to be rescaled. Formulas and where they are from
// stand at Order and Adjust.
//
// Which reviews count, and who may see these figures, is the selection's, which imports this room. How far reviewers agree is
// modules/solver/agreement's.
package figures
