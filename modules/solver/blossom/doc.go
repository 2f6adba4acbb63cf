// Package blossom finds matchings of greatest weight in general graphs: sets of edges of which no two share a node.
//
// It is the primal-dual method of Edmonds, "Maximum matching and a polyhedron with 0,1-vertices" (1965), with the events of
// Galil, "Efficient algorithms for finding maximum matching in graphs" (1986), in integers throughout. Every node v has a
// dual u(v), every blossom B, an odd set of nodes in which all but one are matched inside, a dual z(B) ≥ 0, such that every
// edge has the slack
//
//	u(v) + u(w) − 2·weight(v,w) + 2·Σ z(B) over the blossoms B that hold both v and w  ≥ 0,
//
// matched edges and the edges of which blossoms consist have none, and all unmatched nodes have one and the same dual, the
// smallest. Where that dual is 0, no matching is heavier; where no more pairs are possible at all, none of as many pairs is.
// (Sum the slacks of any matching: its weight is at most ½·Σ u + Σ z·(|B|−1)/2, which the one that was found attains.) The
// tests hold large instances against this certificate and small ones against all matchings.
//
// All unmatched nodes grow trees at once. Nodes at even distance from their root are outer, those between are inner; the
// time runs from 0 and is what outer nodes have lost and inner ones have gained since. Of what happens next, only four things
// matter: a free blossom joins a tree, two outer blossoms of different trees meet and are matched through to their roots, two
// of one tree become a blossom, an inner blossom whose dual is spent falls apart. They wait in one heap. What is stored of
// duals is so that time does not change it, so nothing has to be brought up to date as it passes. When two trees are matched
// they alone fall apart, and the others stay as they are.
package blossom
