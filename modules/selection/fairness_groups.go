package selection

import (
	"cmp"
	"maps"
	"slices"

	"kervan/modules/kernel/geo"
)

// partings are the dimensions in the order in which they are told: what could be subtracted from one before is told coarser, or not.
var partings = []struct {
	name string
	of   func(Course, Contender) string
}{
	{ByCountry, func(_ Course, o Contender) string { return o.Country }},
	{ByKind, func(_ Course, o Contender) string { return o.Kind }},
	{ByFirst, func(_ Course, o Contender) string {
		if o.First {
			return "first"
		}
		return "again"
	}},
	{ByLanguage, func(c Course, _ Contender) string { return cmp.Or(c.Language, "unknown") }},
	{ByRegion, func(_ Course, o Contender) string { return cmp.Or(string(o.Region), unplaced) }},
}

// unplaced is the group of those of whom nobody knows in which region they sit.
const unplaced = "unplaced"

// dimensions counts the organizations of applications by each thing that they differ in.
func dimensions(all []Course) []Dimension {
	found := make([]Dimension, len(partings))
	var told [][]string
	for i, d := range partings {
		found[i].Name = d.name
		var values []string
		var from []int
		var offered []bool
		for nth, c := range all {
			for _, o := range c.Organizations {
				values, from, offered = append(values, d.of(c, o)), append(from, nth), append(offered, !c.Offered.IsZero())
			}
		}
		part := parted
		if d.name == ByRegion {
			part = placed
		}
		groups, ok := part(values, from, told)
		if !ok {
			continue
		}
		told = append(told, groups)
		found[i].Groups = groupsOf(groups, offered)
	}
	return found
}

// parted gives each organization the group in which it is told of: that of its value, or the one of small groups together, which is
// called by nothing. So many of the smallest are put together that no group has fewer than LeastTold, of as many applications, and nothing
// about fewer can be subtracted from a table that was told before; false: then there is nothing to compare.
func parted(values []string, from []int, told [][]string) ([]string, bool) {
	size, order := sizesOf(values), bySize(values)
	for keep := len(order); keep > 0 && (keep > 1 || len(order) > 1); keep-- {
		rest := 0
		for _, v := range order[keep:] {
			rest += size[v]
		}
		if size[order[keep-1]] < LeastTold || rest > 0 && rest < LeastTold {
			continue
		}
		groups := make([]string, len(values))
		for i, v := range values {
			if slices.Contains(order[:keep], v) {
				groups[i] = v
			}
		}
		if !few(groups, from) && !slices.ContainsFunc(told, func(before []string) bool { return subtractable(before, groups) }) {
			return groups, true
		}
	}
	return nil, false
}

// few reports whether a group has organizations of fewer than LeastTold applications, each of which has one outcome.
func few(groups []string, from []int) bool {
	applications := map[string]map[int]bool{}
	for i, g := range groups {
		if applications[g] == nil {
			applications[g] = map[int]bool{}
		}
		applications[g][from[i]] = true
	}
	for _, some := range applications {
		if len(some) < LeastTold {
			return true
		}
	}
	return false
}

// placed is parted for regions. Of a country small regions are put together as its other ones, or as the whole of it where none is
// large enough, and only what is left of several countries is put together across them.
func placed(values []string, from []int, told [][]string) ([]string, bool) {
	order := bySize(values)
	for keep := len(order); keep >= 0; keep-- {
		groups := groupedBelow(values, order[:keep])
		if len(sizesOf(groups)) < 2 {
			return nil, false
		}
		if !few(groups, from) && !slices.ContainsFunc(told, func(before []string) bool { return subtractable(before, groups) }) {
			return alone(groups, values), true
		}
	}
	return nil, false
}

// alone calls the group of what was put together by its right name where only those are in it of whom nothing is known.
func alone(groups, values []string) []string {
	for i, g := range groups {
		if g == "" && values[i] != unplaced {
			return groups
		}
	}
	for i, g := range groups {
		if g == "" {
			groups[i] = unplaced
		}
	}
	return groups
}

// groupedBelow gives each region that is not kept the group of the other ones of its country, or of its country; countries of which
// too few are left go together until they are enough.
func groupedBelow(values, kept []string) []string {
	rest := func(value string) string {
		country := string(geo.Region(value).Country())
		switch {
		case slices.Contains(kept, value):
			return value
		case value == unplaced:
			return ""
		case slices.ContainsFunc(kept, func(k string) bool { return string(geo.Region(k).Country()) == country }):
			return country + "."
		default:
			return country
		}
	}
	groups := make([]string, len(values))
	for i, value := range values {
		groups[i] = rest(value)
	}
	sizes := sizesOf(groups)
	for _, group := range slices.Backward(bySize(groups)) {
		if group == "" || slices.Contains(kept, group) {
			continue
		}
		if left := sizes[""]; sizes[group] >= LeastTold && (left == 0 || left >= LeastTold) {
			continue
		}
		sizes[""] += sizes[group]
		for i := range groups {
			if groups[i] == group {
				groups[i] = ""
			}
		}
	}
	return groups
}

func sizesOf(groups []string) map[string]int {
	size := map[string]int{}
	for _, g := range groups {
		size[g]++
	}
	return size
}

// bySize are the different values, the most frequent first.
func bySize(values []string) []string {
	size := sizesOf(values)
	return slices.SortedFunc(maps.Keys(size), func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
}

// groupsOf counts groups, the largest first and what was put together last.
func groupsOf(groups []string, offered []bool) []Group {
	counted := map[string]*Group{}
	for i, value := range groups {
		if counted[value] == nil {
			counted[value] = &Group{Value: value}
		}
		counted[value].count(offered[i])
	}
	found := make([]Group, 0, len(counted))
	for _, g := range counted {
		g.Low, g.High = interval(g.Offered, g.Applied)
		found = append(found, *g)
	}
	last := func(g Group) int {
		if g.Value == "" {
			return 1
		}
		return 0
	}
	slices.SortFunc(found, func(a, b Group) int {
		return cmp.Or(last(a)-last(b), cmp.Compare(b.Applied, a.Applied), cmp.Compare(a.Value, b.Value))
	})
	return found
}

// subtractable reports whether two partings of the same organizations tell something of fewer than LeastTold of them: all groups
// of one that lie within some of the other, subtracted from these. Groups are the nodes of a graph and organizations its edges, each
// between its two groups. A sum and difference of groups that leaves few organizations gives every node a number such that only the
// edges of these few have ends that do not cancel; so these few are a cut of the graph, and the other way round.
func subtractable(one, other []string) bool {
	nodes, counted := map[string]int{}, map[[2]int]int{}
	node := func(name string) int {
		if _, known := nodes[name]; !known {
			nodes[name] = len(nodes)
		}
		return nodes[name]
	}
	for i := range one {
		counted[[2]int{node("1" + one[i]), node("2" + other[i])}]++
	}
	g := graph{at: make([][]int, len(nodes))}
	for ends, n := range counted {
		for _, end := range ends {
			g.at[end] = append(g.at[end], len(g.links))
		}
		g.links = append(g.links, link{ends: ends, size: n})
	}
	return g.cut(LeastTold - 1)
}

// graph has groups as nodes and between two of them a link with the organizations that are in both.
type graph struct {
	links []link
	at    [][]int // by node, its links
}

type link struct {
	ends [2]int
	size int
	gone bool
}

// cut reports whether the graph falls into more pieces without some links of at most so many organizations together. Of the fewest
// links that do so the last one is a bridge once the others are gone.
func (g *graph) cut(most int) bool {
	if slices.ContainsFunc(g.bridges(), func(l int) bool { return g.links[l].size <= most }) {
		return true
	}
	for i := range g.links {
		l := &g.links[i]
		if l.gone || l.size >= most {
			continue
		}
		l.gone = true
		found := g.cut(most - l.size)
		l.gone = false
		if found {
			return true
		}
	}
	return false
}

// bridges are the links without which a piece of the graph falls apart: those below which no link leads back (R. E. Tarjan, "A note on
// finding the bridges of a graph", Information Processing Letters 2, 1974).
func (g *graph) bridges() []int {
	var found []int
	seen, low, next := make([]int, len(g.at)), make([]int, len(g.at)), 0
	var visit func(node, by int)
	visit = func(node, by int) {
		next++
		seen[node], low[node] = next, next
		for _, l := range g.at[node] {
			if l == by || g.links[l].gone {
				continue
			}
			ends := g.links[l].ends
			to := ends[0] + ends[1] - node
			if seen[to] != 0 {
				low[node] = min(low[node], seen[to])
				continue
			}
			visit(to, l)
			low[node] = min(low[node], low[to])
			if low[to] > seen[node] {
				found = append(found, l)
			}
		}
	}
	for node := range g.at {
		if seen[node] == 0 {
			visit(node, -1)
		}
	}
	return found
}
