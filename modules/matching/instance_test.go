package matching

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/solver"
)

func sides(n int, of func(i int) Side) Basis {
	var b Basis
	for i := range n {
		s := of(i)
		if s.Relation == "" {
			s.Relation = EitherRelation
		}
		b.Sides = append(b.Sides, s)
	}
	return b
}

// TestWhatAPairMeets has a pair for each rule of each criterion.
func TestWhatAPairMeets(t *testing.T) {
	t.Parallel()
	day := func(month time.Month, d int) time.Time { return time.Date(2027, month, d, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		criterion Criterion
		one, two  Side
		together  bool
		want      int
	}{
		"all needs of both":         {criterion: ByNeeds, one: Side{Needs: []Topic{"digital"}, Offers: []Topic{"people"}}, two: Side{Needs: []Topic{"people"}, Offers: []Topic{"digital"}}, want: 60},
		"the first of three of one": {criterion: ByNeeds, one: Side{Needs: []Topic{"digital", "people", "finance"}}, two: Side{Offers: []Topic{"digital"}}, want: 15},
		"the last of three of one":  {criterion: ByNeeds, one: Side{Needs: []Topic{"digital", "people", "finance"}}, two: Side{Offers: []Topic{"finance"}}, want: 5},
		"no needs at all":           {criterion: ByNeeds, one: Side{Offers: []Topic{"finance"}}, want: 0},
		"both wish first":           {criterion: ByWishes, one: Side{Wishes: []int{1}}, two: Side{Wishes: []int{0}}, want: 60},
		"one wishes third":          {criterion: ByWishes, one: Side{Wishes: []int{-1, -1, 1}}, want: 18},
		"a wish for somebody else":  {criterion: ByWishes, one: Side{Wishes: []int{-1}}, want: 0},
		"nothing asked":             {criterion: ByAsked, want: 60},
		"another country":           {criterion: ByAsked, one: Side{Countries: []geo.Country{"DE"}}, two: Side{Country: "TR"}, want: 50},
		"another form":              {criterion: ByAsked, one: Side{Kinds: []string{"union"}}, two: Side{Form: "other"}, want: 50},
		"a size that is not told":   {criterion: ByAsked, one: Side{Sizes: []Size{Small}}, want: 55},
		"another size":              {criterion: ByAsked, one: Side{Sizes: []Size{Small}}, two: Side{Size: Large}, want: 50},
		"a language":                {criterion: ByLanguage, one: Side{Languages: []string{"tr", "en"}}, two: Side{Languages: []string{"en"}}, want: 60},
		"no language":               {criterion: ByLanguage, one: Side{Languages: []string{"tr"}}, two: Side{Languages: []string{"en"}}, want: 0},
		"45 days":                   {criterion: ByDays, one: Side{From: day(3, 1), Until: day(4, 14)}, two: Side{From: day(1, 1), Until: day(12, 1)}, want: 30},
		"days apart":                {criterion: ByDays, one: Side{From: day(3, 1), Until: day(4, 14)}, two: Side{From: day(5, 1), Until: day(12, 1)}, want: 0},
		"open until":                {criterion: ByDays, one: Side{From: day(3, 1)}, two: Side{From: day(5, 1)}, want: 60},
		"one hosts":                 {criterion: ByHosting, one: Side{Hosts: 2}, want: 30},
		"both host":                 {criterion: ByHosting, one: Side{Hosts: 2}, two: Side{Hosts: 1}, want: 60},
		"of two countries":          {criterion: ByRegions, one: Side{Country: "TR", Region: "TR.34"}, two: Side{Country: "DE"}, want: 60},
		"two regions of one":        {criterion: ByRegions, one: Side{Country: "TR", Region: "TR.34"}, two: Side{Country: "TR", Region: "TR.48"}, want: 60},
		"one region":                {criterion: ByRegions, one: Side{Country: "TR", Region: "TR.34"}, two: Side{Country: "TR", Region: "TR.34"}, want: 0},
		"one region is not known":   {criterion: ByRegions, one: Side{Country: "TR", Region: "TR.34"}, two: Side{Country: "TR"}, want: 0},
		"neither region is known":   {criterion: ByRegions, one: Side{Country: "TR"}, two: Side{Country: "TR"}, want: 0},
		"new, as one looks for":     {criterion: ByRelation, one: Side{Relation: NewRelation}, two: Side{Relation: ExistingRelation}, want: 30},
		"known, as one looks for":   {criterion: ByRelation, one: Side{Relation: NewRelation}, two: Side{Relation: ExistingRelation}, together: true, want: 30},
		"known, either":             {criterion: ByRelation, together: true, want: 60},
	} {
		b := sides(2, func(i int) Side { return []Side{c.one, c.two}[i] })
		if c.together {
			b.Together = [][2]int{{0, 1}}
		}
		if got, back := b.met(c.criterion, 0, 1), b.met(c.criterion, 1, 0); got != c.want || back != got {
			t.Errorf("%s: %d, the other way round %d, not %d", name, got, back, c.want)
		}
	}
	b := sides(2, func(int) Side { return Side{} })
	if got := b.Points(&Weights{Language: 1, Asked: 2}, 0, 1); got != 67 {
		t.Errorf("%d points, not 67: two thirds, rounded", got)
	}
	if got := b.Points(&Weights{}, 0, 1); got != 0 {
		t.Errorf("%d points without a weight", got)
	}
}

// TestTheRulesKeepPairsApart has a pair for each hard rule.
func TestTheRulesKeepPairsApart(t *testing.T) {
	t.Parallel()
	day := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	b := sides(2, func(i int) Side {
		return Side{Country: []geo.Country{"TR", "DE"}[i], Languages: []string{"tr", "de"}[i : i+1], From: day.AddDate(0, i, 0), Until: day.AddDate(0, i, 5)}
	})
	b.Together = [][2]int{{0, 1}}
	open := make([]Seat, 2)
	for name, c := range map[string]struct {
		rules Rules
		want  bool
	}{
		"none":           {Rules{Seats: open}, false},
		"language":       {Rules{Seats: open, Language: true}, true},
		"days":           {Rules{Seats: open, Days: true}, true},
		"new":            {Rules{Seats: open, New: true}, true},
		"seats that fit": {Rules{Seats: []Seat{{Countries: []geo.Country{"DE"}}, {Countries: []geo.Country{"TR"}}}}, false},
		"one country":    {Rules{Seats: []Seat{{Countries: []geo.Country{"TR"}}, {Countries: []geo.Country{"TR"}}}}, true},
	} {
		if got := b.barred(&c.rules, 0, 1); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// randomProblem is a small pool of whatever there may be.
func randomProblem(r *rand.Rand, g Rules) *Problem {
	n := r.IntN(8)
	b := sides(n, func(int) Side {
		s := Side{Country: []geo.Country{"TR", "DE"}[r.IntN(2)], Hosts: r.IntN(2), Languages: []string{"en"}, Needs: Topics[r.IntN(4) : 4+r.IntN(3)][:1], Offers: Topics[r.IntN(4) : 4+r.IntN(3)][:2]}
		for range r.IntN(3) {
			s.Wishes = append(s.Wishes, r.IntN(n+1)-1)
		}
		return s
	})
	forbidden := map[[2]int]bool{}
	for i := range n {
		for j := range i {
			if r.IntN(4) == 0 {
				forbidden[[2]int{j, i}] = true
			}
		}
	}
	g.Weights, g.Seed = Weights{Needs: 3, Wishes: 2, Hosting: 1}, uint64(r.IntN(9))
	return newProblem(g, b, nil, forbidden)
}

// best is the most pairs and the greatest total of all matchings; with most, the greatest total of those of most pairs.
func best(p *Problem, most bool) (pairs, total int) {
	var try func(free []int, pairs, total int)
	try = func(free []int, n, sum int) {
		if most && n > pairs || (!most || n == pairs) && sum > total {
			pairs, total = n, sum
		}
		if len(free) == 0 {
			return
		}
		try(free[1:], n, sum)
		for k, j := range free[1:] {
			if !p.bars(free[0], j) {
				rest := slices.Delete(slices.Clone(free[1:]), k, k+1)
				try(rest, n+1, sum+p.points(free[0], j))
			}
		}
	}
	try(p.Free, 0, 0)
	return pairs, total
}

// TestRunsAreAsGoodAsCanBe holds random pools against all matchings.
func TestRunsAreAsGoodAsCanBe(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 9))
	apart := []Seat{{Countries: []geo.Country{"TR"}}, {Countries: []geo.Country{"DE"}}}
	overlapping := []Seat{{Countries: []geo.Country{"TR"}}, {}}
	seen := map[Method]int{}
	for n := range 300 {
		g := Rules{Seats: [][]Seat{make([]Seat, 2), apart, overlapping}[n%3], Most: n%2 == 0}
		p := randomProblem(r, g)
		seen[p.Method]++
		s, _, err := p.solve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pairs, total := best(p, g.Most)
		if s.Total != total || g.Most && len(s.Groups) != pairs || !s.Exact || s.Bound != s.Total {
			t.Fatalf("%d: %d pairs of %d points, not %d of %d: %+v", n, len(s.Groups), s.Total, pairs, total, s)
		}
		for _, group := range s.Groups {
			x, y := &p.Basis.Sides[group[0]], &p.Basis.Sides[group[1]]
			if p.bars(group[0], group[1]) || !g.Seats[0].Takes(x.Country, x.Form) || !g.Seats[1].Takes(y.Country, y.Form) {
				t.Fatalf("%d: %v cannot be", n, group)
			}
		}
		beside, err := p.weigh(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, trade := range beside.Trades {
			_, with := best(p.without(trade.For, trade.With), g.Most)
			if got := s.Total - p.points(trade.For, trade.With) - with; got != trade.Cost {
				t.Fatalf("%d: %+v costs %d", n, trade, got)
			}
		}
		for _, a := range beside.Alternatives {
			if _, without := best(p.banning(a.Without[0], a.Without[1]), g.Most); without != a.Total {
				t.Fatalf("%d: without %v it is %d, not %d", n, a.Without, without, a.Total)
			}
		}
	}
	if seen[ByMatching] < 50 || seen[ByBipartite] < 20 {
		t.Errorf("methods: %v", seen)
	}
}

// TestRankingsLeaveNobodyBetter holds stable matchings to the definition, and pairs that cannot be are in none.
func TestRankingsLeaveNobodyBetter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 1))
	stable := 0
	for n := range 200 {
		p := randomProblem(r, Rules{Seats: make([]Seat, 2), Rankings: true})
		s, _, err := p.solve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lists, partner := p.rankings(), map[int]int{}
		for _, g := range s.Groups {
			partner[g[0]], partner[g[1]] = g[1], g[0]
			if p.bars(g[0], g[1]) {
				t.Fatalf("%d: %v cannot be", n, g)
			}
		}
		prefers := func(i, j int) bool {
			now, has := partner[i]
			return !has || slices.Index(lists[i], j) < slices.Index(lists[i], now)
		}
		var blocking [][2]int
		for i := range p.Free {
			for j := range i {
				if now, has := partner[i]; has && now == j {
					continue
				}
				if !p.bars(i, j) && prefers(i, j) && prefers(j, i) {
					blocking = append(blocking, [2]int{j, i})
				}
			}
		}
		sortPairs(blocking)
		if *s.Stable {
			stable++
			if len(blocking) > 0 {
				t.Fatalf("%d: said to be stable, blocked by %v", n, blocking)
			}
		}
		for _, b := range blocking {
			if !slices.Contains(s.Blocking, b) {
				t.Fatalf("%d: nothing is said of %v", n, b)
			}
		}
	}
	if stable < 100 {
		t.Errorf("%d stable", stable)
	}
}

// TestGroupsAreSeated solves three seats and keeps one group out of it.
func TestGroupsAreSeated(t *testing.T) {
	t.Parallel()
	g := Rules{Seats: []Seat{{Countries: []geo.Country{"TR"}}, {Countries: []geo.Country{"DE"}}, {}}, Weights: UsualRules().Weights, Most: true}
	b := sides(9, func(i int) Side { return Side{Country: []geo.Country{"TR", "DE", "GR"}[i%3], Hosts: i % 2} })
	p := newProblem(g, b, [][]int{{0, 1, 2}}, map[[2]int]bool{{3, 4}: true})
	s, _, err := p.solve(t.Context())
	if err != nil || len(s.Groups) != 2 || !s.Exact {
		t.Fatalf("%+v %v", s, err)
	}
	for _, group := range s.Groups {
		for at, i := range group {
			if i < 3 || !g.Seats[at].Takes(b.Sides[i].Country, b.Sides[i].Form) {
				t.Errorf("%v is not seated", group)
			}
		}
		if slices.Contains(group, 3) && slices.Contains(group, 4) {
			t.Errorf("%v cannot be", group)
		}
	}
	run := Run{Rules: g, Basis: b, Kept: [][]int{{0, 1, 2}}, Barred: [][2]int{{3, 4}}, Solution: s}
	before := fmt.Sprint(s.Groups)
	if err := run.swap(3, 4); err == nil {
		t.Error("swapped into a pair that cannot be")
	}
	if err := run.swap(5, 8); err != nil || fmt.Sprint(run.Solution.Groups) == before {
		t.Errorf("not swapped: %v %v", run.Solution.Groups, err)
	}
	if err := run.swap(0, 3); err == nil {
		t.Error("swapped who is kept")
	}
}

// TestBadPools solves what is hardly a pool.
func TestBadPools(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		n    int
		bar  bool
		want int
	}{"empty": {0, false, 0}, "alone": {1, false, 0}, "odd": {3, false, 1}, "all ruled out": {4, true, 0}, "all equal": {6, false, 3}} {
		for _, g := range []Rules{
			{Seats: make([]Seat, 2), Most: true},
			{Seats: make([]Seat, 2), Rankings: true},
			{Seats: []Seat{{Countries: []geo.Country{"TR"}}, {}}, Most: true},
		} {
			g.Weights = UsualRules().Weights
			forbidden := map[[2]int]bool{}
			for i := range c.n {
				for j := range i {
					forbidden[[2]int{j, i}] = c.bar
				}
			}
			p := newProblem(g, sides(c.n, func(int) Side { return Side{Country: "TR"} }), nil, forbidden)
			s, _, err := p.solve(t.Context())
			if err != nil || len(s.Groups) != c.want {
				t.Errorf("%s, %s: %+v %v", name, p.Method, s, err)
				continue
			}
			if again, _, err := p.solve(t.Context()); err != nil || cmp.Diff(s, again) != "" {
				t.Errorf("%s, %s: another answer: %v", name, p.Method, err)
			}
		}
	}
}

// TestARunIsKeptWithoutWhatStandsBeside lets the time end after the solution, and lets the solver break: what fails a run is told apart.
func TestARunIsKeptWithoutWhatStandsBeside(t *testing.T) {
	t.Parallel()
	b := sides(4, func(int) Side { return Side{Languages: []string{"en"}} })
	r := Run{Rules: UsualRules(), Basis: b}
	p := r.problem()
	late := func(context.Context, Solution) (Beside, error) {
		return Beside{Trades: []Trade{{}}}, fmt.Errorf("solve: %w", context.DeadlineExceeded)
	}
	if err := r.compute(t.Context(), p, late); err != nil || len(r.Solution.Groups) != 2 || len(r.Answer) == 0 || len(r.Beside.Trades) != 0 || !r.Beside.Skipped {
		t.Errorf("%v %+v", err, r.Solution)
	}
	err := r.compute(t.Context(), p, func(context.Context, Solution) (Beside, error) { panic("broken") })
	if err == nil || failureOf(err) != Defective {
		t.Errorf("a panic: %v", err)
	}
	for want, err := range map[Failure]error{
		TooLong:   fmt.Errorf("solve: %w", context.DeadlineExceeded),
		TooMany:   fmt.Errorf("solve: %w", &solver.Mistake{Where: "organizations"}),
		Defective: &solver.Mistake{Where: "scores[0][1]"},
	} {
		if got := failureOf(err); got != want {
			t.Errorf("%v: %s, not %s", err, got, want)
		}
	}
}

// TestARunTellsHowFarItIs counts what is computed, from the solution on, step by step, to the end.
func TestARunTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	for _, seats := range []int{2, 3} {
		g := UsualRules()
		g.Seats = make([]Seat, seats)
		r := Run{Rules: g, Basis: sides(12, func(i int) Side { return Side{Languages: []string{"en"}, Hosts: i % 2} })}
		p := r.problem()
		var told []int32
		p.told = func(done, all int) { told = append(told, share(done, all)) }
		if err := r.compute(t.Context(), p, p.weigh); err != nil {
			t.Fatal(err)
		}
		if len(told) < 12 || !slices.IsSorted(told) || told[0] <= firstShare || told[len(told)-1] != 100 {
			t.Errorf("%d seats: %v", seats, told)
		}
	}
}

// TestAllOfTheDemonstrationIsCompared has pairs of as many organizations as it has, and says of more that they were not compared.
func TestAllOfTheDemonstrationIsCompared(t *testing.T) {
	t.Parallel()
	for n, skipped := range map[int]bool{122: false, comparedPairs + 1: true} {
		r := Run{Rules: UsualRules(), Basis: sides(n, func(i int) Side { return Side{Languages: []string{"en"}, Hosts: i % 2, Wishes: []int{(i + 5) % n}} })}
		p := r.problem()
		if err := r.compute(t.Context(), p, p.weigh); err != nil {
			t.Fatal(err)
		}
		if r.Beside.Skipped != skipped || (len(r.Beside.Trades) == 0) != skipped || (len(r.Beside.Alternatives) == 0) != skipped {
			t.Errorf("%d organizations: skipped %v, %d trades, %d alternatives", n, r.Beside.Skipped, len(r.Beside.Trades), len(r.Beside.Alternatives))
		}
	}
}

// TestNumbersAreThoseOfTheInstance holds who is which number against the order in which problems are made, also once some show their
// cards no more: then the numbers are the same, or none are told.
func TestNumbersAreThoseOfTheInstance(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 2))
	apart := []Seat{{Countries: []geo.Country{"TR"}}, {Countries: []geo.Country{"DE"}}}
	told, untold := 0, 0
	for n := range 300 {
		p := randomProblem(r, Rules{Seats: [][]Seat{make([]Seat, 2), apart}[n%2], Most: true})
		run := Run{Rules: p.Rules, Basis: p.Basis, Organizations: make([]ids.Organization, len(p.Basis.Sides))}
		var err error
		if run.Instance, err = p.instance(); err != nil {
			t.Fatal(err)
		}
		in, err := run.posed()
		if err != nil || in.Kind != p.Method {
			t.Fatal(in.Kind, err)
		}
		for i := range run.Organizations {
			if !slices.Contains(p.Free, i) {
				run.Kept = append(run.Kept, []int{i})
			}
		}
		if got := slices.Concat(run.numbered(&in)...); !slices.Equal(got, p.Free) {
			t.Fatalf("%d: %v, not %v", n, got, p.Free)
		}
		for i := range run.Basis.Sides {
			if r.IntN(5) == 0 {
				run.Basis.Sides[i] = Side{Gone: true}
			}
		}
		switch lists := run.numbered(&in); {
		case lists == nil && in.Kind == ByBipartite:
			untold++
		case !slices.Equal(slices.Concat(lists...), p.Free):
			t.Fatalf("%d, with some gone: %v, not %v", n, lists, p.Free)
		default:
			told++
		}
	}
	if told < 50 || untold < 10 {
		t.Errorf("%d are told, %d are not", told, untold)
	}
}

// TestTheCommonPoolKnowsNoRegions: no card that is shown to other networks says in which one somebody is.
func TestTheCommonPoolKnowsNoRegions(t *testing.T) {
	t.Parallel()
	for pool, want := range map[PoolKind]int{SharedPool: 0, CardsPool: 5} {
		g := UsualRules()
		g.Weights.Regions = 5
		if pool.strip(&g); g.Weights.Regions != want {
			t.Errorf("%s: the criterion weighs %d", pool, g.Weights.Regions)
		}
	}
}
