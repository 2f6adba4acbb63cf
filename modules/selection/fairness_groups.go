package selection

import (
	"cmp"
	"slices"
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
}

// dimensions counts the organizations of applications by each thing that they differ in.
func dimensions(all []Course) []Dimension {
	found := make([]Dimension, len(partings))
	var told [][]string
	for i, d := range partings {
		found[i].Name = d.name
		var values []string
		var offered []bool
		for _, c := range all {
			for _, o := range c.Organizations {
				values, offered = append(values, d.of(c, o)), append(offered, !c.Offered.IsZero())
			}
		}
		groups, ok := parted(values, told)
		if !ok {
			continue
		}
		told = append(told, groups)
		found[i].Groups = groupsOf(groups, offered)
	}
	return found
}

// parted gives each organization the group in which it is told of: that of its value, or the one of small groups together, which is
// called by nothing. So many of the smallest are put together that no group has fewer than LeastTold and nothing about fewer can be
// subtracted from what was told before; false: then there is nothing to compare.
func parted(values []string, told [][]string) ([]string, bool) {
	size := map[string]int{}
	for _, v := range values {
		size[v]++
	}
	var order []string
	for v := range size {
		order = append(order, v)
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
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
		if !slices.ContainsFunc(told, func(before []string) bool { return subtractable(before, groups) }) {
			return groups, true
		}
	}
	return nil, false
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
	shared := map[[2]string]int{}
	for i := range one {
		shared[[2]string{"1" + one[i], "2" + other[i]}]++
	}
	var links [][2]string
	for link := range shared {
		links = append(links, link)
	}
	slices.SortFunc(links, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	whole, gone := pieces(links, nil), map[[2]string]bool{}
	var cuts func(from, spare int) bool
	cuts = func(from, spare int) bool {
		for i := from; i < len(links); i++ {
			if shared[links[i]] > spare {
				continue
			}
			gone[links[i]] = true
			if pieces(links, gone) > whole || cuts(i+1, spare-shared[links[i]]) {
				return true
			}
			delete(gone, links[i])
		}
		return false
	}
	return cuts(0, LeastTold-1)
}

// pieces is into how many pieces a graph falls without some of its links.
func pieces(links [][2]string, without map[[2]string]bool) int {
	leads := map[string]string{}
	var top func(string) string
	top = func(node string) string {
		if leads[node] == "" {
			leads[node] = node
		}
		if leads[node] != node {
			leads[node] = top(leads[node])
		}
		return leads[node]
	}
	for _, link := range links {
		a, b := top(link[0]), top(link[1])
		if !without[link] {
			leads[a] = b
		}
	}
	n := 0
	for node, lead := range leads {
		if node == lead {
			n++
		}
	}
	return n
}
