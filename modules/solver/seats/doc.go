// Package seats makes groups of two, three or four organizations, one for each seat of a partnership, of greatest score in
// sum: as many groups as possible first, where that is asked for.
//
// A group is a set of as many organizations as there are seats that can be seated: each on a seat that takes it, no two of
// them forbidden for each other. Its score is the sum over its pairs. No organization is in two groups.
//
// Two seats are a matching, which package blossom finds exactly. With more the problem is NP-hard (three-dimensional matching,
// Karp 1972). It is solved exactly for small pools by trying all subsets, from small ones up (pack); for others there are
//
//   - a bound, which no choice exceeds, from the dual of the linear program in which groups may be made in part (prices);
//   - a choice of groups, improved from several starts: of some groups and organizations left over, a better regrouping is
//     looked for, as long as any is found (improve);
//   - and a search for everything that is better than the one and within the other (search). It ends either with a proof
//     that there is nothing, or when it has taken too long.
//
// Of large pools nobody lists all groups: with four seats 300 organizations make 330 million. The linear program begins with
// some of them, and those that it lacks are looked for with its own prices (columns), until no group is worth more than it
// costs. What is looked for is found without trying all (sieve): groups are sums of pairs, so a group that comes to much has
// a triple, and that a pair, that comes to its share.
//
// # The bound
//
// Let every organization i have a price p(i) ≥ 0 and every group the premium λ, so that no group S is worth more than what it
// costs: w(S) ≤ λ + Σ p(i) over its members. Add that up over the groups of any choice of K groups. As no organization is in
// two of them, and no price is negative,
//
//	Σ w(S)  ≤  λ·K + Σ p(i) over all organizations.
//
// So that sum is a bound, whatever the prices; λ may be negative if exactly K groups are wanted, and is 0 if their number is
// free. The best prices are a solution of the linear program's dual (simplex), which computes in floating point; they are then
// rounded to integers, raised until they cover every group, listed or not, and added up in integers. So the bound does not depend on
// whether the floating point was right, only how good it is does. What a choice misses of the bound is the sum, over its
// groups, of what they cost above their worth, and of the prices of who is left over; nothing that misses more than the best
// choice so far needs to be looked at, which is what makes the search short.
//
// # Other choices
//
// Around a choice it is asked what would be with some group, or without one (Look). In a small pool all is tried. In others what the
// question breaks is mended, by regrouping those that are concerned with some near them, and everything better is searched in the
// groups that cost least above their worth. Whatever was found, the prices bound it: a choice with the group S misses of the
// bound above at least what S costs above its worth; a choice without S misses at least what any of its members misses elsewhere. How long
// all this may take is counted, not measured, so the answers are the same on every machine.
package seats
