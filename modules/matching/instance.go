package matching

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
)

// Method is how a run is solved, by the kinds of instances that the program's command solve reads.
type Method string

// The methods: pairs of greatest sum in one pool; of two groups of organizations, each for one seat, as many pairs as possible and
// of these the greatest sum; stable by mutual rankings; groups for three or four seats.
const (
	ByMatching  Method = "matching"
	ByBipartite Method = "bipartite"
	ByRoommates Method = "roommates"
	BySeats     Method = "seats"
)

type (
	matchingInstance struct {
		Kind  Method   `json:"kind"`
		Nodes int      `json:"nodes"`
		Edges [][3]int `json:"edges"`
		Most  bool     `json:"max_cardinality"`
		Seed  uint64   `json:"seed"`
	}
	bipartiteInstance struct {
		Kind     Method   `json:"kind"`
		Cost     [][]*int `json:"cost"`
		Maximize bool     `json:"maximize"`
	}
	roommatesInstance struct {
		Kind        Method  `json:"kind"`
		Preferences [][]int `json:"preferences"`
		Seed        uint64  `json:"seed"`
	}
	seatsInstance struct {
		Kind          Method   `json:"kind"`
		Seats         []seatIn `json:"seats"`
		Organizations []sideIn `json:"organizations"`
		Scores        [][]*int `json:"scores"`
		Most          bool     `json:"max_cardinality"`
		Seed          uint64   `json:"seed"`
	}
	seatIn struct {
		Countries []string `json:"countries,omitempty"`
		Type      string   `json:"type,omitempty"`
	}
	sideIn struct {
		Country string `json:"country"`
		Type    string `json:"type"`
	}
)

// solved is what the solver answers, of any of these kinds.
type solved struct {
	Pairs    [][2]int `json:"pairs"`
	Groups   [][]int  `json:"groups"`
	Stable   *bool    `json:"stable"`
	Blocking [][2]int `json:"blocking"`
	Bound    float64  `json:"bound"`
	Exact    *bool    `json:"exact"`
}

// Problem is what a run solves: organizations by their places, what each pair is worth, and which pairs cannot be. Kept groups are
// no part of it.
type Problem struct {
	Rules  Rules
	Basis  Basis
	Method Method
	Rows   int   // of two separate sides: so many organizations of the first seat come first
	Free   []int // the places that are not in a kept group, in the order of the instance
	barred map[[2]int]bool
	asked  [2]int              // who would be with whom, or by rankings who would prefer whom to all others; both the same: nobody
	told   func(done, all int) // how far what stands beside the solution is; nothing: nobody asks
}

// method is how the rules are solved for these organizations.
func (g *Rules) method(sides []Side, free []int) (Method, bool) {
	switch {
	case len(g.Seats) > FewestSeats:
		return BySeats, false
	case g.Rankings:
		return ByRoommates, false
	}
	first, second := &g.Seats[0], &g.Seats[1]
	apart := g.Most && !slices.ContainsFunc(free, func(i int) bool {
		s := &sides[i]
		return !s.Gone && first.Takes(s.Country, s.Form) == second.Takes(s.Country, s.Form)
	})
	if apart && len(free) > 0 {
		return ByBipartite, true
	}
	return ByMatching, false
}

// newProblem puts a problem together of all organizations of a run, the groups that are kept, and the pairs that vetoes and the
// coordinators forbid, the smaller place first.
func newProblem(g Rules, b Basis, kept [][]int, forbidden map[[2]int]bool) *Problem {
	p := &Problem{Rules: g, Basis: b, barred: map[[2]int]bool{}}
	for i := range b.Sides {
		if !slices.ContainsFunc(kept, func(k []int) bool { return slices.Contains(k, i) }) {
			p.Free = append(p.Free, i)
		}
	}
	var apart bool
	if p.Method, apart = g.method(b.Sides, p.Free); apart {
		isFirst := func(i int) bool { return g.Seats[0].Takes(b.Sides[i].Country, b.Sides[i].Form) }
		var rows, columns []int
		for _, i := range p.Free {
			if isFirst(i) {
				rows = append(rows, i)
			} else {
				columns = append(columns, i)
			}
		}
		p.Rows, p.Free = len(rows), append(rows, columns...)
	}
	for n, i := range p.Free {
		for _, j := range p.Free[:n] {
			pair := [2]int{min(i, j), max(i, j)}
			if forbidden[pair] || b.barred(&g, i, j) {
				p.barred[pair] = true
			}
		}
	}
	return p
}

func (p *Problem) bars(i, j int) bool { return p.barred[[2]int{min(i, j), max(i, j)}] }

func (p *Problem) points(i, j int) int { return p.Basis.Points(&p.Rules.Weights, i, j) }

// worth is what a pair is worth in a table: nothing where the two cannot be together, for whatever reason.
func (p *Problem) worth(i, j int) *int {
	if i == j || p.bars(i, j) {
		return nil
	}
	n := p.points(i, j)
	if p.Method == BySeats && p.asks(i, j) {
		n += together
	}
	return &n
}

// together is more than all points that there can be in a run: so much two are worth who would be together.
const together = 10_000_000

// asking is the problem in which two would be together, or by rankings one would prefer the other to all others.
func (p *Problem) asking(i, j int) *Problem {
	q := *p
	q.asked = [2]int{i, j}
	return &q
}

func (p *Problem) asks(i, j int) bool {
	return p.asked[0] != p.asked[1] && (p.asked == [2]int{i, j} || p.asked == [2]int{j, i})
}

// instance is the problem as the command solve reads it.
func (p *Problem) instance() (json.RawMessage, error) {
	var in any
	switch p.Method {
	case ByBipartite:
		rows := make([][]*int, p.Rows)
		for n, i := range p.Free[:p.Rows] {
			rows[n] = []*int{}
			for _, j := range p.Free[p.Rows:] {
				rows[n] = append(rows[n], p.worth(i, j))
			}
		}
		in = bipartiteInstance{Kind: p.Method, Cost: rows, Maximize: true}
	case ByRoommates:
		in = roommatesInstance{Kind: p.Method, Preferences: p.rankings(), Seed: p.Rules.Seed}
	case BySeats:
		g := seatsInstance{Kind: p.Method, Most: p.Rules.Most, Seed: p.Rules.Seed, Organizations: []sideIn{}, Scores: [][]*int{}}
		for n := range p.Rules.Seats {
			g.Seats = append(g.Seats, seatIn{Countries: texts[string](p.Rules.Seats[n].Countries), Type: p.Rules.Seats[n].Kind})
		}
		for _, i := range p.Free {
			s := &p.Basis.Sides[i]
			g.Organizations = append(g.Organizations, sideIn{Country: string(s.Country), Type: s.Form})
			row := make([]*int, len(p.Free))
			for m, j := range p.Free {
				row[m] = p.worth(i, j)
			}
			g.Scores = append(g.Scores, row)
		}
		in = g
	case ByMatching:
		g := matchingInstance{Kind: p.Method, Nodes: len(p.Free), Edges: [][3]int{}, Most: p.Rules.Most, Seed: p.Rules.Seed}
		for n, i := range p.Free {
			for m, j := range p.Free[:n] {
				if !p.bars(i, j) {
					g.Edges = append(g.Edges, [3]int{m, n, p.points(i, j)})
				}
			}
		}
		in = g
	}
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("matching: write instance: %w", err)
	}
	return b, nil
}

// rankings are everybody's lists of all others: the wishes come first, then whoever gives more; whoever cannot be a partner comes
// last. The last ones stand in one order in all lists, so that a matching is stable with them if and only if it is without
// (whom it pairs of these is alone). Who gives equally stands in an order that follows from the seed.
func (p *Problem) rankings() [][]int {
	n := len(p.Free)
	order := shuffled(n, p.Rules.Seed)
	lists := make([][]int, n)
	for a, i := range p.Free {
		list := make([]int, 0, max(n-1, 0))
		for b := range n {
			if b != a {
				list = append(list, b)
			}
		}
		wished := func(b int) int {
			if r := p.Basis.rank(i, p.Free[b]); r > 0 {
				return MostWishes + 1 - r
			}
			return 0
		}
		slices.SortStableFunc(list, func(b, c int) int {
			j, k := p.Free[b], p.Free[c]
			switch one, other := p.bars(i, j), p.bars(i, k); {
			case one && other:
				return b - c
			case one:
				return 1
			case other:
				return -1
			}
			if by := wished(c) - wished(b); by != 0 {
				return by
			}
			if by := p.Basis.view(&p.Rules.Weights, i, k) - p.Basis.view(&p.Rules.Weights, i, j); by != 0 {
				return by
			}
			return order[b] - order[c]
		})
		if at := slices.IndexFunc(list, func(b int) bool { return p.asked == [2]int{i, p.Free[b]} }); at > 0 {
			list = slices.Insert(slices.Delete(list, at, at+1), 0, slices.Index(p.Free, p.asked[1]))
		}
		lists[a] = list
	}
	return lists
}

// shuffled are 0 to n−1 in an order that follows from the seed.
func shuffled(n int, seed uint64) []int {
	order := make([]int, n)
	source := rand.NewPCG(seed, 0)
	for i := range order {
		j := int(source.Uint64() % uint64(i+1))
		order[i], order[j] = order[j], i
	}
	return order
}

// read turns an answer into groups of places, each in the order of the seats; those that cannot be are left out.
func (p *Problem) read(answer json.RawMessage) (Solution, error) {
	var a solved
	if err := json.Unmarshal(answer, &a); err != nil {
		return Solution{}, fmt.Errorf("matching: read answer: %w", err)
	}
	s := Solution{Exact: a.Exact == nil || *a.Exact, Bound: int(a.Bound), Stable: a.Stable}
	for _, pair := range a.Pairs {
		n, m := pair[0], pair[1]
		if p.Method == ByBipartite {
			m += p.Rows
		}
		i, j := p.Free[n], p.Free[m]
		if p.bars(i, j) {
			continue
		}
		s.Groups = append(s.Groups, p.seatedPair(i, j))
	}
	for _, g := range a.Groups {
		group := make([]int, len(g))
		for n, m := range g {
			group[n] = p.Free[m]
		}
		s.Groups = append(s.Groups, group)
	}
	for _, b := range a.Blocking {
		if i, j := p.Free[b[0]], p.Free[b[1]]; !p.bars(i, j) {
			s.Blocking = append(s.Blocking, [2]int{min(i, j), max(i, j)})
		}
	}
	sortGroups(s.Groups)
	for _, g := range s.Groups {
		s.Total += p.total(g)
	}
	if s.Exact {
		s.Bound = s.Total
	}
	return s, nil
}

// seatedPair is two organizations in the order of their seats.
func (p *Problem) seatedPair(i, j int) []int {
	if seats := p.Rules.seating(&p.Basis.Sides[i], &p.Basis.Sides[j]); len(seats) == 2 && seats[0] == 1 {
		return []int{j, i}
	}
	return []int{i, j}
}

func sortGroups(groups [][]int) {
	slices.SortFunc(groups, func(a, b []int) int {
		return slices.Compare(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
	})
}

// total is what a group is worth: the sum of its pairs.
func (p *Problem) total(group []int) int {
	n := 0
	for at, i := range group {
		for _, j := range group[:at] {
			n += p.points(i, j)
		}
	}
	return n
}

// Solution is what came of a problem, without what was kept.
type Solution struct {
	Groups   [][]int  `json:"groups"`
	Total    int      `json:"total"`
	Bound    int      `json:"bound"` // no choice is worth more
	Exact    bool     `json:"exact"` // nor is there a better one
	Stable   *bool    `json:"stable,omitempty"`
	Blocking [][2]int `json:"blocking,omitempty"` // pairs that would both rather be one
}

// placesOf are the places of organizations among all of a run; -1 where one is not there.
func placesOf(all, wanted []ids.Organization) []int {
	places := make([]int, len(wanted))
	for n, id := range wanted {
		places[n] = slices.Index(all, id)
	}
	return places
}

// seated puts a group of organizations on seats, each on one that takes it. Fault: Conflict where that is not possible.
func (g *Rules) seated(sides map[ids.Organization]*Side, group []ids.Organization) ([]ids.Organization, error) {
	if len(group) != len(g.Seats) {
		return nil, fault.Conflict("matching.tie.seats")
	}
	group = slices.Clone(group)
	slices.SortFunc(group, func(a, b ids.Organization) int { return strings.Compare(a.String(), b.String()) })
	var place func(at int) bool
	place = func(at int) bool {
		if at == len(group) {
			return true
		}
		for n := at; n < len(group); n++ {
			s := sides[group[n]]
			if s == nil || !g.Seats[at].Takes(s.Country, s.Form) {
				continue
			}
			group[at], group[n] = group[n], group[at]
			if place(at + 1) {
				return true
			}
			group[at], group[n] = group[n], group[at]
		}
		return false
	}
	if !place(0) {
		return nil, fault.Conflict("matching.tie.seats")
	}
	return group, nil
}
