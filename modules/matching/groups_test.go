package matching

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/solver"
)

// bestGroups is the most groups and the greatest total of all choices of groups that have all of some and none of others.
func bestGroups(p *Problem, with, without []int) (size, total int) {
	var possible [][]int
	n := len(p.Rules.Seats)
	var extend func(group []int, from int)
	extend = func(group []int, from int) {
		if len(group) == n {
			seated := slices.Clone(group)
			if !sameMembers(group, without) && p.Rules.seats(p.Basis.Sides, seated) {
				possible = append(possible, slices.Clone(group))
			}
			return
		}
		for at := from; at < len(p.Free); at++ {
			if i := p.Free[at]; !slices.ContainsFunc(group, func(j int) bool { return p.bars(i, j) }) {
				extend(append(group, i), at+1)
			}
		}
	}
	extend(nil, 0)
	size = -1
	var try func(from int, used map[int]bool, n, sum int)
	try = func(from int, used map[int]bool, n, sum int) {
		if p.Rules.Most && n > size || (!p.Rules.Most || n == size) && sum > total || size < 0 {
			size, total = n, sum
		}
		for at := from; at < len(possible); at++ {
			g := possible[at]
			if slices.ContainsFunc(g, func(i int) bool { return used[i] }) {
				continue
			}
			for _, i := range g {
				used[i] = true
			}
			try(at+1, used, n+1, sum+p.total(g))
			for _, i := range g {
				used[i] = false
			}
		}
	}
	used := map[int]bool{}
	for _, i := range with {
		used[i] = true
	}
	try(0, used, 0, 0)
	if len(with) > 0 {
		size, total = size+1, total+p.total(with)
	}
	return size, total
}

// TestWhatStandsBesideGroups holds trades, alternatives and who is in no match of threes and fours against all choices.
func TestWhatStandsBesideGroups(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 2))
	trades, alternatives, why := 0, 0, map[Alone]int{}
	for n := range 250 {
		seats := make([]Seat, 3+n%2)
		if n%3 == 0 {
			seats[0].Countries = []geo.Country{"TR"}
		}
		p := randomProblem(r, Rules{Seats: seats, Most: n%4 < 2})
		if n%3 == 0 { // few can take the first seat
			for i := range p.Basis.Sides {
				p.Basis.Sides[i].Country = map[bool]geo.Country{true: "TR", false: "DE"}[i == n%5]
			}
			p = newProblem(p.Rules, p.Basis, nil, p.barred)
		}
		s, _, err := p.solve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.weigh(t.Context(), s)
		if err != nil || b.Skipped {
			t.Fatal(b, err)
		}
		for _, trade := range b.Trades {
			size, total := bestGroups(p, trade.Group, nil)
			if trade.Open || trade.Cost != s.Total-total && (!p.Rules.Most || size == len(s.Groups)) || p.Rules.Most && trade.Fewer != len(s.Groups)-size {
				t.Fatalf("%d: %+v, but it is %d of %d", n, trade, size, total)
			}
			now := slices.IndexFunc(s.Groups, func(g []int) bool { return slices.Contains(g, trade.For) })
			if !slices.Contains(trade.Group, trade.For) || trade.Rank > 0 != (trade.With >= 0) || trade.Rank > 0 && !slices.Contains(trade.Group, trade.With) ||
				trade.Rank == 0 && now >= 0 && p.total(s.Groups[now]) >= p.total(trade.Group) {
				t.Fatalf("%d: %+v is nothing better than %v", n, trade, s.Groups)
			}
			trades++
		}
		for _, a := range b.Alternatives {
			if size, total := bestGroups(p, nil, a.Without); total != a.Total || a.Bound != 0 || p.Rules.Most && size != len(a.Groups) {
				t.Fatalf("%d: %+v, but it is %d of %d", n, a, size, total)
			}
			alternatives++
		}
		if anew := alternativesAnew(t, p); !slices.EqualFunc(anew, b.Alternatives, func(total int, a Alternative) bool { return total == a.Total }) {
			t.Fatalf("%d: %+v, computed anew: %v", n, b.Alternatives, anew)
		}
		for _, o := range b.Lone {
			why[o.Why]++
			if _, found := bestWith(p, o.At); found == (o.Why == NoMatch) {
				t.Fatalf("%d: %+v", n, o)
			}
		}
		in := 0
		for _, g := range s.Groups {
			in += len(g)
		}
		if in+len(b.Lone) != len(p.Free) {
			t.Fatalf("%d: %d in matches, %d not, of %d", n, in, len(b.Lone), len(p.Free))
		}
	}
	if trades < 100 || alternatives < 50 || why[NoMatch] < 20 || why[Scarce] < 5 || why[LeftOver] < 20 || why[Lost] < 2 {
		t.Errorf("%d trades, %d alternatives, alone: %v", trades, alternatives, why)
	}
}

// alternativesAnew are the scores of the alternatives that the command solve finds.
func alternativesAnew(t *testing.T, p *Problem) []int {
	t.Helper()
	instance, err := p.instance()
	if err != nil {
		t.Fatal(err)
	}
	var asked map[string]any
	if err := json.Unmarshal(instance, &asked); err != nil {
		t.Fatal(err)
	}
	asked["alternatives"] = mostAlternatives
	if instance, err = json.Marshal(asked); err != nil {
		t.Fatal(err)
	}
	answer, err := solver.Solve(t.Context(), instance)
	if err != nil {
		t.Fatal(err)
	}
	var found struct{ Alternatives []struct{ Score int } }
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatal(err)
	}
	all := make([]int, len(found.Alternatives))
	for i, a := range found.Alternatives {
		all[i] = a.Score
	}
	return all
}

// bestWith is what the best group with an organization is worth, if there is any.
func bestWith(p *Problem, i int) (most int, found bool) {
	n := len(p.Rules.Seats)
	var extend func(group []int, from int)
	extend = func(group []int, from int) {
		if len(group) == n {
			if p.Rules.seats(p.Basis.Sides, slices.Clone(group)) {
				most, found = max(most, p.total(group)), true
			}
			return
		}
		for at := from; at < len(p.Free); at++ {
			if j := p.Free[at]; j != i && !slices.ContainsFunc(group, func(k int) bool { return p.bars(j, k) }) {
				extend(append(group, j), at+1)
			}
		}
	}
	extend([]int{i}, 0)
	return most, found
}

// TestLargePoolsOfGroupsAreCompared has threes of more organizations than can be tried through, with a bound where nothing is proved.
func TestLargePoolsOfGroupsAreCompared(t *testing.T) {
	t.Parallel()
	rules := UsualRules()
	rules.Seats = make([]Seat, 3)
	random := rand.New(rand.NewPCG(2, 2))
	r := Run{Rules: rules, Basis: sides(64, func(int) Side {
		return Side{Languages: []string{"en"}, Hosts: random.IntN(2), Needs: []Topic{Topics[random.IntN(len(Topics))]}, Offers: []Topic{Topics[random.IntN(len(Topics))]}, Wishes: []int{random.IntN(64)}}
	})}
	p := r.problem()
	if err := r.compute(t.Context(), p, p.weigh); err != nil {
		t.Fatal(err)
	}
	if r.Beside.Skipped || len(r.Beside.Trades) < 20 || len(r.Beside.Alternatives) != mostAlternatives || len(r.Beside.Lone) != 1 || r.Beside.Lone[0].Why != LeftOver {
		t.Errorf("%d trades, %d alternatives, alone: %+v", len(r.Beside.Trades), len(r.Beside.Alternatives), r.Beside.Lone)
	}
	for _, trade := range r.Beside.Trades {
		if trade.Open && trade.Least > trade.Cost || !trade.Open && trade.Cost < 0 && r.Solution.Exact {
			t.Errorf("%+v", trade)
		}
	}
	again := r
	if err := again.compute(t.Context(), p, p.weigh); err != nil || len(again.Beside.Trades) != len(r.Beside.Trades) || !slices.EqualFunc(again.Beside.Alternatives, r.Beside.Alternatives, func(a, b Alternative) bool { return same(a.Groups, b.Groups) && a.Total == b.Total }) {
		t.Errorf("another time: %+v, %v", again.Beside, err)
	}
}

// TestWhoIsAloneReadsWhy has a pool for each reason.
func TestWhoIsAloneReadsWhy(t *testing.T) {
	t.Parallel()
	open := make([]Seat, 2)
	for name, c := range map[string]struct {
		rules  Rules
		n      int
		side   func(i int) Side
		barred map[[2]int]bool
		want   []Lone
	}{
		"nobody it could be with": {Rules{Seats: open, Most: true}, 3, nil, map[[2]int]bool{{0, 2}: true, {1, 2}: true}, []Lone{{At: 2, Why: NoMatch}}},
		"a scarce seat": {
			Rules{Seats: []Seat{{Countries: []geo.Country{"TR"}}, {Countries: []geo.Country{"DE"}}}, Most: true},
			4,
			func(i int) Side { return Side{Country: []geo.Country{"TR", "DE", "DE", "DE"}[i], Hosts: i} }, nil,
			[]Lone{{At: 2, Why: Scarce, Seat: 1}, {At: 3, Why: Scarce, Seat: 1}},
		},
		"an odd pool":           {Rules{Seats: open, Most: true}, 3, func(i int) Side { return Side{Hosts: i} }, nil, []Lone{{At: 0, Why: LeftOver}}},
		"others are worth more": {Rules{Seats: open, Most: true}, 4, func(i int) Side { return Side{Hosts: i % 3} }, map[[2]int]bool{{0, 1}: true, {0, 3}: true, {1, 3}: true}, []Lone{{At: 0, Why: Lost}, {At: 3, Why: Lost}}},
		"its match is worth naught": {
			Rules{Seats: make([]Seat, 3)},
			6, func(i int) Side { return Side{Hosts: i / 3} },
			map[[2]int]bool{{0, 3}: true, {0, 4}: true, {0, 5}: true, {1, 3}: true, {1, 4}: true, {1, 5}: true, {2, 3}: true, {2, 4}: true, {2, 5}: true},
			[]Lone{{At: 0, Why: Worthless}, {At: 1, Why: Worthless}, {At: 2, Why: Worthless}},
		},
		"by rankings": {Rules{Seats: open, Rankings: true}, 4, func(i int) Side { return Side{Wishes: [][]int{{1}, {0}, {0}, {0}}[i]} }, map[[2]int]bool{{2, 3}: true}, []Lone{{At: 2, Why: Refused}, {At: 3, Why: Refused}}},
		"by rankings that nothing satisfies": {
			Rules{Seats: open, Rankings: true},
			4, func(i int) Side { return Side{Wishes: [][]int{{1, 2}, {2, 0}, {0, 1}, {0}}[i]} },
			map[[2]int]bool{{0, 3}: true, {1, 3}: true, {2, 3}: true},
			[]Lone{{At: 0, Why: Unstable}, {At: 3, Why: NoMatch}},
		},
	} {
		if c.side == nil {
			c.side = func(int) Side { return Side{} }
		}
		c.rules.Weights = Weights{Hosting: 1}
		p := newProblem(c.rules, sides(c.n, c.side), nil, c.barred)
		s, _, err := p.solve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.weigh(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.Lone, c.want) {
			t.Errorf("%s: %+v, not %+v; chosen %v", name, b.Lone, c.want, s.Groups)
		}
	}
}

// TestOtherStableSolutions holds them against all choices of pairs, and for whom each is better against everybody's list.
func TestOtherStableSolutions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 3))
	several := 0
	for n := range 600 {
		p := randomProblem(r, Rules{Seats: make([]Seat, 2), Rankings: true})
		s, _, err := p.solve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.weigh(t.Context(), s)
		if err != nil || *s.Stable != (b.Stable != nil) {
			t.Fatalf("%d: %+v, %v", n, b, err)
		}
		if b.Stable == nil {
			continue
		}
		lists := p.rankings()
		rank := func(i int, with map[int]int) int {
			if j, found := with[i]; found {
				return slices.Index(lists[i], j)
			}
			return len(lists)
		}
		stable := 0
		var try func(free []int, with map[int]int)
		try = func(free []int, with map[int]int) {
			if len(free) == 0 {
				for i := range p.Free {
					for j := range i {
						if !p.bars(i, j) && slices.Index(lists[i], j) < rank(i, with) && slices.Index(lists[j], i) < rank(j, with) {
							return
						}
					}
				}
				stable++
				return
			}
			try(free[1:], with)
			for k, j := range free[1:] {
				if !p.bars(free[0], j) {
					with[free[0]], with[j] = j, free[0]
					try(slices.Delete(slices.Clone(free[1:]), k, k+1), with)
					delete(with, free[0])
					delete(with, j)
				}
			}
		}
		try(p.Free, map[int]int{})
		if b.Stable.More || b.Stable.Count != stable-1 {
			t.Fatalf("%d: %+v, but there are %d", n, b.Stable, stable)
		}
		now := p.partners(s.Groups)
		for _, one := range b.Stable.Some {
			other := p.partners(one.Groups)
			for i := range p.Free {
				place := func(j int) int {
					if j < 0 {
						return len(lists)
					}
					return slices.Index(lists[i], j)
				}
				if slices.Contains(one.Better, i) != (place(other[i]) < place(now[i])) || slices.Contains(one.Worse, i) != (place(other[i]) > place(now[i])) {
					t.Fatalf("%d: %+v beside %v", n, one, s.Groups)
				}
			}
			several++
		}
	}
	if several < 5 {
		t.Errorf("%d others", several)
	}
}
