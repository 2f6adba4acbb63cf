package blueprints

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// DifferenceKind is what became of a piece.
type DifferenceKind string

// The kinds of difference. Reordered is one of a list, not of a piece.
const (
	Added     DifferenceKind = "added"
	Removed   DifferenceKind = "removed"
	Changed   DifferenceKind = "changed"
	Reordered DifferenceKind = "reordered"
)

// Difference is one piece, or the order of one list, that is not the same in two programs.
type Difference struct {
	Key           string // of a list's order: "order/" and the list
	Kind          DifferenceKind
	Before, After Piece    // the zero Piece where there is none
	Was, Is       []string // of a list's order: the keys of what is in both
}

const orderPrefix = "order"

func orderKey(list string) string { return orderPrefix + "/" + list }

// Compare lists what is different in b, in the order in which a person reads it; what is gone stands where it was.
func Compare(a, b Program) []Difference {
	var found []Difference
	for _, key := range together(a, b) {
		before, was := a.pieces[key]
		after, is := b.pieces[key]
		d := Difference{Key: key, Before: before, After: after}
		switch {
		case was && is && same(before, after):
			continue
		case was && is:
			d.Kind = Changed
		case is:
			d.Kind = Added
		default:
			d.Kind = Removed
		}
		found = append(found, d)
	}
	for _, name := range listsOf(a, b) {
		was, is := common(a.lists[name], b.lists[name])
		if !slices.Equal(was, is) {
			found = append(found, Difference{Key: orderKey(name), Kind: Reordered, Was: was, Is: is})
		}
	}
	return found
}

// together are the keys of all pieces of several programs in the order of reading; what only an earlier one has stands
// after its neighbour there.
func together(programs ...Program) []string {
	var keys []string
	seen := map[string]bool{}
	for _, program := range slices.Backward(programs) {
		var after string
		var fresh []string
		place := func() {
			if len(fresh) > 0 {
				at := 0
				if after != "" {
					at = slices.Index(keys, after) + 1
				}
				keys = slices.Insert(keys, at, fresh...)
				fresh = nil
			}
		}
		for _, piece := range program.Pieces() {
			if seen[piece.Key] {
				place()
				after = piece.Key
				continue
			}
			seen[piece.Key] = true
			fresh = append(fresh, piece.Key)
		}
		place()
	}
	return keys
}

func listsOf(programs ...Program) []string {
	names := map[string]bool{}
	for _, p := range programs {
		for name := range p.lists {
			names[name] = true
		}
	}
	return slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		top := func(s string) string { name, _, _ := strings.Cut(s, "/"); return name }
		return cmp.Or(cmp.Compare(rank(reading, top(a)), rank(reading, top(b))), cmp.Compare(a, b))
	})
}

// common are two lists without what is not in the other.
func common(a, b []string) (inA, inB []string) {
	return only(a, b), only(b, a)
}

func only(list, wanted []string) []string {
	known := make(map[string]bool, len(wanted))
	for _, key := range wanted {
		known[key] = true
	}
	var kept []string
	for _, key := range list {
		if known[key] {
			kept = append(kept, key)
		}
	}
	return kept
}
