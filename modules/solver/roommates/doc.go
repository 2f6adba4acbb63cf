// Package roommates pairs persons of one pool by nothing but what they prefer, so that no two who are not a pair would both
// rather be one: a stable matching.
//
// Whether there is one, and which, is found by Irving, "An efficient algorithm for the stable roommates problem" (1985), in
// time that grows with the number of preferences: everybody proposes until everybody is held by somebody; then, as long as
// somebody has more than one left to choose from, a rotation is taken away, a ring of persons of whom each moves on to the
// second choice, which keeps at least one stable matching if there was any.
//
// Everybody prefers anybody to being alone. So with an even number of persons nobody is alone in a stable matching, with an
// odd number exactly one is, the same in every stable matching (Gusfield and Irving, "The Stable Marriage Problem", 1989,
// theorem 4.5.2), and whoever is alone would take anybody: it is stable only if nobody prefers that person to their own
// partner. Irving's algorithm finds this, too: alone is who was refused by all in the first phase.
//
// Where no stable matching exists, it is one that few pairs block; see fewest. Where several do, Every finds them, and Changes says for
// whom one is better than another: of each pair that only one of the two has, one would rather be in that one and one in the other.
package roommates
