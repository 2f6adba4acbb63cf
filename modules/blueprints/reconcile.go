package blueprints

import (
	"maps"
	"slices"
)

// State is how a piece stands between the version that a program came from, the program, and a newer version.
type State string

// The states of a piece when programs are reconciled.
const (
	Unchanged  State = "unchanged"
	OnlyMine   State = "only_mine"
	OnlyTheirs State = "only_theirs"
	BothSame   State = "both_same" // both have made the same change
	Conflict   State = "conflict"  // both have changed it, and not in the same way
)

// Outcome is what reconciling says of one piece, or of the order of one list (see Difference).
type Outcome struct {
	Key                string
	State              State
	Base, Mine, Theirs Piece // the zero Piece where there is none
	OrderMine          []string
	OrderTheirs        []string
}

// Merged compares three programs. Nothing is decided by it: Take says what to take.
type Merged struct {
	Outcomes     []Outcome // in the order of reading, unchanged ones too
	mine, theirs Program
}

// Reconcile compares a program (mine) with the version that it came from (base) and a newer one (theirs), piece by piece.
func Reconcile(base, mine, theirs Program) Merged {
	m := Merged{mine: mine, theirs: theirs}
	for _, key := range together(base, mine, theirs) {
		o := Outcome{Key: key, Base: base.pieces[key], Mine: mine.pieces[key], Theirs: theirs.pieces[key]}
		o.State = state(o.Base, o.Mine, o.Theirs)
		m.Outcomes = append(m.Outcomes, o)
	}
	for _, name := range listsOf(mine, theirs) {
		ours, other := common(mine.lists[name], theirs.lists[name])
		if slices.Equal(ours, other) {
			continue
		}
		o := Outcome{Key: orderKey(name), OrderMine: ours, OrderTheirs: other, State: Conflict}
		was, is := common(base.lists[name], mine.lists[name])
		before, after := common(base.lists[name], theirs.lists[name])
		switch moved, moves := !slices.Equal(was, is), !slices.Equal(before, after); {
		case moves && !moved:
			o.State = OnlyTheirs
		case moved && !moves:
			o.State = OnlyMine
		}
		m.Outcomes = append(m.Outcomes, o)
	}
	return m
}

func state(base, mine, theirs Piece) State {
	moved, moves, agree := !same(base, mine), !same(base, theirs), same(mine, theirs)
	switch {
	case !moved && !moves:
		return Unchanged
	case agree:
		return BothSame
	case !moves:
		return OnlyMine
	case !moved:
		return OnlyTheirs
	default:
		return Conflict
	}
}

// Offered are the outcomes that ask for a choice: what only the newer version has changed, and conflicts.
func (m Merged) Offered() []Outcome {
	return slices.DeleteFunc(slices.Clone(m.Outcomes), func(o Outcome) bool { return o.State != OnlyTheirs && o.State != Conflict })
}

// Take is the program with the named pieces as the newer version has them; one that it does not have is taken out. What is
// new stands after the piece that it follows in the newer version, and what only the program has stays where it is.
func (m Merged) Take(keys ...string) Program {
	result := m.mine.clone()
	for name, shape := range m.theirs.shapes {
		if _, ok := result.shapes[name]; !ok {
			result.shapes[name] = shape
		}
	}
	var orders []string
	for _, o := range m.Outcomes {
		if !slices.Contains(keys, o.Key) {
			continue
		}
		switch {
		case o.OrderTheirs != nil:
			orders = append(orders, o.Key)
		case o.Theirs.Body == nil:
			result.drop(o.Key)
		default:
			result.pieces[o.Key] = o.Theirs
		}
	}
	for name, order := range m.theirs.lists {
		result.lists[name] = filled(result.lists[name], order, result.pieces)
		if slices.Contains(orders, orderKey(name)) {
			result.lists[name] = filled(only(order, result.lists[name]), m.mine.lists[name], result.pieces)
		}
	}
	return result
}

// filled adds to a list what it lacks of another one, as far as there are pieces for it, each after its neighbour there.
func filled(list, order []string, pieces map[string]Piece) []string {
	list = slices.Clone(list)
	at := 0
	for _, key := range order {
		if i := slices.Index(list, key); i >= 0 {
			at = i + 1
			continue
		}
		if _, ok := pieces[key]; ok {
			list = slices.Insert(list, at, key)
			at++
		}
	}
	return list
}

func (p Program) clone() Program {
	lists := make(map[string][]string, len(p.lists))
	for name, keys := range p.lists {
		lists[name] = slices.Clone(keys)
	}
	return Program{pieces: maps.Clone(p.pieces), lists: lists, shapes: maps.Clone(p.shapes)}
}

func (p Program) drop(key string) {
	delete(p.pieces, key)
	for name, keys := range p.lists {
		p.lists[name] = slices.DeleteFunc(keys, func(k string) bool { return k == key })
	}
}
