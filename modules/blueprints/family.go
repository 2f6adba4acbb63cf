package blueprints

import (
	"cmp"
	"fmt"
	"slices"

	"kervan/modules/kernel/ui"
)

// tree is the picture of a family: the versions as a trunk, the newest on top, and the networks that use each beside it.
type tree struct {
	Width, Height int
	Branches      []string
	Trunk, Leaves []node
}

type node struct {
	X, Y int
	Text string
}

const (
	treeWidth = 640
	treeRow   = 34
	trunkX    = 30
	leafX     = 110
)

func drawTree(p ui.Page, editions []Edition, uses []Use) tree {
	t := tree{Width: treeWidth}
	y, before := treeRow, 0
	for _, e := range editions {
		top := y
		if before > 0 {
			t.Branches = append(t.Branches, fmt.Sprintf("M%d %dV%d", trunkX, before, top))
		}
		before = top
		t.Trunk = append(t.Trunk, node{trunkX, top, fmt.Sprint(e.Number)})
		rows := 0
		for _, u := range uses {
			if u.Number != e.Number {
				continue
			}
			at := top + rows*treeRow
			t.Branches = append(t.Branches, fmt.Sprintf("M%d %dC%d %d %d %d %d %d", trunkX, top, trunkX+40, top, leafX-45, at, leafX, at))
			t.Leaves = append(t.Leaves, node{leafX, at, p.T("blueprints.family.leaf", "Network", u.Network, "Changed", p.N("blueprints.family.pieces", len(u.Changed)))})
			rows++
		}
		y = top + max(rows, 1)*treeRow + treeRow/2
	}
	t.Height = y
	return t
}

// counted is how many networks have changed a piece.
type counted struct {
	Key      string
	Networks int
}

// mostChanged are the pieces that most networks have changed, at most twenty.
func mostChanged(uses []Use) []counted {
	by := map[string]map[string]bool{}
	for _, u := range uses {
		for _, key := range u.Changed {
			if by[key] == nil {
				by[key] = map[string]bool{}
			}
			by[key][u.Tenant.String()] = true
		}
	}
	var all []counted
	for key, networks := range by {
		all = append(all, counted{key, len(networks)})
	}
	slices.SortFunc(all, func(a, b counted) int { return cmp.Or(b.Networks-a.Networks, cmp.Compare(a.Key, b.Key)) })
	return all[:min(len(all), 20)]
}

func changedName(p ui.Page, in Program, key string) string {
	if Kind(key) == "order" {
		return OrderName(p, in, key)
	}
	piece, ok := in.Piece(key)
	if !ok {
		piece = Piece{Key: key}
	}
	return FullName(p, piece)
}
